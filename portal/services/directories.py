"""The directories' counts, made before anybody waits for them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import resolve, reverse

from core.counts import anew

DIRECTORIES = (
    "platforms:platforms",
    "platforms:capabilities",
    "platforms:resources",
    "demands:demands",
    "matching:atlas",
    "matching:unmet",
)


def count_directories() -> None:
    """Open each directory as a visitor does, with its counts made anew: at a hundred thousand rows
    they take half a second, and are kept for five minutes (see `core.counts`)."""
    with anew():
        for name in DIRECTORIES:
            request = HttpRequest()
            request.method, request.path = "GET", reverse(name)
            request.user = AnonymousUser()
            view, arguments, named = resolve(request.path)
            view(request, *arguments, **named)
