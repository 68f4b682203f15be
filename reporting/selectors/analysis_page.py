"""An analysis as its page shows it: lines that lead on, drawings, the way back up."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from reporting.analysis import DIMENSIONS, UNSTATED, Analysis, Group, Question
from reporting.publishing.blocks import MOST_BARS, chart
from reporting.publishing.words import change_words
from reporting.selectors.publications import block_shown
from taxonomy.models import Region, RegionLevel
from taxonomy.selectors import region_path


@dataclass(frozen=True)
class Line:
    """A group with where it leads, last year's value and the change of the same platforms."""

    group: Group
    url: str
    value: Decimal | None
    last: Decimal | None
    change: str


@dataclass(frozen=True)
class AnalysisPage:
    """Everything drawn and linked. `directory` is the list of the platforms listed today."""

    lines: list[Line]
    over_all: Line
    path: list[tuple[str, str]]
    directory: str
    by_name: str
    title: str
    bars: SafeString | None
    trend: SafeString | None

    @property
    def most(self) -> int:
        """The greatest count of platforms, which a whole bar stands for."""
        return max((line.group.now.reports for line in self.lines), default=0)


def shown(found: Analysis) -> AnalysisPage:
    """The answer for the page. Asks nothing of the database."""
    return AnalysisPage(
        [_line(found, one, _url(found, one)) for one in found.groups],
        _line(found, found.whole, ""),
        path_of(found.question), _directory(found.question),
        DIMENSIONS[found.question.by],
        title_of(found), _bars(found), _trend(found),
    )  # fmt: skip


def _line(found: Analysis, group: Group, url: str) -> Line:
    unit = found.measure.unit if found.measure else ""
    change = ""
    if group.pair is not None:
        same = group.pair
        change = change_words(found.value(same.now), found.value(same.before), unit)
    return Line(group, url, found.value(group.now), found.value(group.before), change)


def _url(found: Analysis, group: Group) -> str:
    """Where a group leads: one step down, at the end to the platforms; empty where nowhere."""
    question, page = found.question, reverse("reporting:analysis")
    if question.by != "region":
        return f"{page}?{question.narrowed(group.code).query}"
    is_own = question.region is not None and group.code == question.region.pk
    if not is_own and group.code.endswith("00"):
        return f"{page}?{question.within(Region(code=group.code)).query}"
    if found.measure is None:
        return ""
    inside = question.within(Region(code=group.code), own=is_own)
    return f"{reverse('reporting:analysis_platforms')}?{inside.query}"


def path_of(question: Question) -> list[tuple[str, str]]:
    """The regions around the one asked for, widest first, each with the question about it."""
    if question.region is None:
        return []
    return [(row.name, question.within(row).query) for row in region_path(question.region)]


def scope_of(question: Question) -> str:
    """The place in words."""
    return question.region.name if question.region else "全国"


def _directory(question: Question) -> str:
    """The list of platforms under what narrows, as far as it can be narrowed there."""
    asked = {name: code for name, code in question.terms.items() if code != UNSTATED}
    region = question.region
    if region is not None and region.level == RegionLevel.PROVINCE:
        asked["province"] = region.pk
    elif region is not None and region.level > RegionLevel.PROVINCE:
        asked["city"] = f"{region.pk[:4]}00"
    return f"{reverse('platforms:platforms')}?{urlencode(asked)}"


def title_of(found: Analysis) -> str:
    """What is drawn, in words: 完成的中试服务项目数（项），合计，按地区."""
    by = DIMENSIONS[found.question.by]
    if found.measure is None:
        return f"{scope_of(found.question)}公开的中试平台（家），按{by}"
    measure = found.measure
    kind = measure.total_name if measure.has_total else "各平台中位数"
    return f"{measure.indicator.name}（{measure.unit}），{kind}，按{by}"


def _bars(found: Analysis) -> SafeString | None:
    """The greatest groups beside last year's; counts of today have theirs in the table."""
    cycle = found.question.cycle
    if cycle is None or found.measure is None:
        return None
    known = [one for one in found.groups if found.value(one.now) is not None][:MOST_BARS]
    if not known:
        return None
    series = [(f"{cycle.year} 年", [found.value(one.now) for one in known])]
    if found.whole.before is not None:
        last = [found.value(one.before) for one in known]
        series.insert(0, (f"{cycle.year - 1} 年", last))
    drawn = chart("groups", title_of(found), "bars", found.measure.unit,
                  [one.name for one in known], series)  # fmt: skip
    return block_shown(drawn).drawing


def _trend(found: Analysis) -> SafeString | None:
    """All of them together, year by year, where there are two years or more."""
    known = {year: value for year, one in found.years.items()
             if (value := found.value(one)) is not None}  # fmt: skip
    if found.measure is None or len(known) < 2:
        return None
    kind = found.measure.total_name if found.measure.has_total else "各平台中位数"
    title = f"{found.measure.indicator.name}（{found.measure.unit}），{kind}，历年"
    drawn = chart("trend", title, "line", found.measure.unit, [str(year) for year in known],
                  [(kind, list(known.values()))])  # fmt: skip
    return block_shown(drawn).drawing
