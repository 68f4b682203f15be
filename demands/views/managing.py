"""Workbenches: an organisation's own demands, the review queue, and the buttons of both."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.errors import DomainError
from core.lists import list_page
from core.refusals import telling
from demands import services
from demands.access import DemandAccess
from demands.enums import DemandStatus
from demands.filters import OwnDemandFilter, ReviewFilter
from demands.tables import OwnDemandTable, ReviewTable


@login_required
def manage(request: HttpRequest) -> HttpResponse:
    """The demands of the user's organisations, in every state."""
    access = DemandAccess(request.user)
    return list_page(
        request,
        queryset=access.owned().for_list(),
        table_class=OwnDemandTable,
        filter_class=OwnDemandFilter,
        template="demands/manage.html",
        context={"may_create": access.can("create")},
    )


@login_required
def review(request: HttpRequest) -> HttpResponse:
    """What waits for the user's review, the longest waiting first; or all that she governs."""
    access = DemandAccess(request.user)
    access.require("review")
    governed = access.governed()
    waiting = governed.filter(status=DemandStatus.IN_REVIEW)
    shows_all = request.GET.get("scope") == "all"
    tabs = [
        {"label": "待审核", "url": request.path, "active": not shows_all, "count": waiting.count()},
        {"label": "全部", "url": "?scope=all", "active": shows_all, "count": governed.count()},
    ]
    return list_page(
        request,
        queryset=(governed if shows_all else waiting).for_list(),
        table_class=ReviewTable,
        filter_class=ReviewFilter,
        template="demands/review.html",
        context={"tabs": tabs, "shows_all": shows_all},
    )


@login_required
@require_POST
def publish_many(request: HttpRequest) -> HttpResponse:
    """Publish the ticked demands; each by itself, and what is refused is named with the reason."""
    access = DemandAccess(request.user)
    access.require("review")
    ids = [value for value in request.POST.getlist("ids") if value.isdigit()]
    done = 0
    for demand in access.governed().filter(pk__in=ids).order_by("pk"):
        try:
            services.publish_demand(actor=request.user, demand=demand, now=timezone.now())
            done += 1
        except DomainError as error:
            messages.error(request, f"“{demand}”没有发布：{error.message}")
    if done:
        messages.success(request, f"已发布 {done} 条需求，正在匹配。")
    elif not ids:
        messages.warning(request, "请先勾选要发布的需求。")
    return redirect("demands:review")


@login_required
@require_POST
def transition(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Every button of the life cycle but submit, which the preview page asks for."""
    access = DemandAccess(request.user)
    demand = get_object_or_404(access.visible(), slug=slug)
    row = DemandAccess.machine.by_name[name]
    with telling(request, f"“{row.label}”没有完成"):
        services.move_demand(
            actor=request.user,
            demand=demand,
            name=name,
            reason=request.POST.get("reason", "")[:500],
            now=timezone.now(),
        )
        messages.success(request, f"已{row.label}。")
    if name in {"reopen", "recall"} and access.can("edit", access.visible().get(pk=demand.pk)):
        return redirect("demands:edit", demand.slug, "what")
    return redirect(demand)
