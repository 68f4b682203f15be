"""Parts of the portal that a jurisdiction may do without."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from taxonomy.jurisdiction import current_jurisdiction

# a module's pages and endpoints, by what their addresses begin with
ADDRESSES = {
    "challenges": ("/challenges/", "/manage/challenges/", "/api/v1/challenge-items/"),
}


class ModuleMiddleware:
    """The pages and endpoints of a module that is not enabled do not exist."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name, places in ADDRESSES.items():
            if request.path.startswith(places) and not current_jurisdiction().has_module(name):
                raise Http404
        return self.get_response(request)
