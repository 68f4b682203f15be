"""Service vouchers on their pages: programmes with live figures, vouchers in lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organisation
from cases.access import ENTERPRISE_ROLES, VoucherAccess
from cases.enums import VOUCHER_OVER, VoucherMode, VoucherStatus
from cases.models import Project, Voucher, VoucherProgramme
from cases.selectors.voucher_checks import NONE, SIGNED, Eligibility, budget_left, eligibility
from platforms.enums import GovernmentLevel
from taxonomy.models import RegionLevel

FUND_LEVELS = {
    RegionLevel.COUNTRY: GovernmentLevel.NATIONAL, RegionLevel.PROVINCE: GovernmentLevel.PROVINCE,
    RegionLevel.CITY: GovernmentLevel.CITY, RegionLevel.COUNTY: GovernmentLevel.COUNTY,
}  # fmt: skip
VOUCHER_RELATED = (
    "programme__region", "enterprise__region", "project__platform__organisation",
    "project__platform__region", "project__enterprise", "claimed_by",
)  # fmt: skip


def programme_rows(rows: QuerySet[VoucherProgramme]) -> QuerySet[VoucherProgramme]:
    """Programmes for lists, the latest first, with `issued` (how many) and `paid` (yuan)."""
    own = Voucher.objects.filter(programme=OuterRef("pk")).order_by().values("programme")
    paid = own.filter(status=VoucherStatus.PAID).annotate(sum=Sum("amount_yuan"))
    counted = rows.select_related("region").annotate(
        issued=Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), 0),
        paid=Coalesce(Subquery(paid.values("sum")), NONE),
    )
    return counted.order_by("-opens_date", "-pk")


@dataclass(frozen=True)
class ProgrammeFigures:
    """Live figures of a programme; money in yuan."""

    issued: int
    used: int
    settled: int
    paid_yuan: Decimal
    left_yuan: Decimal
    median_days: float | None
    day: date


def programme_figures(programme: VoucherProgramme, *, today: date) -> ProgrammeFigures:
    """Counted now. Days to settle run from the first request to the day of payment (complaint
    12). Three queries."""
    found = programme.vouchers.aggregate(
        issued=Count("pk"),
        used=Count("pk", filter=Q(project__isnull=False) & ~Q(status__in=VOUCHER_OVER)),
        settled=Count("pk", filter=Q(status=VoucherStatus.PAID)),
        paid=Sum("amount_yuan", filter=Q(status=VoucherStatus.PAID)),
    )
    settled = programme.vouchers.filter(status=VoucherStatus.PAID, requested_at__isnull=False)
    days = [
        (paid - timezone.localdate(asked)).days
        for asked, paid in settled.values_list("requested_at", "paid_date")
    ]
    return ProgrammeFigures(
        issued=found["issued"], used=found["used"], settled=found["settled"],
        paid_yuan=found["paid"] or NONE, left_yuan=budget_left(programme),
        median_days=median(days) if days else None, day=today,
    )  # fmt: skip


def eligibilities(user: Any, programme: VoucherProgramme, *, today: date) -> list[Eligibility]:
    """The programme's rules on each enterprise the user speaks for."""
    ids = user.organisation_ids(*ENTERPRISE_ROLES)
    rows = Organisation.objects.filter(pk__in=ids).select_related("region").order_by("pk")
    return [eligibility(programme, row, today=today) for row in rows]


def voucher_rows(rows: QuerySet[Voucher]) -> QuerySet[Voucher]:
    """Vouchers for lists and pages, the latest change first."""
    return rows.select_related(*VOUCHER_RELATED).order_by("-status_changed_at", "-pk")


def bindable_projects(voucher: Voucher) -> QuerySet[Project]:
    """Projects of the voucher's enterprise, signed while it is valid, that none serves yet."""
    taken = Voucher.objects.in_force().filter(project__isnull=False)
    days = (timezone.localdate(voucher.issued_at), voucher.valid_until_date)
    rows = Project.objects.filter(
        enterprise=voucher.enterprise_id, status__in=SIGNED, contract_date__range=days
    )
    rows = rows.exclude(pk__in=taken.values("project")).select_related("platform")
    return rows.order_by("-contract_date", "-pk")


def project_voucher(user: Any, project: Project) -> Voucher | None:
    """The voucher of the project as far as the user may know; else an unused one of theirs."""
    unused = Q(project=None, enterprise=project.enterprise_id, status=VoucherStatus.ISSUED)
    rows = VoucherAccess(user).visible().in_force().filter(Q(project=project) | unused)  # type: ignore[attr-defined]
    return rows.order_by("project_id", "pk").first()


def voucher_counts(user: Any) -> dict[str, int]:
    """What waits for the people of an enterprise or a platform. One query."""
    own, run = (
        Q(enterprise__in=user.organisation_ids(*ENTERPRISE_ROLES)),
        Q(project__platform__organisation__in=user.organisation_ids(Role.OPERATOR)),
    )
    turn = own & Q(mode=VoucherMode.REIMBURSE) | run & Q(mode=VoucherMode.DEDUCT)
    found: dict[str, int] = VoucherAccess(user).visible().aggregate(
        unused=Count("pk", filter=own & Q(status=VoucherStatus.ISSUED)),
        returned=Count("pk", filter=turn & Q(status=VoucherStatus.RETURNED)),
        bound=Count("pk", filter=turn & Q(status=VoucherStatus.BOUND)),
    )  # fmt: skip
    return found


def vouchers_to_handle(user: Any, status: str) -> QuerySet[Voucher]:
    """Vouchers of the user's regions that wait there."""
    return Voucher.objects.filter(VoucherAccess(user).watched(), status=status)
