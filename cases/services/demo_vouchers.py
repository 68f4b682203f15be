"""Invented service vouchers: open programmes, and a voucher in every state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from cases.enums import OutcomeStatus, ProjectStatus, VoucherMode, VoucherReach
from cases.models import Outcome, Project, Receipt, Voucher
from cases.services.voucher_programmes import create_programme, move_programme
from cases.services.vouchers import (
    audit_voucher,
    bind_voucher,
    claim_voucher,
    expire_vouchers,
    pay_voucher,
    request_payout,
    void_voucher,
)
from core.services import settle_events
from platforms.models import Capability, Platform
from taxonomy.models import Region

A_DAY = timedelta(days=1)
R, D = VoucherMode.REIMBURSE, VoucherMode.DEDUCT
ASKED = ("bind", "request")
PASSED = (*ASKED, "approve")
Rounds = tuple[tuple[tuple[str, ...], bool, VoucherMode], ...]
# how far each voucher came, whether it is the demo enterprise's, how it is paid
ROUNDS: Rounds = (
    (("void",), False, R), (("bind",), True, R), (("bind",), False, D), (ASKED, False, D),
    ((*ASKED, "return"), True, R), ((*ASKED, "return"), False, D), (PASSED, False, D),
    ((*PASSED, "pay"), True, R), ((*ASKED, "refuse"), False, D), (("expire",), False, R),
    ((*PASSED, "pay"), False, D), ((), True, R),
)  # fmt: skip
CITY_ROUNDS: Rounds = ((ASKED, False, R), (PASSED, False, R))
WORDS = {"return": "请补充确认尾款（演示）。", "refuse": "合同内容不属于中试服务（演示）。"}


@dataclass(frozen=True)
class DemoVoucherSides:
    """Staff of the province and of the demo city, who speaks for each enterprise (the demo
    enterprise first), and who runs each platform (the demo operator's first)."""

    staff: User
    city: User
    clients: Sequence[tuple[Organisation, User]]
    operators: Mapping[int, User]  # by platform


@transaction.atomic
def attach_demo_vouchers(
    *, region: Region, platforms: Sequence[Platform], sides: DemoVoucherSides, now: datetime
) -> None:
    """A programme of `region` with a voucher in every state, and a small one of the demo city; all
    through the services, on contracts marked `is_demo`. Not to be called twice."""
    city = platforms[0].region
    _programme("演示：中试服务券", region, sides.staff, ROUNDS, platforms, sides, now)
    _programme("演示：市级中试服务券", city, sides.city, CITY_ROUNDS, platforms, sides, now)
    made = Voucher.objects.filter(programme__is_demo=True).values_list("pk", flat=True)
    settle_events(prefix="cases.voucher.", key="voucher_id", ids=made, now=now)


def _programme(
    name: str,
    region: Region,
    staff: User,
    rounds: Rounds,
    platforms: Sequence[Platform],
    sides: DemoVoucherSides,
    now: datetime,
) -> None:
    start = now - 60 * A_DAY
    programme = create_programme(
        actor=staff, now=start,
        values={
            "name": name, "region": region, "budget_yuan": 1_000_000,
            "notice": "演示方案：不是真实的政策。", "share_percent": 30,
            "voucher_cap_yuan": 60_000, "yearly_cap_yuan": 240_000, "needs_demand": False,
            "reach": VoucherReach.ANYWHERE, "modes": list(VoucherMode.values),
            "opens_date": timezone.localdate(start),
            "closes_date": timezone.localdate(now) + 120 * A_DAY,
        },
    )  # fmt: skip
    programme = move_programme(actor=staff, programme=programme, name="open", now=start)
    own = [pair for pair in sides.clients if region.contains(pair[0].region_id)]
    first, others = own[0], own[1:] or own
    for place, (steps, is_mine, mode) in enumerate(rounds):
        organisation, person = first if is_mine else others[place % len(others)]
        # the demo operator has one to ask for and one to mend
        is_hosts = is_mine or steps[-1] in {"bind", "return"}
        platform = platforms[0 if is_hosts else place % 3]
        issued = start + place * A_DAY
        voucher = claim_voucher(
            actor=person, programme=programme, enterprise=organisation, now=issued
        )
        operator = sides.operators[platform.pk]
        _Round(staff, operator, person, platform, mode, now).go(voucher, steps, issued)


@dataclass(frozen=True)
class _Round:
    """Who takes part in the round of one voucher."""

    staff: User
    operator: User
    person: User
    platform: Platform
    mode: VoucherMode
    now: datetime

    def go(self, voucher: Voucher, steps: Sequence[str], at: datetime) -> None:
        """One step every five days."""
        given: dict[str, Any] = {"voucher": voucher}
        for step in steps:
            at += 5 * A_DAY
            if step == "bind":
                project = self._contract(voucher, at)
                bind_voucher(actor=self.person, project=project, mode=self.mode, now=at, **given)
            elif step == "request":
                asker = self.operator if self.mode == VoucherMode.DEDUCT else self.person
                # what waits for its audit was asked for the other day
                when = self.now - 2 * A_DAY if steps[-1] == "request" else at
                request_payout(actor=asker, now=when, **given)
            elif step in {"approve", "return", "refuse"}:
                reason = WORDS.get(step, "")
                audit_voucher(actor=self.staff, name=step, reason=reason, now=at, **given)
            elif step == "pay":
                pay_voucher(
                    actor=self.staff, paid_date=timezone.localdate(at), now=at,
                    payment_reference=f"演示凭证-{voucher.number[-4:]}", **given,
                )  # fmt: skip
            elif step == "void":
                void_voucher(actor=self.person, reason="项目推迟（演示）。", now=at, **given)
            elif step == "expire":
                past = timezone.localdate(self.now) - A_DAY
                Voucher.objects.filter(pk=voucher.pk).update(valid_until_date=past)
                expire_vouchers(now=self.now)

    def _contract(self, voucher: Voucher, at: datetime) -> Project:
        """A signed contract, done and partly paid, of the voucher's enterprise."""
        day = timezone.localdate(at)
        capability = Capability.objects.filter(platform=self.platform).order_by("pk").first()
        project = Project.objects.create(
            number=f"YQ{day.year}-{voucher.pk:05d}", title="中试放大与检测（演示服务券合同）",
            platform=self.platform, capability=capability, enterprise=voucher.enterprise,
            started_by=self.person, status=ProjectStatus.CLOSED, status_changed_at=at,
            asked_at=at - 2 * A_DAY, reply_due_at=at, first_replied_at=at - A_DAY,
            contract_amount_yuan=200_000, contract_date=day, promised_date=day + 30 * A_DAY,
            started_date=day, delivered_date=day, is_demo=True,
        )  # fmt: skip
        Outcome.objects.create(
            project=project, kind="verified", description="演示成果：达到约定指标。",
            achieved_date=day, evidence_grade="B", claimed_by=self.operator, status_changed_at=at,
            status=OutcomeStatus.CONFIRMED,
        )  # fmt: skip
        Receipt.objects.create(
            project=project, amount_yuan=140_000, received_date=day, note="演示首付款",
            registered_by=self.operator, status=OutcomeStatus.CONFIRMED, status_changed_at=at,
        )  # fmt: skip
        return project
