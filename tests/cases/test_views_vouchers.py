"""Pages and endpoints of service vouchers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.enums import ProjectStatus
from cases.models import Voucher, VoucherProgramme
from tests.factories.cases import confirmed, receipt, voucher_of, voucher_programme


@pytest.fixture
def contract(cast, reach):
    found = reach(
        ProjectStatus.DELIVERED, contract_amount_yuan=Decimal(200_000),
        contract_date=timezone.localdate(), promised_date=timezone.localdate(),
    )  # fmt: skip
    confirmed(found, evidence_grade="B")
    receipt(found, amount_yuan=Decimal(100_000))
    return found


def test_the_whole_round_on_pages(browse, cast, contract, visitor):
    programme = voucher_programme(modes=["reimburse"])
    page = programme.get_absolute_url()
    assert "申领服务券</button>" not in visitor.get(page).content.decode()
    firm = browse("enterprise")
    shown = firm.get(page).content.decode()
    assert "最高可抵 5万元" in shown
    made = firm.post(reverse("cases:claim_voucher", args=[programme.pk]),
                     {"enterprise": cast.firm.pk})  # fmt: skip
    voucher = Voucher.objects.get()
    assert made.url == voucher.get_absolute_url()
    assert "用于这份合同" in firm.get(contract.get_absolute_url()).content.decode()
    assert str(contract) in firm.get(made.url).content.decode()
    firm.post(reverse("cases:bind_voucher", args=[voucher.number]),
              {"project": contract.pk, "mode": "reimburse"})  # fmt: skip
    ready = firm.get(made.url).content.decode()
    assert ("100,000 元 × 30% = 30,000 元" in ready, "申请兑付</button>" in _flat(ready)) == (
        True, True,
    )  # fmt: skip
    # the platform's other money is for itself and the auditor
    assert "年其他财政资金" not in ready
    firm.post(reverse("cases:act_on_voucher", args=[voucher.number, "request"]))

    staff = browse("city_staff")
    audited = staff.get(made.url).content.decode()
    assert ("审核通过" in audited, "年其他财政资金" in audited) == (
        True, True,
    )  # fmt: skip
    staff.post(reverse("cases:act_on_voucher", args=[voucher.number, "approve"]))
    wrong = staff.post(reverse("cases:pay_voucher", args=[voucher.number]),
                       {"paid_date": "2999-01-01", "payment_reference": "ZF-1"})  # fmt: skip
    assert "拨付日期应在审核通过日" in wrong.content.decode()
    staff.post(reverse("cases:pay_voucher", args=[voucher.number]),
               {"paid_date": timezone.localdate(), "payment_reference": "ZF-1"})  # fmt: skip
    voucher.refresh_from_db()
    assert (voucher.status, voucher.payment_reference) == ("paid", "ZF-1")
    figures = staff.get(page).context["figures"]
    assert (figures.settled, figures.paid_yuan, figures.median_days) == (1, 30_000, 0)
    assert voucher.number in staff.get(contract.get_absolute_url()).content.decode()


def _flat(text):
    return "".join(text.split())


def test_unmet_rules_are_shown_and_nothing_is_issued(browse, cast):
    programme = voucher_programme(needs_demand=True)
    firm = browse("enterprise")

    shown = firm.get(programme.get_absolute_url()).content.decode()
    refused = firm.post(reverse("cases:claim_voucher", args=[programme.pk]),
                        {"enterprise": cast.firm.pk}, follow=True)  # fmt: skip

    assert "现在还不能申领" in shown
    assert "发布过中试需求（至少 1 条；0 条）" in refused.content.decode()
    assert not Voucher.objects.exists()


def test_staff_write_a_programme_and_open_it(browse, visitor):
    today = timezone.localdate()
    staff = browse("city_staff")
    given = {
        "name": "中试服务券", "region": "442000", "budget_yuan": "100000", "share_percent": "30",
        "voucher_cap_yuan": "50000", "yearly_cap_yuan": "80000", "size_classes": ["small"],
        "reach": "anywhere", "modes": ["deduct"], "opens_date": today, "valid_days": "180",
        "closes_date": today - timedelta(days=1), "audit_workdays": "10",
    }  # fmt: skip
    new = reverse("cases:new_voucher_programme")
    assert "截止日期不能早于开始日期" in staff.post(new, given).content.decode()
    made = staff.post(new, given | {"closes_date": today})
    row = VoucherProgramme.objects.get()
    assert (made.url, row.size_classes, row.modes) == (
        row.get_absolute_url(), ["small"], ["deduct"],
    )  # fmt: skip
    staff.post(reverse("cases:move_voucher_programme", args=[row.pk, "open"]))
    edit = reverse("cases:edit_voucher_programme", args=[row.pk])
    staff.post(edit, given | {"closes_date": today, "budget_yuan": "200000", "share_percent": "9"})

    row.refresh_from_db()
    assert (row.status, row.budget_yuan, row.share_percent) == ("open", 200_000, 30)
    staff.logout()
    assert "还没有" not in visitor.get(reverse("cases:voucher_programmes")).content.decode()


def test_others_find_nothing(browse, cast):
    voucher = voucher_of(voucher_programme(), cast.firm)
    draft = voucher_programme(status="draft")

    page = browse("other_enterprise")

    assert page.get(voucher.get_absolute_url()).status_code == 404
    assert page.get(draft.get_absolute_url()).status_code == 404
    assert page.get(reverse("cases:new_voucher_programme")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_and_three_rows(
    browse, cast, contract, rows, django_assert_num_queries
):
    for _ in range(rows):
        programme = voucher_programme()
        voucher_of(programme, cast.firm)
    page = browse("city_staff")
    page.get(reverse("cases:vouchers"))
    for name, queries in (("vouchers", 7), ("voucher_programmes", 7)):
        with django_assert_num_queries(queries):
            shown = page.get(reverse(f"cases:{name}"))
        assert shown.context["total"] == rows
        export = page.get(reverse(f"cases:{name}"), {"export": "csv"}).content.decode()
        assert export.count("中试服务券") == rows
    late = {"timing": "overdue"}
    assert page.get(reverse("cases:vouchers"), late).context["total"] == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_the_api_reads_programmes_and_own_vouchers(api, cast, rows, django_assert_num_queries):
    for _ in range(rows):
        voucher = voucher_of(voucher_programme(), cast.firm)
    voucher_programme(status="draft")
    with django_assert_num_queries(2):
        found = api.get("/api/v1/voucher-programmes/").json()
    assert (found["count"], found["results"][0]["paid_yuan"]) == (rows, "0.00")
    assert api.get("/api/v1/vouchers/").json()["count"] == 0

    api.force_authenticate(type(cast.enterprise).objects.get(pk=cast.enterprise.pk))
    with django_assert_num_queries(3):
        found = api.get("/api/v1/vouchers/").json()
    assert found["count"] == rows
    one = api.get(f"/api/v1/vouchers/{voucher.number}/").json()
    assert (one["face_yuan"], one["platform"], one["status"]) == ("50000.00", None, "issued")
