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
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request: the database or session may be what failed."""
    return HttpResponse(render_to_string("errors/500.html"), status=500)
