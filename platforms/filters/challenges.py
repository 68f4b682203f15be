"""Filter of the challenge list, shared by page and API."""

from __future__ import annotations

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from core.filters import FacetedFilterSet
from platforms.enums import ChallengeState
from taxonomy.selectors import term_choices


class ChallengeFilter(FacetedFilterSet):
    """Narrow by name, state, process kind and field."""

    facets = ("state", "process", "field")
    q = django_filters.CharFilter(
        field_name="title", lookup_expr="icontains", label=_("项目名称"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    state = django_filters.MultipleChoiceFilter(label=_("状态"), choices=ChallengeState.choices)
    process = django_filters.MultipleChoiceFilter(
        field_name="process_kind__code",
        choices=lambda: term_choices("process-kind"),
        label=_("工艺"),
    )
    field = django_filters.MultipleChoiceFilter(
        field_name="field__code", choices=lambda: term_choices("field-data"), label=_("领域")
    )
