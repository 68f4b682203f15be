"""Health, metrics and error pages."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django_prometheus.exports import ExportToDjangoView
from health_check.views import HealthCheckView


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


# ready to serve: database and cache answer; JSON for `Accept: application/json`
readyz = HealthCheckView.as_view(
    checks=["health_check.checks.Database", "health_check.checks.Cache"]
)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics for whoever holds METRICS_TOKEN; without one the page does not exist."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    ):
        raise Http404
    return ExportToDjangoView(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 400, "bad_request", "请求有误。")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, "permission_denied", "您没有权限。")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404, "not_found", "没有找到。")


def server_error(request: HttpRequest) -> HttpResponse:
    """The page without the request: the database or session may be what failed."""
    if _is_api(request):
        return _envelope(500, "error", "服务器出错，请稍后再试。")
    return HttpResponse(render_to_string("errors/500.html"), status=500)


def _error(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    """A page for people, the error envelope for programs."""
    if _is_api(request):
        return _envelope(status, code, message)
    return render(request, f"errors/{status}.html", status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _envelope(status: int, code: str, message: str) -> HttpResponse:
    """As core.api.errors has it, for what fails before a view of the API is reached."""
    body = {"code": code, "message": message, "fields": {}}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
