"""Filters of the inbox."""

import django_filters
from django.utils.translation import gettext_lazy as _


class NotificationFilter(django_filters.FilterSet):
    unread = django_filters.BooleanFilter(
        field_name="read_at", lookup_expr="isnull", label=_("只看未读")
    )
