"""Turns refusals that no view handled into pages people can read."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import Conflict, DomainError, Refused


class DomainErrorMiddleware:
    """Refused → 403 page with the reason; Conflict → 409; other DomainErrors → 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        status = 403 if isinstance(error, Refused) else 409 if isinstance(error, Conflict) else 400
        return render(request, "errors/refused.html", {"error": error}, status=status)
