"""From policy to effect (C19): each fund of a year, whom it reached, what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from core.templatetags.portal_format import plain
from platforms.models import FundingRecord, Platform
from policies.models import PolicyDocument
from reporting.enums import ReportStatus
from reporting.models import ReportValue

# completed projects, results in mass production, products on the market, clients' new sales
OUTCOMES = {"SRV-02": "完成项目（项）", "TRF-02": "产业化成果（项）", "TRF-04": "上市产品（个）",
            "TRF-11": "新增销售（万元）"}  # fmt: skip
Numbers = Mapping[tuple[int, int, str], Decimal]  # platform, year, code


@dataclass(frozen=True)
class YearSum:
    """The sum of an indicator over those of the supported that reported a number for a year."""

    year: int
    total: Decimal | None
    count: int

    @property
    def words(self) -> str:
        if self.total is not None:
            return plain(self.total)
        return "未报" if self.year < timezone.localdate().year else "未到填报期"


@dataclass(frozen=True)
class FundEffect:
    """One fund: its documents, money, beneficiaries, their numbers the year before, of, after."""

    level: str
    fund: str
    is_demo: bool
    documents: list[tuple[str, PolicyDocument | None]]  # number, and its page where there is one
    platforms: list[Platform]
    amount_yuan: Decimal
    paid_yuan: Decimal
    outcomes: dict[str, list[YearSum]]  # what it is called → by year

    @property
    def count(self) -> int:
        return len(self.platforms)

    @property
    def numbers(self) -> str:
        return "；".join(number for number, _policy in self.documents)

    @property
    def names(self) -> str:
        return "、".join(str(one) for one in self.platforms)

    @property
    def words(self) -> dict[str, str]:
        """Each outcome over the years: 12 → 18 → 未到填报期."""
        return {
            code: " → ".join(one.words for one in self.outcomes[label])
            for code, label in OUTCOMES.items()
        }


def funded_years(rows: QuerySet[FundingRecord]) -> list[int]:
    """The years in which money was given, the latest first. One query."""
    return sorted(set(rows.values_list("year", flat=True).order_by().distinct()), reverse=True)


def fund_effects(rows: QuerySet[FundingRecord], *, year: int) -> list[FundEffect]:
    """Each fund of `year` with what the supported platforms reported, accepted reports only.

    A platform with several funds stands in each of them, so lines do not add up; the numbers are
    all that these platforms did, not what the money added. Three queries.
    """
    records = list(
        rows.filter(year=year).select_related("platform")
        .order_by("level", "fund", "is_demo", "document_number", "platform__pinyin_key", "pk")
    )  # fmt: skip
    groups: dict[tuple[str, str, bool], list[FundingRecord]] = {}
    for row in records:
        key = (str(row.get_level_display()), row.fund, row.is_demo)
        groups.setdefault(key, []).append(row)
    years = (year - 1, year, year + 1)
    numbers = _numbers({row.platform_id for row in records}, years)
    policies = _policies({row.document_number for row in records if row.document_number})
    return [_effect(key, found, years, numbers, policies) for key, found in groups.items()]


def _numbers(platforms: Iterable[int], years: Sequence[int]) -> Numbers:
    rows = ReportValue.objects.filter(
        report__status=ReportStatus.ACCEPTED, report__platform__in=list(platforms),
        report__cycle__year__in=years, indicator__code__in=OUTCOMES,
    ).select_related("indicator", "report__cycle")  # fmt: skip
    return {
        (row.report.platform_id, row.report.cycle.year, row.indicator.code): row.effective
        for row in rows.order_by("pk")
        if row.effective is not None
    }


def _policies(numbers: Iterable[str]) -> dict[str, PolicyDocument]:
    rows = PolicyDocument.objects.published().filter(doc_number__in=list(numbers))
    return {row.doc_number: row for row in rows.order_by("pk")}


def _effect(
    key: tuple[str, str, bool],
    rows: list[FundingRecord],
    years: Sequence[int],
    numbers: Numbers,
    policies: Mapping[str, PolicyDocument],
) -> FundEffect:
    level, fund, is_demo = key
    named = dict.fromkeys(row.document_number for row in rows if row.document_number)
    platforms = list({row.platform_id: row.platform for row in rows}.values())
    paid = [row.amount_yuan for row in rows if row.paid_date]
    return FundEffect(
        level=level, fund=fund, is_demo=is_demo,
        documents=[(number, policies.get(number)) for number in named],
        platforms=sorted(platforms, key=lambda one: (one.pinyin_key, one.pk)),
        amount_yuan=sum((row.amount_yuan for row in rows), Decimal(0)),
        paid_yuan=sum(paid, Decimal(0)),
        outcomes={label: [_sum(platforms, year, code, numbers) for year in years]
                  for code, label in OUTCOMES.items()},
    )  # fmt: skip


def _sum(platforms: Iterable[Platform], year: int, code: str, numbers: Numbers) -> YearSum:
    found = [numbers[key] for one in platforms if (key := (one.pk, year, code)) in numbers]
    return YearSum(year, sum(found, Decimal(0)) if found else None, len(found))
