"""The round of a service voucher: claimed, used, asked for, audited, paid; and what stops it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.enums import Role
from cases import services
from cases.access import VoucherAccess, VoucherProgrammeAccess
from cases.enums import ProjectStatus, VoucherStatus
from cases.models import Receipt, Voucher, VoucherProgramme
from cases.selectors import programme_figures
from cases.services import voucher_notices
from cases.states import VOUCHER, VOUCHER_PROGRAMME
from core.errors import DomainError, Refused
from core.models import ActivityLog, Event
from core.states import Relation
from notifications.models import Notification
from platforms.models import FundingRecord
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.cases import (
    ProjectFactory,
    confirmed,
    receipt,
    voucher_of,
    voucher_programme,
)
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import chengdu

S = VoucherStatus
EVERYBODY = (
    "enterprise", "operator", "other_enterprise", "other_operator", "staff", "city_staff",
    "far_staff", "broker", "reviewer", "admin", "visitor", "system",
)  # fmt: skip
WHO = {
    "enterprise": Relation.OWNER, "operator": Relation.COUNTERPART, "staff": Relation.STAFF,
    "city_staff": Relation.STAFF, "system": Relation.SYSTEM,
}  # fmt: skip


@pytest.fixture
def programme(cast):
    return voucher_programme()


@pytest.fixture
def contract(cast, reach):
    """Signed yesterday over 200 000, with a confirmed outcome; nothing paid yet."""
    found = reach(
        ProjectStatus.DELIVERED, contract_amount_yuan=Decimal(200_000),
        contract_date=timezone.localdate() - timedelta(days=1),
    )  # fmt: skip
    confirmed(found, evidence_grade="B")
    return found


@pytest.fixture
def bound(cast, programme, contract):
    """A voucher used for the contract, in the mode asked for."""

    def make(mode="reimburse", **values):
        return voucher_of(
            programme, cast.firm, **{"project": contract, "mode": mode, "status": S.BOUND} | values
        )

    return make


def refused(code, service, **given):
    """The service refuses with this code and leaves nothing behind."""
    before = state()
    with pytest.raises(DomainError) as error:
        service(**given)
    assert error.value.code == code
    assert state() == before
    return error.value.message


def state():
    return (
        list(Voucher.objects.order_by("pk").values_list("pk", "status", "project", "amount_yuan")),
        list(VoucherProgramme.objects.order_by("pk").values_list("status", "budget_yuan", "name")),
        list(Receipt.objects.order_by("pk").values_list("amount_yuan", "voucher_yuan")),
        (FundingRecord.objects.count(), Event.objects.count(), ActivityLog.objects.count()),
    )


def claim(cast, programme, **given):
    return services.claim_voucher(
        **{"actor": cast.enterprise, "programme": programme, "enterprise": cast.firm,
           "now": timezone.now()} | given
    )  # fmt: skip


def test_one_click_issues_a_voucher(cast, programme):
    made = claim(cast, programme)

    made.refresh_from_db()
    assert (made.status, made.face_yuan) == (S.ISSUED, Decimal(50_000))
    assert made.number.startswith("FWQ20")
    assert made.valid_until_date == timezone.localdate() + timedelta(days=180)
    assert ActivityLog.objects.get().action == "cases.voucher.issue"
    given = {"actor": cast.enterprise, "programme": programme, "now": timezone.now()}
    said = refused("not_eligible", services.claim_voucher, enterprise=cast.firm, **given)
    assert f"没有待使用的券（无；{made.number}）" in said


def test_every_unmet_rule_is_named(cast, programme):
    VoucherProgramme.objects.update(size_classes=["small"], needs_demand=True)
    type(cast.firm).objects.filter(pk=cast.firm.pk).update(region=chengdu(), status="pending")
    cast.firm.refresh_from_db()

    said = refused(
        "not_eligible", services.claim_voucher, actor=cast.enterprise, programme=programme,
        enterprise=cast.firm, now=timezone.now(),
    )  # fmt: skip

    assert [said.count(name) for name in ("单位已通过审核", "注册地区", "企业规模", "发布过")] == [
        1, 1, 1, 1,
    ]  # fmt: skip


def test_only_the_own_enterprise_claims_and_only_while_open(cast, programme, now):
    given = {"programme": programme, "enterprise": cast.firm, "now": now}
    for who in ("other_enterprise", "city_staff"):
        with pytest.raises(Refused):
            services.claim_voucher(actor=getattr(cast, who), **given)
    VoucherProgramme.objects.update(status="closed")
    refused("wrong_state", services.claim_voucher, actor=cast.enterprise, **given)


def test_caps_of_the_year_and_of_the_budget_make_the_face_value(cast, programme):
    voucher_of(programme, cast.firm, status=S.PAID)
    voucher_of(programme, cast.firm, status=S.VOIDED)
    assert claim(cast, programme).face_yuan == Decimal(30_000)  # of 80 000 a year

    other = cast.other_enterprise.organisation
    last = claim(cast, programme, actor=cast.other_enterprise, enterprise=other)
    assert last.face_yuan == Decimal(20_000)  # what is left of 100 000
    third = OrganisationFactory()
    said = refused(
        "not_eligible", services.claim_voucher, programme=programme, enterprise=third,
        actor=person(Role.ENTERPRISE, organisation=third), now=timezone.now(),
    )  # fmt: skip
    assert "预算余额（大于 0；0 元）" in said


def test_a_voucher_is_used_for_one_signed_contract(cast, programme, contract, now):
    voucher = voucher_of(programme, cast.firm)
    given = {"actor": cast.enterprise, "voucher": voucher, "project": contract, "now": now}
    refused("mode", services.bind_voucher, **given)
    with pytest.raises(Refused):
        services.bind_voucher(**given | {"actor": cast.operator}, mode="deduct")

    used = services.bind_voucher(**given, mode="deduct")

    assert (used.status, used.project, used.mode) == (S.BOUND, contract, "deduct")
    assert Event.objects.get().name == "cases.voucher.bound"
    refused("wrong_state", services.bind_voucher, **given, mode="deduct")
    another = voucher_of(programme, cast.firm)
    said = refused("checks", services.bind_voucher, **given | {"voucher": another}, mode="deduct")
    assert f"同一合同没有用其他券（无；{voucher.number}）" in said


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda cast, row: setattr(row, "contract_date", timezone.localdate() - timedelta(11)),
         "签约日期在有效期内"),
        (lambda cast, row: setattr(row, "contract_date", timezone.localdate() + timedelta(61)),
         "签约日期在有效期内"),
        (lambda cast, row: setattr(row, "status", "cancelled"), "合同已签订"),
        (lambda cast, row: setattr(row, "platform", PlatformFactory(organisation=cast.firm)),
         "双方不是同一单位"),
        (lambda cast, row: [type(one).objects.filter(pk=one.pk).update(legal_person="张三")
                            for one in (cast.firm, cast.runner)], "法定代表人不同"),
        (lambda cast, row: FundingRecord.objects.create(
            platform=row.platform, level="city", kind="other", year=2026, amount_yuan=1,
            fund=f"专项（{row.number}）"), "同一合同没有其他财政资金"),
        (lambda cast, row: receipt(row, voucher_yuan=1, voucher_number="外地券"),
         "同一合同没有用其他券"),
        (lambda cast, row: VoucherProgramme.objects.update(reach="recognised"),
         "平台在可用范围"),
        (lambda cast, row: setattr(row, "platform", PlatformFactory(
            organisation=cast.runner, region=chengdu()))
            or VoucherProgramme.objects.update(reach="region"), "平台在可用范围"),
    ],
)  # fmt: skip
def test_what_smells_stops_it_and_is_named(cast, programme, contract, now, change, rule):
    change(cast, contract)
    contract.save()

    said = refused(
        "checks", services.bind_voucher, actor=cast.enterprise, project=contract, now=now,
        voucher=voucher_of(programme, cast.firm), mode="reimburse",
    )  # fmt: skip

    assert rule in said


def test_the_enterprise_paid_and_is_reimbursed(cast, bound, contract, now):
    voucher = bound()
    receipt(contract, amount_yuan=Decimal(20_000))
    receipt(contract, amount_yuan=Decimal(100_000), received_date=timezone.localdate())
    receipt(contract, amount_yuan=Decimal(10_000), status="claimed")
    given = {"voucher": voucher, "now": now}
    with pytest.raises(Refused):
        services.request_payout(actor=cast.operator, **given)

    asked = services.request_payout(actor=cast.enterprise, **given)
    assert asked.amount_yuan == Decimal(36_000)  # 30 % of 120 000
    assert ["按比例", "120,000 元 × 30% = 36,000 元"] in asked.arithmetic
    assert asked.audit_due_at > now + timedelta(days=9)
    refused("wrong_state", services.request_payout, actor=cast.enterprise, **given)
    with pytest.raises(Refused):
        services.audit_voucher(actor=cast.far_staff, name="approve", **given)
    passed = services.audit_voucher(actor=cast.city_staff, name="approve", **given)
    paying = {"actor": cast.city_staff, "paid_date": timezone.localdate(now), **given}
    refused("field_required", services.pay_voucher, payment_reference=" ", **paying)
    late = {**paying, "paid_date": timezone.localdate(now) + timedelta(days=1)}
    refused("paid_date", services.pay_voucher, payment_reference="ZF-1", **late)
    paid = services.pay_voucher(payment_reference="ZF-1", **paying)

    assert (passed.status, paid.status, paid.payment_reference) == (S.APPROVED, S.PAID, "ZF-1")
    parts = Receipt.objects.order_by("received_date", "pk").values_list("voucher_yuan", flat=True)
    assert list(parts) == [Decimal(20_000), None, Decimal(16_000)]
    assert not FundingRecord.objects.exists()  # the money went to the enterprise
    refused("wrong_state", services.pay_voucher, payment_reference="ZF-1", **paying)


def test_the_platform_deducted_and_is_paid(cast, bound, contract, now):
    voucher = bound("deduct")
    receipt(contract, amount_yuan=Decimal(105_000))
    given = {"voucher": voucher, "now": now}
    with pytest.raises(Refused):
        services.request_payout(actor=cast.enterprise, **given)

    asked = services.request_payout(actor=cast.operator, **given)
    assert asked.amount_yuan == Decimal(45_000)  # 105 000 is 70 % of 150 000
    services.audit_voucher(actor=cast.staff, name="approve", **given)
    paid = services.pay_voucher(
        actor=cast.staff, paid_date=timezone.localdate(now), payment_reference="ZF-2", **given
    )

    got = Receipt.objects.get(voucher_number=voucher.number)
    assert (got.amount_yuan, got.voucher_yuan, got.status) == (45_000, 45_000, "confirmed")
    line = FundingRecord.objects.get()
    assert (paid.funding, line.platform, line.amount_yuan) == (line, contract.platform, 45_000)
    assert (line.level, line.year, voucher.number in line.fund) == ("city", now.year, True)


def test_what_the_enterprise_did_not_confirm_pays_nothing(cast, bound, contract, now):
    voucher = bound()
    receipt(contract, status="claimed")

    said = refused("checks", services.request_payout, actor=cast.enterprise, voucher=voucher,
                   now=now)  # fmt: skip

    assert "到账经企业确认（大于 0；0 元）" in said


def test_staff_return_refuse_and_the_budget_is_free_again(cast, bound, contract, programme, now):
    voucher = bound()
    receipt(contract)
    given = {"voucher": voucher, "now": now}
    audit = {"actor": cast.city_staff, **given}
    refused("wrong_state", services.audit_voucher, name="return", reason="补", **audit)
    first = services.request_payout(actor=cast.enterprise, **given)
    refused("reason_required", services.audit_voucher, name="return", **audit)
    services.audit_voucher(name="return", reason="请核对到账", **audit)
    receipt(contract, amount_yuan=Decimal(40_000))
    again = services.request_payout(
        actor=cast.enterprise, voucher=voucher, now=now + timedelta(days=3)
    )
    assert (first.amount_yuan, again.amount_yuan) == (18_000, 30_000)
    assert again.requested_at == first.requested_at  # days to settle run from the first request

    gone = services.audit_voucher(name="refuse", reason="合同虚假", **audit)

    assert gone.status == S.REFUSED
    figures = programme_figures(programme, today=timezone.localdate())
    assert (figures.issued, figures.used, figures.left_yuan) == (1, 0, 100_000)


def test_an_approval_asks_the_rules_again(cast, bound, contract, now):
    voucher = bound()
    paid = receipt(contract)
    services.request_payout(actor=cast.enterprise, voucher=voucher, now=now)
    given = {"actor": cast.city_staff, "voucher": voucher, "name": "approve", "now": now}
    Receipt.objects.filter(pk=paid.pk).update(amount_yuan=50_000)
    refused("changed", services.audit_voucher, **given)
    contract.outcomes.all().delete()
    refused("checks", services.audit_voucher, **given)


def test_vouchers_expire_and_are_voided_once(cast, programme, bound, now):
    old = voucher_of(programme, cast.firm, valid_until_date=timezone.localdate() - timedelta(1))
    voucher = bound()
    given = {"actor": cast.enterprise, "voucher": voucher, "now": now}
    refused("reason_required", services.void_voucher, reason="", **given)
    with pytest.raises(Refused):
        services.void_voucher(reason="不用了", **given | {"actor": cast.operator})

    assert services.void_voucher(reason="不用了", **given).status == S.VOIDED
    assert [services.expire_vouchers(now=now) for _ in range(2)] == [1, 0]
    old.refresh_from_db()
    assert old.status == S.EXPIRED
    refused("wrong_state", services.void_voucher, reason="不用了", **given)


def test_receipts_leave_our_vouchers_to_the_payment(cast, bound, contract, now):
    bound()

    said = refused(
        "voucher", services.register_receipt, actor=cast.operator, project=contract, now=now,
        amount_yuan=Decimal(10), received_date=timezone.localdate(), voucher_yuan=Decimal(1),
    )  # fmt: skip

    assert "兑付后自动登记" in said


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_sees_and_moves_a_voucher(cast, bound, programme, who):
    voucher, user = bound("deduct"), getattr(cast, who)
    access = VoucherAccess(user)

    assert access.visible().exists() is (who in WHO)
    for row in VOUCHER.transitions:
        for status in S:
            voucher.status = status
            expected = WHO.get(who) in row.relations and status in row.sources
            if row.name == "request" and who == "enterprise":
                expected = False  # the platform deducted
            assert bool(access.can(row.name, voucher)) is expected, (row.name, status)
    voucher_programme(status="draft")
    seen = VoucherProgrammeAccess(user).visible().count()
    assert seen == (2 if WHO.get(who) in {Relation.STAFF, Relation.SYSTEM} else 1)
    for row in VOUCHER_PROGRAMME.transitions:
        programme.status = next(iter(row.sources))
        may = VoucherProgrammeAccess(user).can(row.name, programme)
        in_the_way = row.name == "settle"  # the voucher is not dealt with
        assert bool(may) is (WHO.get(who) == Relation.STAFF and not in_the_way), row.name


def test_the_platforms_region_sees_and_the_paying_region_decides(cast, programme, now):
    """Cross-city: 中山 pays for a contract with a platform of 成都."""
    far = ProjectFactory(
        platform=PlatformFactory(region=chengdu()), enterprise=cast.firm, status="contracted",
        contract_date=timezone.localdate(), contract_amount_yuan=10,
    )  # fmt: skip
    voucher = voucher_of(programme, cast.firm, project=far, mode="deduct", status="requested")

    assert VoucherAccess(cast.far_staff).visible().get() == voucher
    assert not VoucherAccess(cast.far_staff).transitions(voucher)
    names = {row.name for row in VoucherAccess(cast.city_staff).transitions(voucher)}
    assert names == {"approve", "return", "refuse"}


def test_people_are_told_and_reminded(cast, bound, contract, programme, now):
    voucher = bound("deduct")
    receipt(contract)
    services.request_payout(actor=cast.operator, voucher=voucher, now=now)
    names = ("requested", "returned", "paid")
    for place, name in enumerate(names):
        voucher_notices.tell_voucher(
            event_id=f"00000000-0000-0000-0000-00000000000{place}", now=now,
            name=f"cases.voucher.{name}", voucher_id=voucher.pk,
        )  # fmt: skip
    told = Notification.objects.order_by("pk").values_list("kind", "user_id")
    firm, host = cast.enterprise.pk, cast.operator.pk
    assert set(told) == {
        ("voucher_requested", cast.city_staff.pk), ("voucher_returned", host),
        ("voucher_paid", firm), ("voucher_paid", host),
    }  # fmt: skip

    due = Voucher.objects.get(pk=voucher.pk).audit_due_at
    voucher_of(programme, cast.firm, valid_until_date=(due + timedelta(days=3)).date())
    written = [services.remind_vouchers(now=due + timedelta(days=day)) for day in (-1, -1, 1, 2)]
    assert written == [2, 0, 1, 0]
