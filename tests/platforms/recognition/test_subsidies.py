"""Declining subsidies: planned, judged, paid, stopped (C07), and no double funding (G46)."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.access import SYSTEM
from core.errors import DomainError, Refused
from notifications.models import Notification
from platforms import services
from platforms.access import SubsidyAccess
from platforms.enums import SubsidyStatus
from platforms.ladders import check_application
from platforms.models import FundingRecord, SubsidyPlan, SubsidyYear
from platforms.states import SUBSIDY_YEAR
from taxonomy.jurisdiction import load_jurisdiction
from tests.factories.recognition import (
    ApplicationFactory,
    FundingFactory,
    SubsidyPlanFactory,
)

NOW = datetime(2026, 11, 16, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = date(2026, 11, 16)


def plan(actor, platform, rates=(100, 75, 50), rule=None, **values):
    values = {
        "level": "city", "fund": "中试平台补贴", "base_yuan": Decimal("1000001"),
        "first_year": 2025, "document_number": "〔2025〕8号", "gate": "评价合格",
    } | values  # fmt: skip
    return services.plan_subsidy(
        actor=actor, platform=platform, values=values, rule=rule, now=NOW,
        rates=[Decimal(rate) for rate in rates],
    )  # fmt: skip


def year_of(found, year):
    return found.years.get(year=year)


def test_each_year_is_computed_from_the_base(staff, platform):
    found = plan(staff, platform)

    assert list(found.years.order_by("year").values_list("year", "planned_yuan", "status")) == [
        (2025, Decimal("1000001.00"), "payable"),
        (2026, Decimal("750000.75"), "waiting"),
        (2027, Decimal("500000.50"), "waiting"),
    ]


def test_without_a_gate_every_year_may_be_paid(staff, platform):
    found = plan(staff, platform, gate="")

    assert set(found.years.values_list("status", flat=True)) == {"payable"}


def test_the_rule_of_the_jurisdiction_fills_in_what_is_left_empty(staff, platform):
    (rule,) = load_jurisdiction("chengdu").subsidies

    found = plan(staff, platform, rates=(), rule=rule, level="", gate="")

    assert (found.level, found.gate) == (rule.level, rule.gate)
    assert list(found.years.order_by("year").values_list("rate_percent", flat=True)) == [
        100, 75, 50, 25,
    ]  # fmt: skip
    assert found.rule["evaluation"] == "operating-benefit"
    assert "rates" in rule.example_items


@pytest.mark.parametrize(
    ("rates", "code"),
    [((), "field_required"), ((50, 75), "rising"), ((120,), "out_of_range"),
     ((0,), "out_of_range"), ((10,) * 11, "too_many")],
)  # fmt: skip
def test_impossible_rates_are_refused(rates, code, staff, platform):
    with pytest.raises(DomainError) as error:
        plan(staff, platform, rates=rates)
    assert (error.value.code, error.value.field) == (code, "rates")
    assert not SubsidyPlan.objects.exists()


def test_the_same_level_does_not_support_twice_without_a_reason(staff, platform):
    FundingFactory(platform=platform, level="city")
    with pytest.raises(DomainError) as error:
        plan(staff, platform)
    assert (error.value.code, error.value.field) == ("double_funding", "exception_reason")
    plan(staff, platform, exception_reason="补前期投入")
    with pytest.raises(DomainError, match="中试平台补贴（2025 年起）"):
        plan(staff, platform, first_year=2026)
    plan(staff, platform, level="province")  # another level may
    assert SubsidyPlan.objects.count() == 2


def test_an_applicant_is_told_of_a_running_subsidy_of_the_level(platform):
    SubsidyPlanFactory(platform=platform, level="province")
    application = ApplicationFactory(platform=platform, wants_funding=True)

    check = check_application(application)[-1]

    assert (check.passed, check.found) == (False, "已享受：中试平台补贴（2025 年起）")


def test_only_staff_of_the_region_plan(operator, stranger, other_staff, department, platform):
    for user in (operator, stranger, other_staff, department):
        with pytest.raises(Refused):
            plan(user, platform)
    assert not SubsidyPlan.objects.exists()


def test_results_open_or_close_a_year_with_their_basis(staff, operator, platform):
    found = SubsidyPlanFactory(platform=platform)
    row = year_of(found, 2026)
    with pytest.raises(DomainError) as error:
        services.judge_year(actor=staff, row=row, is_met=True, basis=" ", now=NOW)
    assert error.value.code == "reason_required"
    with pytest.raises(Refused):
        services.judge_year(actor=operator, row=row, is_met=True, basis="自评", now=NOW)

    services.judge_year(actor=staff, row=row, is_met=False, basis="评价较差", now=NOW)
    with pytest.raises(DomainError):
        services.judge_year(actor=staff, row=row, is_met=False, basis="再评", now=NOW)
    services.judge_year(actor=SYSTEM, row=row, is_met=True, basis="复评合格", now=NOW)

    row.refresh_from_db()
    assert (row.status, row.basis) == ("payable", "复评合格")


def pay(actor, row, amount="400000", day=TODAY):
    return services.pay_year(
        actor=actor, row=row, amount_yuan=Decimal(amount), paid_date=day, now=NOW
    )


def test_what_is_paid_enters_the_ledger_once(staff, platform):
    row = year_of(SubsidyPlanFactory(platform=platform), 2025)

    paid = pay(staff, row)
    with pytest.raises(DomainError):
        pay(staff, row)

    record = FundingRecord.objects.get()
    assert (paid.status, paid.paid_yuan) == ("paid", Decimal(400000))
    assert (record.kind, record.year, record.paid_date, record.document_number) == (
        "subsidy", 2025, TODAY, "〔2025〕8号",
    )  # fmt: skip


def test_payments_keep_to_the_plan(staff, operator, platform):
    found = SubsidyPlanFactory(platform=platform)
    row = year_of(found, 2025)
    cases = {
        "amount_yuan": {"amount": "1000000.01"},
        "paid_date": {"day": date(2026, 11, 17)},
    }

    for field, values in cases.items():
        with pytest.raises(DomainError) as error:
            pay(staff, row, **values)
        assert error.value.field == field
    with pytest.raises(DomainError) as error:
        pay(staff, row, day=date(2024, 12, 31))
    assert error.value.code == "too_early"
    with pytest.raises(Refused):
        pay(operator, row)
    with pytest.raises(DomainError) as error:
        pay(staff, year_of(found, 2026))  # its results are not judged
    assert error.value.code == "wrong_state"
    assert not FundingRecord.objects.exists()


def test_stopping_leaves_what_was_paid(staff, operator, platform):
    found = SubsidyPlanFactory(platform=platform)
    pay(staff, year_of(found, 2025))
    with pytest.raises(Refused):
        services.stop_subsidy(actor=operator, plan=found, reason="x", now=NOW)
    with pytest.raises(DomainError):
        services.stop_subsidy(actor=staff, plan=found, reason="", now=NOW)

    assert services.stop_subsidy(actor=staff, plan=found, reason="平台迁出", now=NOW) == 2
    with pytest.raises(DomainError):
        services.stop_subsidy(actor=staff, plan=found, reason="平台迁出", now=NOW)

    rows = found.years.order_by("year").values_list("status", flat=True)
    assert list(rows) == ["paid", "stopped", "stopped"]


@pytest.mark.parametrize("status", SubsidyStatus.values)
def test_transitions_by_relation(status, operator, staff, platform):
    row = SubsidyPlanFactory(platform=platform).years.first()
    if status == "paid":
        row.funding = FundingFactory(platform=platform)
    row.status = status
    row.save()
    names = {one.name for one in SUBSIDY_YEAR.from_status(status)}

    assert {one.name for one in SubsidyAccess(staff).transitions(row)} == names
    assert SubsidyAccess(operator).transitions(row) == []


def test_the_platform_is_told(staff, operator, platform, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        found = plan(staff, platform)
        row = year_of(found, 2026)
        services.judge_year(actor=staff, row=row, is_met=False, basis="较差", now=NOW)
        services.stop_subsidy(actor=staff, plan=found, reason="迁出", now=NOW)

    rows = Notification.objects.filter(user=operator).order_by("pk")
    assert [row.title for row in rows] == [
        f"已定退坡补贴计划：{platform}", "2026 年中试平台补贴考核未达标，不予拨付",
        f"退坡补贴已停止：{platform}",
    ]  # fmt: skip


def test_the_whole_road_in_pages(sign_in, staff, operator, platform):
    client = sign_in(staff)
    assert "退坡补贴" in client.get("/funding/").content.decode()
    asked = {
        "platform": platform.slug, "level": "city", "fund": "中试补贴", "base_yuan": "1000000",
        "first_year": "2025", "rates": "100、75%，50", "gate": "评价合格",
        "document_number": "〔2025〕8号",
    }  # fmt: skip
    assert (
        "逐年不升"
        in client.post("/funding/subsidies/new/", asked | {"rates": "50,75"}).content.decode()
    )
    client.post("/funding/subsidies/new/", asked)
    found = SubsidyPlan.objects.get()
    first, second, _third = found.years.order_by("year")
    base = "/funding/subsidies/years"
    wrong = client.post(
        f"{base}/{first.pk}/pay/", {"amount_yuan": "2000000", "paid_date": "2025-12-01"}
    )
    assert "不能超过计划的 1,000,000 元" in wrong.content.decode()
    client.post(f"{base}/{first.pk}/pay/", {"amount_yuan": "1000000", "paid_date": "2025-12-01"})
    client.post(f"{base}/{second.pk}/judge/", {"is_met": "yes", "basis": "良好"})
    page = sign_in(operator).get(found.get_absolute_url()).content.decode()

    assert "100万元" in page
    assert f"/{second.pk}/pay/" not in page
    assert "退坡补贴计划" in client.get("/funding/").content.decode()
    assert client.get("/funding/subsidies/?export=xlsx").status_code == 200
    sign_in(staff).post(f"{found.get_absolute_url()}stop/", {"reason": "迁出"})
    assert SubsidyYear.objects.filter(status="stopped").count() == 2


def test_results_are_judged_once_the_year_before_has_begun(sign_in, staff, platform):
    found = SubsidyPlanFactory(platform=platform, first_year=timezone.localdate().year)
    _first, second, third = found.years.order_by("year")

    page = sign_in(staff).get(found.get_absolute_url()).content.decode()

    assert f"/{second.pk}/judge/" in page
    assert f"/{third.pk}/judge/" not in page


def test_the_list_is_for_the_platform_and_its_staff(
    sign_in, operator, stranger, other_staff, platform
):
    found = SubsidyPlanFactory(platform=platform)

    for user, status in ((operator, 200), (stranger, 404), (other_staff, 404)):
        assert sign_in(user).get(found.get_absolute_url()).status_code == status
    rows = sign_in(operator).get("/funding/subsidies/?timing=due").context["table"].paginated_rows
    assert [row.record.year for row in rows] == [2026, 2025]


def test_the_list_costs_the_same_for_one_and_three(sign_in, staff, django_assert_num_queries):
    client = sign_in(staff)
    SubsidyPlanFactory()
    client.get("/funding/subsidies/")
    with django_assert_num_queries(7):
        client.get("/funding/subsidies/")
    SubsidyPlanFactory.create_batch(2)
    with django_assert_num_queries(7):
        client.get("/funding/subsidies/")


def test_rest_lists_year_by_year(api, operator, platform):
    SubsidyPlanFactory(platform=platform)
    SubsidyPlanFactory()
    api.force_authenticate(operator)

    rows = api.get("/api/v1/subsidies/?year=2026").json()["results"]

    assert [(row["platform"], row["planned_yuan"], row["paid_yuan"]) for row in rows] == [
        (platform.slug, "750000.00", None)
    ]
