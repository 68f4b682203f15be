"""Published grades open or close the next year of declining subsidies (C07)."""

import pytest
from django.utils import timezone

from core.services import emit
from platforms.models import SubsidyPlan, SubsidyYear
from reporting.models import EvaluationRun
from reporting.services.gates import judge_subsidies
from tests.factories.evaluations import a_run, accepted, compute, open_year, small_scheme
from tests.factories.recognition import SubsidyPlanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]
RULE = {"evaluation": "small", "grades": ["excellent", "good"]}


@pytest.fixture
def run():
    cycle = open_year()
    made = a_run(cycle, small_scheme(grades=[
        {"slug": "excellent", "name": "优秀", "minimum": 50}, {"slug": "poor", "name": "较差"},
    ]))  # fmt: skip
    for count in (9, 9):
        report = accepted(cycle, SRV_04=count, SRV_12=900, SRV_13=100, FIN_05=0)
        SubsidyPlanFactory(platform=report.platform, rule=RULE, first_year=cycle.year)
    bad = accepted(cycle, SRV_03=0)  # a veto
    SubsidyPlanFactory(platform=bad.platform, rule=RULE, first_year=cycle.year)
    compute(made)
    EvaluationRun.objects.filter(pk=made.pk).update(status="published")
    return made


def statuses(year):
    rows = SubsidyYear.objects.filter(year=year).order_by("pk")
    return list(rows.values_list("status", flat=True))


def test_grades_judge_the_year_after_once(run, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        emit("reporting.evaluation.published", run_id=run.pk)

    year = run.cycle.year
    assert statuses(year + 1) == ["payable", "payable", "withheld"]
    assert statuses(year) == ["payable"] * 3
    assert statuses(year + 2) == ["waiting"] * 3
    row = SubsidyYear.objects.get(status="withheld")
    assert row.basis == f"{year} 年度{run.scheme.name}：较差"
    assert judge_subsidies(run_id=run.pk, now=timezone.now()) == 0


def test_other_schemes_demo_grades_and_judged_years_change_nothing(run):
    first, second, third = SubsidyPlan.objects.order_by("pk")
    SubsidyPlan.objects.filter(pk=first.pk).update(rule={"evaluation": "other", "grades": ["poor"]})
    SubsidyPlan.objects.filter(pk=second.pk).update(is_demo=True)
    judged = third.years.get(year=run.cycle.year + 1)
    SubsidyYear.objects.filter(pk=judged.pk).update(status="payable", basis="复核")

    assert judge_subsidies(run_id=run.pk, now=timezone.now()) == 0
    assert statuses(run.cycle.year + 1) == ["waiting", "waiting", "payable"]
