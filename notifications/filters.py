"""Filters of the inbox and of what was sent to other systems."""

import django_filters
from django.utils.translation import gettext_lazy as _

from notifications.enums import WebhookKind, WebhookStatus


class NotificationFilter(django_filters.FilterSet):
    unread = django_filters.BooleanFilter(
        field_name="read_at", lookup_expr="isnull", label=_("只看未读")
    )


class DeliveryFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=WebhookStatus.choices, label=_("状态"))
    kind = django_filters.ChoiceFilter(choices=WebhookKind.choices, label=_("事件"))
