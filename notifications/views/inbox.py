"""Pages of messages: the inbox, opening one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.requests import PersonRequest
from core.lists import list_page
from notifications import selectors, services
from notifications.access import NotificationAccess
from notifications.filters import NotificationFilter
from notifications.tables import NotificationTable


@login_required
def inbox(request: PersonRequest) -> HttpResponse:
    """The reader's messages, unread first."""
    return list_page(
        request,
        queryset=selectors.messages_for(request.user),
        table_class=NotificationTable,
        filter_class=NotificationFilter,
        template="notifications/inbox.html",
    )


@login_required
@require_GET
def open_message(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark one message as read and go where it leads."""
    message = get_object_or_404(NotificationAccess(request.user).visible(), pk=pk)
    services.read_notification(actor=request.user, notification=message, now=timezone.now())
    return redirect(message.url or "notifications:inbox")


@login_required
@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    services.read_all(actor=request.user, now=timezone.now())
    messages.success(request, "全部消息已标为已读。")
    return redirect("notifications:inbox")
