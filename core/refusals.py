"""Where a page shows what a service refused: at its field, or as a message on the next page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone

from core.errors import DomainError, Refused


def put_error(form: BaseForm, error: DomainError, renamed: Mapping[str, str] | None = None) -> None:
    """Show a refusal at its field (by the form's name for it), else on top of the form.

    A right that lacks is a page of its own: Refused is raised again.
    """
    if isinstance(error, Refused):
        raise error
    field = (renamed or {}).get(error.field or "", error.field)
    form.add_error(field if field in form.fields else None, error.message)


@contextmanager
def refusals_on(form: BaseForm, renamed: Mapping[str, str] | None = None) -> Iterator[None]:
    """`put_error` whatever the service called inside refuses; what follows is left out."""
    try:
        yield
    except DomainError as error:
        put_error(form, error, renamed)


def tell(request: HttpRequest, error: DomainError, failed: str = "") -> None:
    """A refusal that belongs to no field becomes a message; Refused is raised again."""
    if isinstance(error, Refused):
        raise error
    messages.error(request, f"{failed}：{error.message}" if failed else error.message)


@contextmanager
def telling(request: HttpRequest, failed: str = "") -> Iterator[None]:
    """`tell` whatever the service called inside refuses; what follows it inside is left out.

    `failed` says what has not happened, before the reason.
    """
    try:
        yield
    except DomainError as error:
        tell(request, error, failed)


def carry_out(
    request: HttpRequest, service: Callable[..., Any], said: str = "", /, **given: Any
) -> bool:
    """Call a service for the user, now: a message says that it is done (`said`), or why not.

    Whether it is done. Refused is raised again.
    """
    with telling(request):
        service(actor=request.user, now=timezone.now(), **given)
        if said:
            messages.success(request, said)
        return True
    return False
