"""Equipment from a spreadsheet: the template out, the filled one in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.errors import DomainError
from core.files import check_upload
from core.lists import XLSX
from platforms import services
from platforms.forms import ImportForm
from platforms.kinds import EQUIPMENT, PLATFORM
from platforms.views.manage import find


@login_required
def load(request: HttpRequest, slug: str) -> HttpResponse:
    """Import equipment; `?template=1` sends the template."""
    access, platform = find(request, PLATFORM.key, slug)
    access.require("manage", platform)
    if "template" in request.GET:
        headers = {"Content-Disposition": 'attachment; filename="equipment.xlsx"'}
        return HttpResponse(services.equipment_template(), content_type=XLSX, headers=headers)
    form = ImportForm(request.POST or None, request.FILES or None)
    context = {"platform": platform, "form": form, "errors": []}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            check_upload(upload)
            count = services.import_equipment(
                actor=request.user, platform=platform, file=upload, now=timezone.now()
            )
        except DomainError as error:
            form.add_error("file", error.message)
            context["errors"] = getattr(error, "errors", [])
        else:
            messages.success(request, f"已导入 {count} 条草稿，核对后提交审核。")
            return redirect("platforms:offers", slug, EQUIPMENT.key)
    return render(request, "platforms/manage/import.html", context)
