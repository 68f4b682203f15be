"""Money that arrived: registered by the platform, confirmed by the enterprise, then income."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cases import services
from cases.access import ReceiptAccess
from cases.enums import OutcomeStatus, ProjectStatus
from cases.guards import may_read_receipt
from cases.models import Receipt
from cases.services import notices
from cases.states import RECEIPT
from core.errors import DomainError, Refused
from core.files import files_of
from core.models import ActivityLog, Event
from notifications.models import Notification
from tests.factories.cases import receipt

DAY = date(2026, 11, 1)
GIVEN = {"amount_yuan": Decimal("60000.00"), "received_date": DAY, "note": "首付款"}
SEES = {"enterprise", "operator", "staff", "city_staff", "broker", "system"}


@pytest.fixture
def signed(reach):
    return reach(ProjectStatus.CONTRACTED, contract_amount_yuan=200_000)


def test_registering_keeps_amount_and_voucher(cast, signed, now):
    upload = SimpleUploadedFile("回单.txt", b"paid", "text/plain")

    made = services.register_receipt(
        actor=cast.operator, project=signed, now=now, uploads=[upload], **GIVEN
    )

    made.refresh_from_db()
    assert (made.status, made.amount_yuan, made.note) == ("claimed", Decimal(60_000), "首付款")
    assert files_of(made).get().name == "回单.txt"
    assert ActivityLog.objects.get().action == "cases.receipt.register"
    assert Event.objects.get().name == "cases.receipt.registered"


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"received_date": date(2999, 1, 1)}, "future_date", "received_date"),
        ({"amount_yuan": Decimal(0)}, "amount", "amount_yuan"),
        ({"note": "长" * 201}, "invalid", "note"),
        ({"voucher_yuan": Decimal("60000.01")}, "voucher", "voucher_yuan"),
        ({"voucher_yuan": Decimal(0)}, "voucher", "voucher_yuan"),
        ({"voucher_number": "GD-1"}, "voucher", "voucher_yuan"),
    ],
)
def test_registering_refuses_what_cannot_be(cast, signed, now, change, code, field):
    with pytest.raises(DomainError) as error:
        services.register_receipt(actor=cast.operator, project=signed, now=now, **GIVEN | change)

    assert (error.value.code, error.value.field) == (code, field)
    assert not Receipt.objects.exists()


def test_registering_is_the_platforms_and_waits_for_the_contract(cast, reach, now):
    with pytest.raises(Refused):
        services.register_receipt(
            actor=cast.enterprise, project=reach(ProjectStatus.CONTRACTED), now=now, **GIVEN
        )
    with pytest.raises(DomainError) as error:
        services.register_receipt(
            actor=cast.operator, project=reach(ProjectStatus.QUOTED), now=now, **GIVEN
        )
    assert error.value.code == "wrong_state"
    assert not Receipt.objects.exists()


def test_the_enterprise_answers_once(cast, signed, now):
    row = receipt(signed, status="claimed")

    answered = services.answer_receipt(actor=cast.enterprise, receipt=row, name="confirm", now=now)

    assert answered.status == OutcomeStatus.CONFIRMED
    assert Event.objects.get().name == "cases.receipt.confirmed"
    with pytest.raises(DomainError) as error:
        services.answer_receipt(
            actor=cast.enterprise, receipt=row, name="reject", reason="没有付", now=now
        )
    assert error.value.code == "wrong_state"


def test_rejecting_wants_a_reason_and_is_not_the_platforms(cast, signed, now):
    row = receipt(signed, status="claimed")

    with pytest.raises(DomainError) as error:
        services.answer_receipt(actor=cast.enterprise, receipt=row, name="reject", now=now)
    assert error.value.code == "reason_required"
    with pytest.raises(Refused):
        services.answer_receipt(actor=cast.operator, receipt=row, name="confirm", now=now)
    row.refresh_from_db()
    assert row.status == OutcomeStatus.CLAIMED


@pytest.mark.parametrize("who", sorted(SEES | {"other_enterprise", "other_operator", "far_staff"}))
def test_visibility(cast, signed, who):
    row = receipt(signed)
    user = getattr(cast, who)

    assert ReceiptAccess(user).visible().exists() is (who in SEES)
    if who != "system":
        assert may_read_receipt(user, str(row.pk)) is (who in SEES)


@pytest.mark.parametrize("row", RECEIPT.transitions, ids=lambda row: row.name)
def test_only_the_enterprise_has_the_buttons(cast, signed, row):
    found = receipt(signed, status="claimed")

    may = {
        who for who in SEES - {"system"} if ReceiptAccess(getattr(cast, who)).can(row.name, found)
    }
    assert may == {"enterprise"}


def test_both_sides_are_told(cast, signed, now):
    row = receipt(signed, status="claimed")
    notices.tell_receipt(
        event_id="00000000-0000-0000-0000-000000000001", name="cases.receipt.registered",
        receipt_id=row.pk, now=now,
    )  # fmt: skip
    services.answer_receipt(
        actor=cast.enterprise, receipt=row, name="reject", reason="没有付", now=now
    )
    notices.tell_receipt(
        event_id="00000000-0000-0000-0000-000000000002", name="cases.receipt.rejected",
        receipt_id=row.pk, now=now,
    )  # fmt: skip

    told = {(notice.user_id, notice.title) for notice in Notification.objects.all()}
    assert told == {
        (cast.enterprise.pk, f"请确认到账：{signed}"),
        (cast.operator.pk, f"企业不认可到账：{signed}"),
    }  # fmt: skip


def test_the_screen_registers_and_confirms(cast, signed, browse):
    page = signed.get_absolute_url()
    act = reverse("cases:act", args=[signed.number, "receipt"])
    operator = browse("operator")
    wrong = operator.post(act, {"amount_yuan": "5", "received_date": "2999-01-01"})
    assert "到账日期不能晚于今天" in wrong.content.decode()
    day = timezone.localdate() - timedelta(days=1)
    paid = {"amount_yuan": "60000", "received_date": day.isoformat()}
    made = operator.post(act, paid | {"voucher_yuan": "5000", "voucher_number": "GD-1"})
    assert made.url == page
    row = Receipt.objects.get()

    enterprise = browse("enterprise")
    asked = enterprise.get(page).content.decode()
    assert "核对到账" in asked
    assert "其中服务券 5,000元" in asked
    assert "服务券编号 GD-1" in asked
    answered = enterprise.post(reverse("cases:answer_receipt", args=[row.pk, "confirm"]))
    assert answered.url == f"{page}#receipts"
    row.refresh_from_db()
    assert row.status == OutcomeStatus.CONFIRMED
    assert "已确认到账 6万元" in enterprise.get(page).content.decode()
    assert "核对到账" not in enterprise.get(page).content.decode()


def test_the_api_registers_and_answers(cast, signed, api):
    path = f"/api/v1/enquiries/{signed.number}/receipts/"
    api.force_authenticate(cast.operator)
    made = api.post(
        path, {"amount_yuan": "60000", "received_date": "2026-11-01", "voucher_yuan": "5000"}
    )
    assert (made.status_code, made.json()["status"]) == (201, "claimed")
    assert made.json()["voucher_yuan"] == "5000.00"
    row = f"/api/v1/receipts/{made.json()['id']}"

    assert api.post(f"{row}/confirm/").status_code == 403
    api.force_authenticate(cast.enterprise)
    assert api.post(f"{row}/reject/", {}).status_code == 400
    assert api.post(f"{row}/confirm/").json()["status"] == "confirmed"
    assert api.get("/api/v1/receipts/").json()["count"] == 1
    for who in (cast.other_enterprise, None):
        api.force_authenticate(who)
        assert api.get("/api/v1/receipts/").json()["count"] == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_api_list_costs_the_same(cast, signed, api, rows, django_assert_num_queries):
    for _ in range(rows):
        receipt(signed)
    api.force_authenticate(type(cast.enterprise).objects.get(pk=cast.enterprise.pk))

    with django_assert_num_queries(3):
        assert api.get("/api/v1/receipts/").json()["count"] == rows
