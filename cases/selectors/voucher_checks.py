"""Rules of service vouchers on facts that the portal has: who may claim one, which contract it may
serve, and how much it pays. Every rule tells both values (G25)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone

from accounts.models import Organisation, RoleAssignment
from cases.enums import ProjectStatus, VoucherMode, VoucherReach, VoucherStatus
from cases.models import Project, Voucher, VoucherProgramme
from core.templatetags.portal_format import plain
from demands.models import Demand
from platforms.models import FundingRecord, Recognition
from platforms.states.recognition import ON_ROSTER

OK, WARN, FAIL = "ok", "warn", "fail"
UNKNOWN = "未注明"
CENT = Decimal("0.01")
SIGNED = (
    ProjectStatus.CONTRACTED, ProjectStatus.PILOTING, ProjectStatus.DELIVERED,
    ProjectStatus.CLOSED,
)  # fmt: skip
NONE = Decimal(0)


@dataclass(frozen=True)
class RuleCheck:
    """One rule with what it compares: the two sides, or what is wanted and what was found."""

    label: str
    one: str
    other: str
    result: str  # ok, warn (an auditor looks at it) or fail (nothing goes on)
    is_of_ledger: bool = False  # says what the ledger of fiscal money says of the platform


def failed(checks: Iterable[RuleCheck]) -> str:
    """Every rule that stands in the way, in words; empty when none does."""
    return "；".join(
        f"{row.label}（{row.one}；{row.other}）" for row in checks if row.result == FAIL
    )


def money(value: Decimal) -> str:
    """To the cent: sums of an account are not rounded to 万."""
    return f"{plain(value)} 元"


def _rule(label: str, one: Any, other: Any, *, met: bool, otherwise: str = FAIL) -> RuleCheck:
    return RuleCheck(label, str(one) or UNKNOWN, str(other) or UNKNOWN, OK if met else otherwise)


def budget_left(programme: VoucherProgramme, *, besides: Voucher | None = None) -> Decimal:
    """Yuan neither paid nor promised, but for what `besides` holds."""
    rows = programme.vouchers.exclude(pk=besides.pk) if besides else programme.vouchers.all()
    return programme.budget_yuan - rows.committed()


@dataclass(frozen=True)
class Eligibility:
    """Whether an enterprise may claim a voucher, and the most that it would pay."""

    enterprise: Organisation
    checks: list[RuleCheck]
    face_yuan: Decimal

    @property
    def reason(self) -> str:
        return failed(self.checks)


def eligibility(
    programme: VoucherProgramme, enterprise: Organisation, *, today: date
) -> Eligibility:
    """The programme's rules on one enterprise. Four queries."""
    own = programme.vouchers.filter(enterprise=enterprise)
    used = own.filter(issued_at__year=today.year).committed()
    year_left = programme.yearly_cap_yuan - used
    left = budget_left(programme)
    waiting = own.filter(status=VoucherStatus.ISSUED).first()
    checks = [
        _rule("单位已通过审核", "已通过", enterprise.get_status_display(),
              met=enterprise.is_approved),
        _rule("注册地区", programme.region, enterprise.region,
              met=programme.region.contains(enterprise.region_id)),
    ]  # fmt: skip
    if programme.size_classes:
        checks.append(_rule("企业规模", programme.size_words, enterprise.get_size_class_display(),
                            met=enterprise.size_class in programme.size_classes))  # fmt: skip
    if programme.needs_demand:
        posted = Demand.objects.filter(organisation=enterprise, published_at__isnull=False).count()
        checks.append(_rule("发布过中试需求", "至少 1 条", f"{posted} 条", met=posted > 0))
    checks += [
        _rule("没有待使用的券", "无", waiting.number if waiting else "无", met=waiting is None),
        _rule("本年度限额", f"每年最高 {money(programme.yearly_cap_yuan)}", f"已用 {money(used)}",
              met=year_left > 0),
        _rule("预算余额", "大于 0", money(left), met=left > 0),
    ]  # fmt: skip
    face = min(programme.voucher_cap_yuan, year_left, left)
    return Eligibility(enterprise, checks, max(face, NONE))


def contract_checks(voucher: Voucher, project: Project) -> list[RuleCheck]:
    """Whether the voucher may serve the contract of `project`. Six queries at most."""
    issued = timezone.localdate(voucher.issued_at)
    signed = project.contract_date
    others = Voucher.objects.in_force().filter(project=project).exclude(pk=voucher.pk)
    listed = [*others.values_list("number", flat=True), *_named_on_receipts(voucher, project)]
    return [
        _rule("合同已签订", "已签约", project.get_status_display(),
              met=project.status in SIGNED and signed is not None),
        _rule("签约日期在有效期内", f"{issued} 至 {voucher.valid_until_date}", signed or "",
              met=signed is not None and issued <= signed <= voucher.valid_until_date),
        _reach_rule(voucher.programme, project),
        *_parties(project),
        _rule("同一合同没有用其他券", "无", "、".join(listed) or "无", met=not listed),
        *_other_funds(voucher, project),
    ]  # fmt: skip


def _named_on_receipts(voucher: Voucher, project: Project) -> list[str]:
    """Vouchers of other offices that somebody entered with the money."""
    rows = project.receipts.filter(voucher_yuan__isnull=False).exclude(status="rejected")
    rows = rows.exclude(voucher_number=voucher.number)
    return [row.voucher_number or f"{row.received_date} 到账中的抵用" for row in rows]


def _reach_rule(programme: VoucherProgramme, project: Project) -> RuleCheck:
    platform, wanted = project.platform, programme.get_reach_display()
    if programme.reach == VoucherReach.REGION:
        return _rule("平台在可用范围", programme.region, platform.region,
                     met=programme.region.contains(platform.region_id or ""))  # fmt: skip
    if programme.reach == VoucherReach.ANYWHERE:
        return _rule("平台在可用范围", wanted, platform.region or "", met=True)
    rows = Recognition.objects.filter(platform=platform, status__in=ON_ROSTER)
    names = [str(row.scheme) for row in rows.select_related("scheme").order_by("pk")]
    return _rule("平台在可用范围", wanted, "、".join(names) or "不在册", met=bool(names))


def _parties(project: Project) -> list[RuleCheck]:
    """Whether enterprise and platform are the same body, or look like it."""
    firm, host = project.enterprise, project.platform.organisation
    if host is None:
        return [RuleCheck("双方不是同一单位", str(firm), "平台没有运营单位", WARN)]
    both = {"user__in": RoleAssignment.objects.current(now=timezone.now())
            .filter(organisation=firm).values("user")}  # fmt: skip
    rows = RoleAssignment.objects.current(now=timezone.now()).filter(organisation=host, **both)
    shared = sorted({str(row.user) for row in rows.select_related("user")})
    known = bool(firm.legal_person and host.legal_person)
    is_same = known and firm.legal_person == host.legal_person
    apart = bool(firm.address and host.address) and firm.address != host.address
    return [
        _rule("双方不是同一单位", firm.uscc, host.uscc, met=firm.pk != host.pk),
        RuleCheck("法定代表人不同", firm.legal_person or UNKNOWN, host.legal_person or UNKNOWN,
                  FAIL if is_same else OK if known else WARN),
        _rule("地址不同", firm.address, host.address, met=apart, otherwise=WARN),
        _rule("没有人同时代表双方", "无", "、".join(shared) or "无", met=not shared,
              otherwise=WARN),
    ]  # fmt: skip


def _other_funds(voucher: Voucher, project: Project) -> list[RuleCheck]:
    """G46, 不再重复给予资金支持: a line of the ledger that names the contract stands in the way;
    other money of the year for the platform is shown to the auditor."""
    rows = FundingRecord.objects.filter(platform=project.platform).order_by("pk")
    if voucher.funding_id:
        rows = rows.exclude(pk=voucher.funding_id)
    named = Q(fund__contains=project.number) | Q(document_number__contains=project.number)
    same = [f"{row.year} 年 {row.fund}" for row in rows.filter(named)]
    year = (project.contract_date or timezone.localdate()).year
    # money of other vouchers is for other contracts
    paid = Voucher.objects.filter(funding__isnull=False).values("funding")
    beside = [f"{row.fund} {money(row.amount_yuan)}"
              for row in rows.filter(year=year).exclude(named).exclude(pk__in=paid)]  # fmt: skip
    return [
        _rule("同一合同没有其他财政资金", "无", "、".join(same) or "无", met=not same),
        RuleCheck(f"平台 {year} 年其他财政资金", "无", "、".join(beside) or "无",
                  WARN if beside else OK, is_of_ledger=True),
    ]  # fmt: skip


@dataclass(frozen=True)
class Payout:
    """What a voucher pays for its contract now: the rules, the sum line by line, the amount."""

    checks: list[RuleCheck]
    lines: list[list[str]]
    amount_yuan: Decimal

    @property
    def reason(self) -> str:
        return failed(self.checks)


def payout(voucher: Voucher) -> Payout:
    """Contract, outcome and money that the enterprise confirmed, all from the portal; nobody is
    asked for anything. Select the programme, the project and both parties."""
    project: Any = voucher.project
    sums = project.receipts.aggregate(
        confirmed=Sum("amount_yuan", filter=Q(status="confirmed")),
        claimed=Sum("amount_yuan", filter=Q(status="claimed")),
    )
    received, claimed = sums["confirmed"] or NONE, sums["claimed"] or NONE
    grades = list(
        project.outcomes.confirmed().order_by("pk").values_list("evidence_grade", flat=True)
    )
    contract = project.contract_amount_yuan or NONE
    left = budget_left(voucher.programme, besides=voucher)
    lines, amount = _amount(voucher, contract, received, left)
    checks = [
        *contract_checks(voucher, project),
        _rule("成果经企业确认", "至少 1 项", f"{len(grades)} 项", met=bool(grades)),
        _rule("成果证据", "C 级以上", "、".join(f"{one} 级" for one in grades) or "无",
              met=any(one != "D" for one in grades), otherwise=WARN),
        _rule("到账经企业确认", "大于 0", money(received), met=received > 0),
        _rule("没有待确认的到账", "0 元", money(claimed), met=not claimed, otherwise=WARN),
        _rule("到账不超过合同额", money(contract), money(received), met=received <= contract,
              otherwise=WARN),
        _rule("预算余额够付", money(amount), money(left), met=0 < amount <= left),
    ]  # fmt: skip
    # what somebody has to look at comes first
    checks.sort(key=lambda row: (FAIL, WARN, OK).index(row.result))
    return Payout(checks, lines, amount)


def _amount(
    voucher: Voucher, contract: Decimal, received: Decimal, left: Decimal
) -> tuple[list[list[str]], Decimal]:
    """Share × contract money that is paid, within face value and budget.

    Where the platform deducts, the enterprise pays the rest of the share: what it paid stands for
    received ÷ (1 − share) of the contract, and what is still unpaid is the most.
    """
    share = Decimal(voucher.programme.share_percent) / 100
    lines = [["合同额", money(contract)], ["企业已付并确认", money(received)]]
    limits = [voucher.face_yuan, left]
    if voucher.mode == VoucherMode.DEDUCT:
        base = min(contract, (received / (1 - share)).quantize(CENT, ROUND_DOWN))
        paid = f"{money(received)} ÷（1 − {voucher.programme.share_percent}%）"
        lines.append(["对应的合同款", f"{paid} = {money(base)}，不超过合同额"])
        limits.append(max(contract - received, NONE))
        lines.append(["合同尚未付", money(limits[-1])])
    else:
        base = min(contract, received)
    by_share = (base * share).quantize(CENT, ROUND_DOWN)
    amount = max(min(by_share, *limits), NONE)
    lines += [
        ["按比例", f"{money(base)} × {voucher.programme.share_percent}% = {money(by_share)}"],
        ["面额", money(voucher.face_yuan)],
        ["预算可用", money(left)],
        ["兑付金额", f"以上取最小：{money(amount)}"],
    ]
    return lines, amount
