"""Challenge lists: what is to be built, who won it, and the bids side by side."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.breadcrumbs import trail
from core.lists import list_page
from platforms import services
from platforms.access import ChallengeItemAccess
from platforms.filters import ChallengeFilter
from platforms.selectors import challenges as selectors
from platforms.selectors import recognition
from platforms.tables import ChallengeTable

PROGRAMMES = ("认定申报", "platforms:programmes")
LIST = ("揭榜榜单", "platforms:challenges")


def challenges(request: HttpRequest) -> HttpResponse:
    """The items of all published batches; staff also see what they prepare."""
    access = ChallengeItemAccess(request.user)
    return list_page(
        request,
        queryset=selectors.challenge_rows(access.visible()),
        table_class=ChallengeTable,
        filter_class=ChallengeFilter,
        template="platforms/challenges/challenges.html",
        export_name="揭榜榜单",
        context={"can_create": access.can("create"), "trail": trail(PROGRAMMES, "揭榜榜单")},
    )


def challenge(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: what it asks for, where it stands; for the staff the bids beside one another."""
    access = ChallengeItemAccess(request.user)
    item = get_object_or_404(selectors.challenge_rows(access.visible()), pk=pk)
    may_compare = access.can("compare", item)
    context = {
        "item": item,
        "access": access,
        "may_compare": may_compare,
        "bids": selectors.bids_for(item, request.user) if may_compare else [],
        "is_taking": item.programme.takes_applications(timezone.localdate()),
        "applying": recognition.applying(request.user, item.programme),
        "trail": trail(PROGRAMMES, LIST, item.title),
    }
    return render(request, "platforms/challenges/challenge.html", context)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item out of a list that is not published."""
    item = get_object_or_404(ChallengeItemAccess(request.user).visible(), pk=pk)
    services.delete_challenge_item(actor=request.user, item=item, now=timezone.now())
    messages.success(request, "已删除。")
    return redirect("platforms:challenges")
