"""Kernel pages: guarded download."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from core.files import may_read
from core.models import StoredFile


def file(request: HttpRequest, pk: UUID) -> FileResponse:
    """Send a file to whom its record is visible; to anybody else it does not exist."""
    stored = get_object_or_404(StoredFile, pk=pk)
    if not may_read(request.user, stored):
        raise Http404
    response = FileResponse(
        stored.file.open("rb"),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
