"""Pages that span apps: home, workbench, search, health and errors."""

import hmac
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from django_prometheus.exports import ExportToDjangoView
from health_check.views import HealthCheckView

from portal.forms import StyleguideForm


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html")


@login_required
def workbench(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/workbench.html")


def search(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/search.html")


def about(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/about.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


@require_POST
def care_mode(request: HttpRequest) -> HttpResponse:
    """Keep the choice of 关怀模式 for a year; pages read the cookie `care`."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = redirect(target)
    chosen = "1" if request.POST.get("care") == "1" else "0"
    # read by static/js/care.js too, so not HttpOnly; it holds nothing private
    response.set_cookie("care", chosen, max_age=365 * 86400, samesite="Lax")
    return response


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with sample words, for developers and staff."""
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    now = timezone.now()
    context = {
        "form": StyleguideForm(),
        "wrong_form": StyleguideForm({"name": "高纯度电子级树脂中试", "budget": "-3"}),
        "page": Paginator(range(230), 20).get_page(request.GET.get("page", 3)),
        "now": now,
        "days": [now.date() - timedelta(days=days) for days in (12, 120, 400)],
        "chart": {
            "kind": "bar",
            "unit": "家",
            "labels": ["新材料", "生物医药", "电子信息", "装备制造"],
            "series": [{"name": "中试平台", "values": [42, 35, 28, 21]}],
        },
    }
    return render(request, "portal/styleguide.html", context)


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
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, settings.METRICS_TOKEN):
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
