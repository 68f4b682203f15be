"""Pages that span apps: home, search, workbench, about, care mode."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.counts import KeptPaginator
from portal.selectors.home import home_page
from portal.selectors.search import BY_KEY, found_rows, search_page, to_hit
from portal.selectors.workbench import workbench_page
from portal.services import note_search

CARE_SECONDS = 365 * 24 * 3600
PER_PAGE = 20


def home(request: HttpRequest) -> HttpResponse:
    context = {"page": home_page(), "promise_days": settings.REPLY_PROMISE_WORKING_DAYS}
    return render(request, "portal/home.html", context)


def search(request: HttpRequest) -> HttpResponse:
    """`?q=` over everything; `&kind=` pages through one kind."""
    query = request.GET.get("q", "").strip()[:200]
    result = search_page(request.user, query)
    if query and "page" not in request.GET and "kind" not in request.GET:
        note_search(is_empty=not result.total, now=timezone.now())
    kind = BY_KEY.get(request.GET.get("kind", ""))
    context = {"q": query, "result": result, "tabs": _tabs(query, result, kind), "kind": kind}
    if kind:
        rows = found_rows(request.user, kind, query, any_word=result.is_loose)
        page = KeptPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "hits": [to_hit(kind, row) for row in page]}
    return render(request, "portal/search.html", context)


def _tabs(query, result, kind):  # type: ignore[no-untyped-def]
    """All, and each kind with hits."""
    tabs = [("", "全部", result.total)]
    tabs += [(group.kind.key, group.kind.label, group.count) for group in result.groups]
    active = kind.key if kind else ""
    parts = []
    for key, label, count in tabs:
        parameters = QueryDict(mutable=True)
        parameters["q"] = query
        if key:
            parameters["kind"] = key
        url = f"?{parameters.urlencode()}"
        parts.append({"label": label, "count": count, "active": key == active, "url": url})
    return parts


@login_required
def workbench(request: HttpRequest) -> HttpResponse:
    """What waits for the reader today, by role."""
    return render(request, "portal/workbench.html", {"page": workbench_page(request.user)})


def about(request: HttpRequest) -> HttpResponse:
    """What this portal is, and how each public number is counted."""
    return render(request, "portal/about.html", {"confirm_days": settings.CONFIRM_EVERY_DAYS})


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


def robots(request: HttpRequest) -> HttpResponse:
    """What search engines leave alone, and where the list of pages is."""
    closed = ("/accounts/", "/api/", "/messages/", "/search/", "/workbench/")
    lines = ["User-agent: *", *(f"Disallow: {place}" for place in closed)]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_POST
def care_mode(request: HttpRequest) -> HttpResponse:
    """Switch 关怀模式 on or off and return to where the reader was."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    # read by static/js/care.js too, so not HttpOnly; it holds nothing private
    value = "1" if request.POST.get("care") == "1" else "0"
    response.set_cookie("care", value, max_age=CARE_SECONDS, samesite="Lax")
    return response
