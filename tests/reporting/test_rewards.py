"""Rewards: who gets what by the rule, made public, entered in the ledger once, paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from platforms.models import FundingRecord
from reporting.models import EvaluationRun, RewardPlan
from reporting.services import evaluations, rectification, rewards
from reporting.services.rounds import compute_round
from tests.factories.accounts import person
from tests.factories.evaluations import accepted, open_year, small_scheme
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import RecognitionFactory
from tests.factories.taxonomy import guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]
D = Decimal


@pytest.fixture
def staff():
    return person(Role.GOVERNMENT, region=zhongshan())


@pytest.fixture
def run(staff):
    """中山's own rule names the scheme city-reward; the province collected the reports."""
    cycle = open_year()
    for slug, count in (("a", 9), ("b", 8), ("c", 1)):
        accepted(cycle, PlatformFactory(slug=slug), SRV_04=count, SRV_12=count * 100, SRV_13=100,
                 FIN_05=0)  # fmt: skip
    accepted(cycle, PlatformFactory(slug="d"), SRV_03=0)
    grades = [
        {"slug": "excellent", "name": "优秀", "minimum": 50},
        {"slug": "poor", "name": "较差"},
    ]
    made = evaluations.create_run(
        actor=staff, scheme=small_scheme(slug="city-reward", use="reward", grades=grades),
        cycle=cycle, region=zhongshan(), now=timezone.now(),
    )  # fmt: skip
    now = timezone.now()
    compute_round(cycle=cycle, now=now, tell=lambda d, t: True, since=now, run_id=made.pk)
    EvaluationRun.objects.filter(pk=made.pk).update(status="published")
    return EvaluationRun.objects.get(pk=made.pk)


def planned(staff, run, **values):
    return rewards.plan_reward(
        **{"actor": staff, "run": run, "amount_yuan": D(200_000), "department": "市科学技术局",
           "now": timezone.now()} | values
    )  # fmt: skip


def amounts(plan):
    return {row.platform.slug: (int(row.amount_yuan), row.note) for row in plan.items.all()}


def decided(staff, plan):
    moved = rewards.move_reward(actor=staff, plan=plan, name="show", now=timezone.now())
    return rewards.move_reward(
        actor=staff, plan=moved, name="decide", document_number="中山科发〔2027〕1号",
        now=moved.publicity_ends_at + timedelta(minutes=1),
    )  # fmt: skip


def test_the_list_goes_by_rank_until_the_budget_is_used_up(staff, run):
    plan = planned(staff, run, budget_yuan=D(300_000))

    assert amounts(plan) == {"a": (200_000, ""), "b": (0, "总额已用完")}
    assert plan.name == "2026年度绩优奖补"
    assert plan.rule["source"] == "中山科发〔2025〕73号 五（二）"


def test_who_had_the_same_reward_gets_nothing_again(staff, run):
    plan = planned(staff, run)
    done = decided(staff, plan)
    RewardPlan.objects.filter(pk=done.pk).update(status="cancelled")

    again = planned(staff, run)

    assert {note[:2] for _amount, note in amounts(again).values()} == {"已获"}


def test_a_decision_is_entered_in_the_ledger_once_and_paid(staff, run):
    plan = planned(staff, run)
    item = plan.items.get(platform__slug="b")
    rewards.exclude_item(actor=staff, item=item, reason="已停止运营", now=timezone.now())

    done = decided(staff, plan)

    record = FundingRecord.objects.get()
    assert (record.platform.slug, record.amount_yuan, record.kind, record.level) == (
        "a", D(200_000), "reward", "city",
    )  # fmt: skip
    assert (record.fund, record.document_number, record.paid_date) == (
        "2026年度绩优奖补", "中山科发〔2027〕1号", None,
    )  # fmt: skip
    with pytest.raises(DomainError, match="当前状态"):
        decided(staff, done)
    with pytest.raises(DomainError, match="晚于今天"):
        rewards.pay_reward(
            actor=staff, plan=done, paid_date=timezone.localdate() + timedelta(days=1),
            now=timezone.now(),
        )  # fmt: skip
    today = timezone.localdate()
    assert rewards.pay_reward(actor=staff, plan=done, paid_date=today, now=timezone.now()) == 1
    record.refresh_from_db()
    assert record.paid_date == today
    with pytest.raises(DomainError, match="已全部"):
        rewards.pay_reward(actor=staff, plan=done, paid_date=today, now=timezone.now())
    assert FundingRecord.objects.count() == 1


def test_a_decision_needs_its_number_and_the_end_of_the_publicity(staff, run):
    plan = rewards.move_reward(
        actor=staff, plan=planned(staff, run), name="show", now=timezone.now()
    )
    after = plan.publicity_ends_at + timedelta(minutes=1)
    with pytest.raises(DomainError, match="公示到"):
        rewards.move_reward(actor=staff, plan=plan, name="decide", document_number="1",
                            now=plan.publicity_ends_at)  # fmt: skip
    with pytest.raises(DomainError, match="文号"):
        rewards.move_reward(actor=staff, plan=plan, name="decide", now=after)
    with pytest.raises(DomainError, match="决定后"):
        rewards.pay_reward(actor=staff, plan=plan, paid_date=date(2026, 1, 1), now=after)
    with pytest.raises(Refused):
        rewards.exclude_item(actor=staff, item=plan.items.first(), reason="x", now=after)

    assert not FundingRecord.objects.exists()


def test_the_cap_of_the_rule_holds(staff, run, settings):
    settings.JURISDICTION = "linyi"  # where no file is for the very region, the deployment's holds
    EvaluationRun.objects.filter(pk=run.pk).update(
        region=guangdong_free(), scheme_slug="annual-performance"
    )
    run.refresh_from_db()
    official = person(Role.GOVERNMENT, region=run.region)

    with pytest.raises(DomainError, match="最高 50 万元"):
        planned(official, run, amount_yuan=D(500_001))

    assert amounts(planned(official, run, amount_yuan=D(500_000)))["a"] == (500_000, "")


def guangdong_free():
    from taxonomy.models import Region, RegionLevel

    return Region.objects.create(
        code="441800", name="清远市", level=RegionLevel.CITY, parent=guangdong(), edition="2023"
    )


def test_without_a_rule_or_a_right_there_is_no_plan(staff, run):
    with pytest.raises(Refused):
        planned(person(Role.OPERATOR), run)
    EvaluationRun.objects.filter(pk=run.pk).update(scheme_slug="running")
    run.refresh_from_db()
    with pytest.raises(DomainError, match="没有与这个评价对应"):
        planned(staff, run)
    EvaluationRun.objects.filter(pk=run.pk).update(scheme_slug="city-reward", status="publicity")
    run.refresh_from_db()
    with pytest.raises(Refused, match="公布后"):
        planned(staff, run)

    assert not RewardPlan.objects.exists()


def test_one_plan_a_run(staff, run):
    plan = planned(staff, run)
    with pytest.raises(DomainError, match="已有奖补方案"):
        planned(staff, run)
    rewards.move_reward(actor=staff, plan=plan, name="cancel", reason="重拟", now=timezone.now())

    assert planned(staff, run).pk != plan.pk


def test_the_poor_are_ordered_to_mend(staff, run):
    poor = RecognitionFactory(platform__slug="d2", status="active")
    later = timezone.localdate() + timedelta(days=60)
    with pytest.raises(DomainError, match="没有需要"):
        rectification.rectify_poor(actor=staff, run=run, rectify_by=later, now=timezone.now())
    type(poor).objects.filter(pk=poor.pk).update(
        platform=run.rounds.get().results.get(platform__slug="d").platform_id
    )
    with pytest.raises(DomainError, match="晚于今天"):
        rectification.rectify_poor(actor=staff, run=run, rectify_by=None, now=timezone.now())

    province = person(Role.GOVERNMENT, region=guangdong())
    result = rectification.rectify_poor(
        actor=province, run=run, rectify_by=later, now=timezone.now()
    )

    assert [row.pk for row in result.done] == [poor.pk]
    poor.refresh_from_db()
    assert (poor.status, poor.rectify_by) == ("rectifying", later)
    assert poor.assessments.get().due_date == later


def test_the_list_of_a_plan_is_read_and_exported(staff, run, client):
    plan = rewards.move_reward(
        actor=staff, plan=planned(staff, run, budget_yuan=D(300_000)), name="show",
        now=timezone.now(),
    )  # fmt: skip

    page = client.get(plan.get_absolute_url())
    sheet = client.get(f"{plan.get_absolute_url()}?export=csv").content.decode("utf-8-sig")

    assert page.context["total"] == 2
    assert [line.split(",")[0] for line in sheet.splitlines()] == ["名次", "1", "2"]
    assert "总额已用完" in sheet


def test_guangdong_plans_by_a_rule_that_is_marked_an_example(run, settings):
    province = person(Role.GOVERNMENT, region=guangdong())
    EvaluationRun.objects.filter(pk=run.pk).update(region=guangdong(), scheme_slug="running")
    run.refresh_from_db()

    plan = planned(province, run)

    assert plan.rule["example"] is True
    assert "原文未写" in plan.rule["source"]
    assert amounts(plan)["a"] == (200_000, "")
