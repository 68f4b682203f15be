"""The form of the analysis: what is asked."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from reporting.analysis import DIMENSIONS, UNSTATED, Question
from reporting.forms.publications import named_cycle, region_choices
from reporting.models import Indicator, ReportCycle
from reporting.selectors.analysis import TERM_LISTS, cycles_seen, offered
from reporting.selectors.modes import UNKNOWN
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region
from taxonomy.selectors import term_choices

FIRST = "SRV-02"
ANY = ("", _("不限"))


class AnalysisForm(forms.Form):
    """Which year and number, by what, where; a wrong choice is told and does not narrow.

    Years and numbers are for those who may see accepted reports; others ask for platforms.
    """

    by = forms.ChoiceField(required=False, choices=DIMENSIONS.items(), widget=forms.HiddenInput)
    cycle = forms.ModelChoiceField(
        label=_("年度"), queryset=ReportCycle.objects.none(), required=False,
        empty_label=_("今天的平台家数"),
    )  # fmt: skip
    indicator = forms.ChoiceField(label=_("指标"), required=False)
    region = forms.ModelChoiceField(
        label=_("地区"), queryset=Region.objects.select_related("parent__parent"),
        required=False,
        error_messages={"invalid_choice": _("没有这个行政区划。")},
    )  # fmt: skip
    own = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field = forms.ChoiceField(label=_("领域"), required=False)
    kind = forms.ChoiceField(label=_("类别"), required=False)
    mode = forms.ChoiceField(label=_("运营模式"), required=False)
    level = forms.ChoiceField(label=_("梯度层级"), required=False)

    def __init__(self, data: Any, *, user: Any) -> None:
        cycles = list(cycles_seen(user))
        first = {"region": _home(user), "cycle": cycles[0].pk if cycles else ""}
        super().__init__(first | {name: data[name] for name in data})
        self.fields["cycle"].queryset = cycles_seen(user)
        self.fields["cycle"].widget.choices = [
            ("", self.fields["cycle"].empty_label),
            *((row.pk, named_cycle(row)) for row in cycles),
        ]
        for name, slug in TERM_LISTS.items():
            self.fields[name].choices = [ANY, *term_choices(slug), (UNSTATED, UNKNOWN)]
        self.indicators: dict[str, Indicator] = {}
        wanted = str(self.data["cycle"])
        cycle = next((row for row in cycles if str(row.pk) == wanted), None)
        if cycle is None:
            del self.fields["indicator"]
        else:
            self._offer(cycle)
        if not cycles:
            del self.fields["cycle"]
        self._place()

    def _offer(self, cycle: ReportCycle) -> None:
        rows = offered(cycle)
        self.indicators = {row.code: row for row in rows}
        self.fields["indicator"].choices = [
            (name, [(row.code, f"{row.name}（{row.code}）") for row in group])
            for name, group in groupby(rows, key=lambda row: row.group_name)
        ]
        if not self.data.get("indicator") and rows:
            self.data["indicator"] = FIRST if FIRST in self.indicators else rows[0].code

    def _place(self) -> None:
        """Regions to choose from, with the one that a link led to."""
        choices = region_choices()
        code = self.data["region"]
        if code not in dict(choices):
            found = Region.objects.filter(pk=code).first()
            choices += [(found.pk, found.name)] if found else []
        self.fields["region"].widget.choices = choices

    @cached_property
    def question(self) -> Question:
        self.is_valid()
        said = self.cleaned_data
        cycle, code = said.get("cycle"), said.get("indicator", "")
        if cycle and not code:  # a code that the year does not have
            code = next(iter(self.indicators), "")
        region = said.get("region")
        return Question(
            by=said.get("by") or "region", cycle=cycle, code=code if cycle else "", region=region,
            own=bool(region and said.get("own")),
            terms={name: said[name] for name in TERM_LISTS if said.get(name)},
        )  # fmt: skip

    @property
    def chosen(self) -> Indicator | None:
        """The indicator asked for, as the year defines it."""
        return self.indicators.get(self.question.code)

    @property
    def main_fields(self) -> list[Any]:
        return [self[name] for name in ("cycle", "indicator", "region") if name in self.fields]

    @property
    def term_fields(self) -> list[Any]:
        return [self[name] for name in TERM_LISTS]

    @property
    def term_errors(self) -> bool:
        return any(field.errors for field in self.term_fields)


def _home(user: Any) -> str:
    """The region that a member of the staff looks after, else this deployment's."""
    held = [row.region_id for row in getattr(user, "assignments", [])
            if row.role == Role.GOVERNMENT and row.region_id]  # fmt: skip
    return held[0] if len(held) == 1 else current_jurisdiction().region
