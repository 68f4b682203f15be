"""专题: the list, and the page of one with its pieces in the order staff gave them (G24)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from core.breadcrumbs import trail
from core.lists import list_page
from policies.access import TopicAccess
from policies.filters import TopicFilter
from policies.selectors import topic_pieces
from policies.tables import TopicTable
from policies.views.public import piece_page


def topics(request: HttpRequest) -> HttpResponse:
    """The published topics, newest first."""
    access = TopicAccess(request.user)
    return list_page(
        request,
        queryset=access.visible().published().for_list(),
        table_class=TopicTable,
        filter_class=TopicFilter,
        template="policies/topics.html",
        export_name="专题",
        context={"access": access},
    )


def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One topic: its lead and its published pieces."""
    access = TopicAccess(request.user)
    found = get_object_or_404(access.visible().select_related("region", "written_by"), slug=slug)
    page = {
        "pieces": topic_pieces(found, published=True),
        "trail": trail(("专题", "policies:topics"), str(found)),
    }
    return piece_page(request, "policies/topic.html", access, found, page)
