"""Whether pages lead to the webhooks of a person."""

from typing import Any

from django import template

from notifications.access import WebhookAccess

register = template.Library()


@register.filter
def may_have_webhooks(user: Any) -> bool:
    return bool(WebhookAccess(user).can("create"))
