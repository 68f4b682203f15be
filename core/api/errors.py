"""One error envelope for the whole API: {"code", "message", "fields"}."""

from typing import Any

from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_handler

from core.errors import Conflict, DomainError, Refused


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Render DomainError and DRF's own exceptions alike; the unexpected rises to the log."""
    if isinstance(error, DomainError):
        code = status.HTTP_400_BAD_REQUEST
        if isinstance(error, Refused):
            code = status.HTTP_403_FORBIDDEN
        elif isinstance(error, Conflict):
            code = status.HTTP_409_CONFLICT
        fields = {error.field: [error.message]} if error.field else {}
        return Response({"code": error.code, "message": error.message, "fields": fields}, code)
    response = drf_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"": error.detail}
        body = {
            "code": "invalid",
            "message": "提交的内容有误，请按字段提示修改。",
            "fields": fields,
        }
    else:
        detail = getattr(error, "detail", None)
        code_name = getattr(detail, "code", None) or "not_found"
        body = {"code": code_name, "message": str(detail or "没有找到。"), "fields": {}}
    response.data = body
    return response
