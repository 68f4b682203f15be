"""Pages and endpoints of evaluations: who gets them, what they show, that buttons do their work."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role, Scope
from core.access import SYSTEM
from reporting.access import (
    DisputeAccess,
    EvaluationAccess,
    ResultAccess,
    RewardAccess,
)
from reporting.enums import DisputeStatus, RewardStatus
from reporting.models import (
    EvaluationDispute,
    EvaluationResult,
    EvaluationRun,
    ReportingJob,
    RewardPlan,
)
from reporting.selectors.rankings import recommended
from reporting.services.jobs import run_job
from reporting.states import DISPUTE, EVALUATION
from tests.factories.accounts import OrganisationFactory, UserFactory, person, with_token
from tests.factories.evaluations import a_run, accepted, compute, open_year, small_scheme
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import chengdu, guangdong, zhongshan
from tests.reporting.conftest import signed_in, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators", "demo_mode")]


@pytest.fixture(scope="module")
def _world(catalogue):
    operator = person(Role.OPERATOR, organisation=OrganisationFactory())
    cycle = open_year()
    own = PlatformFactory(slug="own", organisation=operator.organisations[0])
    accepted(cycle, own, SRV_04=4)
    accepted(cycle, PlatformFactory(slug="other"), SRV_04=8, SAF_01="na")
    accepted(cycle, PlatformFactory(slug="bad"), SAF_01=1)
    made = a_run(cycle)
    compute(made)
    run, reviewer = EvaluationRun.objects.get(pk=made.pk), person(Role.REVIEWER)
    run.reviewers.add(reviewer)
    people = {
        "owner": operator,
        "province": person(Role.GOVERNMENT, region=guangdong()),
        "city": person(Role.GOVERNMENT, region=zhongshan()),
        "elsewhere": person(Role.GOVERNMENT, region=chengdu()),
        "reviewer": reviewer,
        "other_reviewer": person(Role.REVIEWER),
        "stranger": person(Role.OPERATOR, organisation=OrganisationFactory()),
        "nobody": UserFactory(),
        "system": SYSTEM,
    }
    return {"operator": operator, "run": run, "people": people}


@pytest.fixture
def operator(world):
    return world["operator"]


@pytest.fixture
def run(world):
    return world["run"]


@pytest.fixture
def people(world):
    return world["people"]


def shown(run, days=5):
    now = timezone.now()
    EvaluationRun.objects.filter(pk=run.pk).update(
        status="publicity", publicity_starts_at=now, publicity_ends_at=now + timedelta(days=days)
    )
    return EvaluationRun.objects.get(pk=run.pk)


SEES_RUN = {
    "draft": {"province", "reviewer", "system"},
    "computed": {"province", "reviewer", "system"},
    "publicity": {"owner", "province", "city", "reviewer", "system"},
    "published": {"owner", "province", "city", "elsewhere", "reviewer", "other_reviewer",
                  "stranger", "nobody", "system"},
    "cancelled": {"province", "reviewer", "system"},
}  # fmt: skip
# whose rows of the ranking they see
SEES_OTHER_RESULT = SEES_RUN | {"publicity": {"province", "city", "reviewer", "system"}}


def test_who_sees_a_run_and_its_results(run, people):
    def seeing(rows):
        return {who for who, user in people.items() if rows(user).exists()}

    def results_of(slug):
        return lambda user: ResultAccess(user).visible().filter(platform__slug=slug)

    for status, who in SEES_RUN.items():
        EvaluationRun.objects.filter(pk=run.pk).update(status=status)
        assert seeing(lambda user: EvaluationAccess(user).visible()) == who
        assert seeing(results_of("own")) == who
        assert seeing(results_of("other")) == SEES_OTHER_RESULT[status]


def test_details_stay_with_the_platform_the_staff_and_the_third_party(run, people):
    EvaluationRun.objects.filter(pk=run.pk).update(status="published")
    rows = {row.platform.slug: row for row in EvaluationResult.objects.select_related(
        "platform", "round__run")}  # fmt: skip

    def may(slug):
        return {who for who, user in people.items() if ResultAccess(user).can("detail", rows[slug])}

    assert may("own") == {"owner", "province", "city", "reviewer", "system"}
    assert may("other") == {"province", "city", "reviewer", "system"}


MAY_MOVE = {
    ("draft", "finish"): {"system"},
    ("computed", "show"): {"province", "system"},
    ("publicity", "back"): {"province"},
    ("publicity", "publish"): {"province", "system"},
    ("draft", "cancel"): {"province"},
    ("computed", "cancel"): {"province"},
    ("publicity", "cancel"): {"province"},
}


def test_every_transition_of_a_run(run, people):
    found = {}
    for status in SEES_RUN:
        run.status = status
        for row in EVALUATION.transitions:
            may = {w for w, user in people.items() if EvaluationAccess(user).can(row.name, run)}
            found |= {(status, row.name): may} if may else {}

    assert found == MAY_MOVE


def test_every_transition_of_a_dispute(run, people):
    platform = EvaluationResult.objects.get(platform__slug="own").platform
    shown_run, found = shown(run), {}
    for status in DisputeStatus:
        dispute = EvaluationDispute(
            run=shown_run, platform=platform, code="SRV-04", reason="x", status=status,
            made_by=people["owner"],
        )  # fmt: skip
        for row in DISPUTE.transitions:
            may = {w for w, user in people.items() if DisputeAccess(user).can(row.name, dispute)}
            found |= {(status, row.name): may} if may else {}

    assert found == {
        ("open", "uphold"): {"province"}, ("open", "reject"): {"province"},
        ("open", "withdraw"): {"owner"},
    }  # fmt: skip


def test_every_action_on_a_reward(run, people):
    found = {}
    for status in RewardStatus:
        plan = RewardPlan(run=run, status=status)
        for name in ("show", "decide", "cancel", "edit", "pay"):
            may = {who for who, user in people.items() if RewardAccess(user).can(name, plan)}
            found |= {(status, name): may} if may else {}

    assert found == {
        ("draft", "show"): {"province", "system"}, ("publicity", "decide"): {"province", "system"},
        ("draft", "cancel"): {"province"}, ("publicity", "cancel"): {"province"},
        ("draft", "edit"): {"province"}, ("decided", "pay"): {"province", "system"},
    }  # fmt: skip


def test_pages_of_staff(run, people):
    client = signed_in(people["province"])
    pages = [
        url("evaluations"), url("new_evaluation"), url("evaluation", run.pk),
        url("evaluated", run.pk, "own"), url("evaluated", run.pk, "bad"),
        url("correct_input", run.pk, "own"), url("entrust", run.pk), url("schemes"),
        url("scheme", "small", 1), url("revise_scheme", "small", 1), url("recommended"),
        url("rewards"), f"{url('evaluation', run.pk)}?export=xlsx",
    ]  # fmt: skip

    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert client.get(url("plan_reward", run.pk)).status_code == 403  # not published
    assert client.get(url("dispute", run.pk, "own")).status_code == 403


def test_the_operator_sees_its_own_from_the_publicity_on(run, operator):
    client = signed_in(operator)
    assert client.get(url("evaluation", run.pk)).status_code == 404
    assert client.get(url("evaluated", run.pk, "own")).status_code == 404
    shown(run)

    page = client.get(url("evaluation", run.pk))

    assert [row.platform.slug for row in page.context["own"]] == ["own"]
    assert "other" not in [row.platform.slug for row in page.context["table"].data.data]
    assert page.context["overview"].total == 3
    assert page.context["overview"].spreads[0].low is None  # two: would give the other away
    assert client.get(url("evaluated", run.pk, "own")).status_code == 200
    assert client.get(url("evaluated", run.pk, "other")).status_code == 404
    assert client.get(url("correct_input", run.pk, "own")).status_code == 403


def test_the_public_sees_grades_once_published(run):
    visitor = Client()
    assert visitor.get(url("evaluation", run.pk)).status_code == 404
    EvaluationRun.objects.filter(pk=run.pk).update(status="published")

    page = visitor.get(url("evaluation", run.pk))

    assert page.context["total"] == 3
    assert visitor.get(url("evaluated", run.pk, "own")).status_code in {302, 403}
    aside = visitor.get(reverse("platforms:platform", args=["own"])).content.decode()
    assert url("evaluation", run.pk) in aside


@pytest.mark.parametrize("count", [1, 3])
def test_the_ranking_takes_the_same_queries(count, people):
    EvaluationRun.objects.update(status="cancelled")
    cycle = open_year(year=2025)
    for _ in range(count):
        accepted(cycle)
    run = a_run(cycle)
    compute(run)
    client = signed_in(people["province"])
    client.get(url("evaluation", run.pk))

    with CaptureQueriesContext(connection) as queries:
        page = client.get(url("evaluation", run.pk))

    assert page.context["total"] == count
    assert len(queries) == 15


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries(count, people):
    EvaluationRun.objects.update(status="cancelled")
    for year in range(count):
        a_run(open_year(year=2020 + year))
    client = signed_in(people["province"])
    client.get(url("evaluations"))

    with CaptureQueriesContext(connection) as queries:
        page = client.get(url("evaluations"))

    assert page.context["total"] == count + 1
    assert len(queries) == 6


def test_a_year_walked_on_pages(operator, people, run):
    official, client = signed_in(people["province"]), signed_in(operator)
    official.post(url("compute_evaluation", run.pk))
    run_job(job_id=ReportingJob.objects.get().pk, now=timezone.now())
    told = official.post(url("verify_evaluation", run.pk), follow=True).content.decode()
    assert "完全一致" in told
    official.post(url("move_evaluation", run.pk, "show"))

    wrong = client.post(url("dispute", run.pk, "own"), {"code": "SRV-04", "reason": ""})
    assert wrong.status_code == 200
    client.post(url("dispute", run.pk, "own"), {"code": "SRV-04", "claim": "9", "reason": "漏计"})
    dispute = EvaluationDispute.objects.get()
    assert "漏计" in official.get(url("evaluation", run.pk)).content.decode()
    official.post(url("answer_dispute", dispute.pk, "uphold"), {"value": "9", "reason": "属实"})
    run_job(job_id=ReportingJob.objects.latest("pk").pk, now=timezone.now())
    page = client.get(url("evaluated", run.pk, "own"))
    assert "已更正" in page.content.decode()
    assert len(page.context["earlier"]) == 2

    early = official.post(url("move_evaluation", run.pk, "publish"), follow=True)
    assert "公示到" in early.content.decode()
    past = timezone.now() - timedelta(days=1)
    EvaluationRun.objects.filter(pk=run.pk).update(publicity_ends_at=past)
    official.post(url("move_evaluation", run.pk, "publish"))
    assert EvaluationRun.objects.get(pk=run.pk).status == "published"


def test_staff_make_a_run_and_entrust_it(people):
    official = signed_in(people["province"])
    cycle = EvaluationRun.objects.get().cycle
    scheme = small_scheme(slug="running")

    made = official.post(
        url("new_evaluation"), {"scheme": scheme.pk, "cycle": cycle.pk, "region": "440000"}
    )
    run = EvaluationRun.objects.get(scheme=scheme)
    assert made.url == url("evaluation", run.pk)
    expert = people["other_reviewer"]
    official.post(url("entrust", run.pk), {"agency": "某所", "reviewers": [expert.pk]})
    assert signed_in(expert).get(url("evaluation", run.pk)).status_code == 200


def test_the_best_of_two_years_are_recommended(run):
    best = EvaluationResult.objects.get(platform__slug="other").platform
    EvaluationRun.objects.filter(pk=run.pk).update(status="published")
    assert list(recommended(runs=2)) == []
    cycle = open_year(year=2025)
    for platform, count in ((best, 9), (None, 1)):
        accepted(cycle, platform, SRV_04=count, SRV_12=count * 100, SRV_13=100, FIN_05=0)
    earlier = a_run(cycle)
    compute(earlier)
    EvaluationRun.objects.filter(pk=earlier.pk).update(status="published")

    assert [row.grade for row in EvaluationResult.objects.filter(platform=best)] != []
    assert {row.platform_id for row in recommended(runs=1)} <= {best.pk}
    any_grade = ["excellent", "good", "fair"]
    assert list(recommended(runs=2, grades=any_grade)) != []
    EvaluationRun.objects.filter(pk=earlier.pk).update(is_demo=True)
    assert list(recommended(runs=2, grades=any_grade)) == []  # a demo year is no real year
    assert {row.round.run for row in recommended(runs=1, grades=any_grade)} == {run}
    EvaluationRun.objects.update(is_demo=True)
    assert list(recommended(runs=2, grades=any_grade)) != []  # nothing but demo years


def test_the_api_tells_as_much_as_the_pages(api, run, operator, people):
    EvaluationRun.objects.filter(pk=run.pk).update(status="published")
    base = f"/api/v1/evaluations/{run.pk}"

    assert api.get("/api/v1/evaluations/").json()["results"][0]["scheme"] == "small"
    listed = api.get(f"{base}/results/").json()["results"]
    assert {row["platform"]: row["grade_name"] for row in listed}["bad"] == "较差"
    assert "inputs" not in listed[0]
    assert api.get(f"{base}/results/own/").status_code in {401, 403}
    assert api.get("/api/v1/evaluation-schemes/").json()["results"][0]["version"] == 1
    with_token(api, operator, Scope.REPORTS_READ)
    mine = api.get(f"{base}/results/own/").json()
    assert mine["inputs"]["values"]["SRV-04"] == ["4", ""]
    assert api.get(f"{base}/results/other/").status_code == 403


def test_runs_in_publicity_are_not_in_the_public_api(api, run):
    shown(run)

    assert api.get("/api/v1/evaluations/").json()["results"] == []
    assert api.get(f"/api/v1/evaluations/{run.pk}/results/").status_code == 404


def test_without_a_rule_the_page_says_so(run, people):
    EvaluationRun.objects.filter(pk=run.pk).update(status="published")
    page = signed_in(people["province"]).get(url("plan_reward", run.pk))

    assert "没有对应的奖补规定" in page.content.decode()
