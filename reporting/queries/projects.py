"""From enquiry to confirmed outcome: what enterprises themselves confirmed (fill C), and times."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Avg,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    Q,
)  # fmt: skip

from accounts.enums import SizeClass
from accounts.models import Organisation
from cases.enums import OutcomeKind, OutcomeStatus, ProjectStatus
from cases.models import Outcome, Project, Quote, Receipt
from cases.querysets import ANSWERED, owed
from core.expressions import Median, MedianDuration, WorkingHours
from core.templatetags.portal_format import yuan
from reporting.queries.base import (
    WAN,
    Column,
    Row,
    Scope,
    Subject,
    Values,
    count,
    decimal,
    mean,
    share,
    subject,
    total,
)  # fmt: skip

SME = (SizeClass.MEDIUM, SizeClass.SMALL, SizeClass.MICRO)
SRDI = ("srdi-sme", "little-giant", "tech-sme")
# GB 32100: 1 is the staffing office, 12 a public institution (universities, institutes)
INSTITUTE = Q(enterprise__uscc__startswith="12")
COMPANY = ~Q(enterprise__uscc__startswith="1")


EXTERNAL_RECEIPT = ~Q(project__enterprise=F("project__platform__organisation")) | Q(
    project__platform__organisation=None
)


def _projects(scope: Scope) -> Any:
    return Project.objects.filter(platform__in=scope.platforms)


def _row(day_name: str) -> Any:
    def describe(row: Any) -> Row:
        moment = getattr(row, day_name)
        found = moment.date() if hasattr(moment, "date") else moment
        amount = yuan(row.contract_amount_yuan) if row.contract_amount_yuan is not None else ""
        label = f"{row.number} {row.title}（{row.enterprise}）"
        return Row(label, row.get_absolute_url(), found, str(amount))

    return describe


def _outside(scope: Scope) -> Q:
    return ~Q(enterprise__region__code__startswith=scope.region_prefix)


def _contracts(scope: Scope) -> Any:
    ended = [ProjectStatus.CANCELLED, ProjectStatus.DECLINED]
    return _projects(scope).filter(scope.days("contract_date")).exclude(status__in=ended)


subject(
    "contracts",
    Subject(
        base=_contracts,
        describe=_row("contract_date"),
        related=("enterprise",),
        order=("contract_date", "pk"),
        columns=lambda scope: {
            "count": count(),
            "amount": total("contract_amount_yuan", per=WAN),
            "outside": count(_outside(scope)),
        },
    ),
)


def _served(rows: Any) -> Any:
    """Delivered projects of which the enterprise confirmed something."""
    confirmed = Outcome.objects.filter(project=OuterRef("pk"), status=OutcomeStatus.CONFIRMED)
    qualified = Organisation.qualifications.through.objects.filter(
        organisation=OuterRef("enterprise"), term__code__in=SRDI
    )
    return rows.filter(Exists(confirmed)).annotate(is_srdi=Exists(qualified))


def _distinct(where: Q) -> Column:
    """家, not 家次: each enterprise once (house rule 1)."""
    return count(where, of="enterprise", distinct=True)


def _service_columns(scope: Scope) -> dict[str, Column]:
    return {
        "count": count(),
        "external": count(
            ~Q(enterprise=F("platform__organisation")) | Q(platform__organisation=None)
        ),
        "enterprises": _distinct(COMPANY),
        "sme": _distinct(COMPANY & Q(enterprise__size_class__in=SME)),
        "srdi": _distinct(COMPANY & Q(is_srdi=True)),
        "outside": _distinct(COMPANY & _outside(scope)),
        "institutes": _distinct(INSTITUTE),
        "visits": count(COMPANY),
    }


subject(
    "services",
    Subject(
        base=lambda scope: _served(_projects(scope).filter(scope.days("delivered_date"))),
        describe=_row("delivered_date"),
        related=("enterprise",),
        order=("delivered_date", "pk"),
        columns=_service_columns,
    ),
)
subject(
    "services_ever",
    Subject(
        base=lambda scope: _served(_projects(scope).filter(delivered_date__lte=scope.last_day)),
        describe=_row("delivered_date"),
        related=("enterprise",),
        order=("delivered_date", "pk"),
        columns=_service_columns,
    ),
)

TOOK = ExpressionWrapper(F("delivered_date") - F("started_date"), DurationField())


def _days(value: Any) -> Any:
    return None if value is None else decimal(value.total_seconds() / 86_400)


def _lead_detail(values: Values) -> dict[str, Any]:
    median = _days(values["median"])
    return {"n": values["n"], **({"median": round(float(median), 2)} if median is not None else {})}


subject(
    "deliveries",
    Subject(
        base=lambda scope: _projects(scope).filter(scope.days("delivered_date")),
        describe=_row("delivered_date"),
        related=("enterprise",),
        order=("delivered_date", "pk"),
        columns=lambda scope: {
            "lead_days": Column(
                {"mean": Avg(TOOK), "n": Count("started_date"), "median": MedianDuration(TOOK)},
                lambda v: _days(v["mean"]),
                Q(started_date__isnull=False),
                detail=_lead_detail,
            ),
            "on_time": share(
                Q(delivered_date__lte=F("promised_date")), Q(promised_date__isnull=False)
            ),
        },
    ),
)


def _reply_columns(scope: Scope) -> dict[str, Column]:
    hours = WorkingHours(F("asked_at"), F("first_replied_at"), first=scope.first_day)
    return {
        "median_hours": Column(
            {"median": Median(hours, filter=ANSWERED), "n": Count("pk", filter=ANSWERED)},
            lambda v: decimal(v["median"]),
            ANSWERED,
            detail=lambda v: {"n": v["n"]},
        ),
        "on_time": share(Q(first_replied_at__lte=F("reply_due_at")), owed(now=scope.now)),
    }


subject(
    "replies",
    Subject(
        base=lambda scope: _projects(scope).filter(scope.times("asked_at")),
        describe=_row("asked_at"),
        related=("enterprise",),
        order=("asked_at", "pk"),
        columns=_reply_columns,
    ),
)


def _enquiries(scope: Scope) -> Any:
    quoted = Quote.objects.filter(project=OuterRef("pk"))
    return _projects(scope).filter(scope.times("asked_at")).annotate(is_quoted=Exists(quoted))


CONTACT = Q(is_quoted=True) | (
    Q(first_replied_at__isnull=False) & ~Q(status=ProjectStatus.DECLINED)
)

subject(
    "enquiries",
    Subject(
        base=_enquiries,
        describe=_row("asked_at"),
        related=("enterprise",),
        order=("asked_at", "pk"),
        columns=lambda scope: {
            "contacted": share(CONTACT, Q(demand__isnull=False)),
            "contracted": share(Q(contract_date__isnull=False), CONTACT),
        },
    ),
)


def _outcomes(scope: Scope) -> Any:
    return Outcome.objects.filter(
        project__platform__in=scope.platforms, status=OutcomeStatus.CONFIRMED
    )


def _outcome_row(row: Any) -> Row:
    name = row.product_name or row.party_name or row.project.title
    label = f"{row.get_kind_display()}：{name}（{row.project.enterprise}）"
    share = f"证据{row.evidence_grade}级"
    if row.amount_yuan is not None:
        share = f"{yuan(row.amount_yuan)}，{share}"
    return Row(label, row.project.get_absolute_url(), row.achieved_date, share)


def _outcome_columns(scope: Scope) -> dict[str, Column]:
    inside = Q(project__enterprise__region__code__startswith=scope.region_prefix)
    produced = Q(kind=OutcomeKind.PRODUCED)
    known = Q(trl_before__isnull=False, trl_after__isnull=False)
    gain = ExpressionWrapper(F("trl_after") - F("trl_before"), FloatField())
    return {
        "verified": count(Q(kind=OutcomeKind.VERIFIED)),
        "produced": count(produced),
        "produced_inside": count(produced & inside),
        "launched": count(Q(kind=OutcomeKind.LAUNCHED)),
        "handed": count(Q(kind=OutcomeKind.HANDED)),
        # 家: a firm founded on several results is one firm (house rule 1)
        "founded": count(Q(kind=OutcomeKind.FOUNDED), of="party_name", distinct=True),
        "invested": total("amount_yuan", Q(kind=OutcomeKind.INVESTED), per=WAN),
        "licensed": total("amount_yuan", Q(kind=OutcomeKind.LICENSED), per=WAN),
        "sold": total("amount_yuan", Q(kind=OutcomeKind.SOLD), per=WAN),
        "failed": count(Q(kind=OutcomeKind.FAILED), of="project", distinct=True),
        "trl_gain": mean(gain, known),
    }


OUTCOME: dict[str, Any] = {
    "describe": _outcome_row,
    "platform": "project__platform_id",
    "related": ("project__enterprise",),
    "order": ("achieved_date", "pk"),
}
subject(
    "outcomes",
    Subject(
        base=lambda scope: _outcomes(scope).filter(scope.days("achieved_date")),
        columns=_outcome_columns,
        **OUTCOME,
    ),
)
subject(
    "outcomes_ever",
    Subject(
        base=lambda scope: _outcomes(scope).filter(achieved_date__lte=scope.last_day),
        columns=_outcome_columns,
        **OUTCOME,
    ),
)
subject(
    "ratings",
    Subject(
        base=lambda scope: _outcomes(scope).filter(
            scope.times("status_changed_at"), satisfaction__isnull=False
        ),
        columns=lambda scope: {"mean": mean("satisfaction")},
        **OUTCOME,
    ),
)


def _receipt_row(row: Any) -> Row:
    label = f"{row.project.number} {row.project.title}（{row.project.enterprise}）"
    amount = str(yuan(row.amount_yuan))
    if row.voucher_yuan is not None:
        amount += f"，其中服务券 {yuan(row.voucher_yuan)}"
    return Row(label, row.get_absolute_url(), row.received_date, amount)


subject(
    "receipts",
    Subject(
        base=lambda scope: Receipt.objects.confirmed().filter(
            scope.days("received_date"), project__platform__in=scope.platforms
        ),
        describe=_receipt_row,
        platform="project__platform_id",
        related=("project__enterprise",),
        order=("received_date", "pk"),
        columns=lambda scope: {
            "amount": total("amount_yuan", per=WAN),
            "external": total("amount_yuan", EXTERNAL_RECEIPT, per=WAN),
            "vouchers": total("voucher_yuan", Q(voucher_yuan__isnull=False), per=WAN),
        },
    ),
)
