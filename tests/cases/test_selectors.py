"""What pages show: order, next step, steps, and the numbers with their definitions."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases import selectors
from cases.enums import OutcomeStatus, ProjectStatus
from cases.models import Outcome, Project
from core.states import Relation
from tests.factories.cases import (
    OutcomeFactory,
    ProjectFactory,
    QuoteFactory,
    confirmed,
)
from tests.factories.platforms import PlatformFactory

S = ProjectStatus
TUESDAY = datetime(2026, 11, 17, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)


def test_rows_come_overdue_first_and_know_whose_they_are(cast):
    done = ProjectFactory(platform=cast.platform, status=S.CLOSED, status_changed_at=TUESDAY)
    late = ProjectFactory(platform=cast.platform, reply_due_at=TUESDAY - DAY)
    mine = ProjectFactory(enterprise=cast.runner, reply_due_at=TUESDAY + DAY)

    rows = list(selectors.project_rows(Project.objects.all(), cast.operator, now=TUESDAY))

    assert rows[0] == late
    assert {row.pk: (row.timing, row.side) for row in rows} == {
        late.pk: ("overdue", "run"),
        done.pk: ("", "run"),
        mine.pk: ("waiting", "asked"),
    }


@pytest.mark.parametrize(
    ("status", "states"),
    [
        (S.ENQUIRY, "ctttttt"),
        (S.QUOTED, "ddctttt"),
        (S.DELIVERED, "dddddct"),
        (S.CLOSED, "ddddddd"),
        (S.DECLINED, "ctttttt"),
    ],
)
def test_steps(status, states):
    project = Project(status=status)

    assert "".join(step["state"][0] for step in selectors.project_steps(project)) == states


def test_an_ended_project_stops_where_it_was():
    def at(**values):
        steps = selectors.project_steps(Project(status=S.CANCELLED, **values))
        return next(step["label"] for step in steps if step["state"] == "current")

    assert at(first_replied_at=TUESDAY) == "洽谈"
    assert at(contract_date=date(2026, 11, 1)) == "签约"


OWNER, ENTERPRISE, STAFF = Relation.OWNER, Relation.COUNTERPART, Relation.STAFF


@pytest.mark.parametrize(
    ("status", "outcomes", "turn"),
    [
        (S.ENQUIRY, [], OWNER),
        (S.IN_TALKS, [], OWNER),
        (S.QUOTED, [], ENTERPRISE),
        (S.CONTRACTED, [], OWNER),
        (S.PILOTING, [], OWNER),
        (S.PILOTING, [OutcomeStatus.CLAIMED], ENTERPRISE),
        (S.DELIVERED, [], OWNER),
        (S.DELIVERED, [OutcomeStatus.REJECTED], OWNER),
        (S.DELIVERED, [OutcomeStatus.CLAIMED], ENTERPRISE),
        (S.DELIVERED, [OutcomeStatus.CONFIRMED], ENTERPRISE),
        (S.CLOSED, [OutcomeStatus.CONFIRMED], None),
        (S.DECLINED, [], None),
        (S.CANCELLED, [], None),
    ],
)
def test_the_next_step_says_whose_turn_it_is(status, outcomes, turn):
    project = Project(status=status, reply_due_at=TUESDAY + DAY, promised_date=TUESDAY.date() + DAY)
    found = [Outcome(status=each) for each in outcomes]

    def step(relation):
        return selectors.next_step(project, {relation}, quotes=[], outcomes=found, now=TUESDAY)

    assert step(OWNER).is_mine is (turn == OWNER)
    assert step(ENTERPRISE).is_mine is (turn == ENTERPRISE)
    assert step(STAFF).is_mine is False
    assert step(STAFF).text.endswith(step(OWNER).text)
    assert not step(OWNER).is_late


def test_the_next_step_says_what_is_late():
    enquiry = Project(status=S.ENQUIRY, reply_due_at=TUESDAY - DAY)
    pilot = Project(status=S.PILOTING, promised_date=TUESDAY.date())

    def step(project, relation):
        return selectors.next_step(project, {relation}, quotes=[], outcomes=[], now=TUESDAY)

    assert step(enquiry, OWNER).is_late
    assert "已催办" in step(enquiry, ENTERPRISE).text
    assert (step(pilot, OWNER).due, step(pilot, OWNER).is_late) == (TUESDAY.date(), False)


def test_the_next_step_of_a_quote_is_due_when_the_quote_ends():
    quote = QuoteFactory.build(project=None, valid_until_date=date(2026, 11, 16))

    step = selectors.next_step(
        Project(status=S.QUOTED), {ENTERPRISE}, quotes=[quote], outcomes=[], now=TUESDAY
    )

    assert (step.due, step.is_late) == (date(2026, 11, 16), True)


def enquiry(platform, *, asked=TUESDAY - 8 * DAY, replied_after=None, **values):
    return ProjectFactory(
        platform=platform,
        asked_at=asked,
        reply_due_at=asked + 2 * DAY,
        first_replied_at=asked + timedelta(hours=replied_after) if replied_after else None,
        **values,
    )


@pytest.fixture
def platform(db):
    return PlatformFactory()


def test_reply_facts_count_what_was_due(platform):
    monday = datetime(2026, 11, 9, 10, tzinfo=TUESDAY.tzinfo)
    enquiry(platform, asked=monday, replied_after=3, status=S.IN_TALKS)
    enquiry(platform, asked=monday, replied_after=5, status=S.DECLINED)
    enquiry(platform, asked=monday, replied_after=60, status=S.QUOTED)
    enquiry(platform, asked=monday)  # never answered
    enquiry(platform, asked=TUESDAY - timedelta(hours=1))  # not due yet
    enquiry(platform, asked=monday, is_demo=True)
    enquiry(platform, asked=TUESDAY - 400 * DAY)  # too long ago
    enquiry(platform, asked=monday, status=S.CANCELLED, status_changed_at=monday + DAY)
    enquiry(platform, asked=monday, status=S.CANCELLED, status_changed_at=monday + 3 * DAY)
    enquiry(PlatformFactory(), asked=monday)

    facts = selectors.reply_facts(platform, now=TUESDAY)

    assert (facts.count, facts.replied, facts.on_time_percent) == (5, 3, 40)
    assert (facts.median_hours, facts.overdue) == (5.0, 1)
    assert facts.as_of == TUESDAY


def test_reply_facts_of_nothing_are_unknown(platform, django_assert_num_queries):
    with django_assert_num_queries(1):
        facts = selectors.reply_facts(platform, now=TUESDAY)

    assert (facts.count, facts.on_time_percent, facts.median_hours) == (0, None, None)


def test_demo_platforms_count_their_demonstrations(platform):
    platform.is_demo = True
    enquiry(platform, is_demo=True)

    assert selectors.reply_facts(platform, now=TUESDAY).count == 1


def test_the_funnel_counts_each_step_once(cast):
    def project(**values):
        return enquiry(cast.platform, **values)

    project()
    project(replied_after=1, status=S.IN_TALKS)
    quoted = project(replied_after=1, status=S.QUOTED)
    QuoteFactory.create_batch(2, project=quoted)
    done = project(
        replied_after=1, status=S.CLOSED, contract_date=date(2026, 9, 1),
        started_date=date(2026, 9, 5), delivered_date=date(2026, 9, 25),
        promised_date=date(2026, 9, 20),
    )  # fmt: skip
    QuoteFactory(project=done)
    confirmed(done, satisfaction=4)
    confirmed(done, satisfaction=5)
    OutcomeFactory(project=done, status=OutcomeStatus.REJECTED)
    enquiry(cast.platform, asked=TUESDAY - 100 * DAY)
    enquiry(PlatformFactory())

    funnel = selectors.funnel(cast.operator, period="90", now=TUESDAY)

    assert [(s.label, s.count, s.share) for s in funnel.stages] == [
        ("咨询", 4, None), ("已回复", 3, 75), ("已报价", 2, 67), ("已签约", 1, 50),
        ("已交付", 1, 100), ("成果已确认", 1, 100),
    ]  # fmt: skip
    assert funnel.weakest.label == "已签约"
    assert [(name, row["asked"]) for name, row in funnel.platforms] == [(cast.platform.name, 4)]
    assert {figure.code: figure.value for figure in funnel.figures} == {
        "SRV-17": "1 工作小时（n=3）",
        "SRV-18": "75%（n=4）",
        "PRT-06": "1 条",
        "SRV-20": "25%（n=4）",
        "SRV-14": "20.0 天，中位 20 天（n=1）",
        "SRV-15": "0%（n=1）",
        "SRV-16": "4.5 分，4–5 分（n=2）",
        "PRT-18": "67%（n=3）",
    }


def test_the_funnel_of_nothing_says_so(cast):
    funnel = selectors.funnel(cast.operator, period="all", now=TUESDAY)

    assert funnel.weakest is None
    assert {figure.value for figure in funnel.figures} == {"未注明", "0 条"}


def test_the_funnel_looks_back_a_year_unless_asked_otherwise(cast):
    enquiry(cast.platform, asked=TUESDAY - 400 * DAY)

    def asked(period):
        return selectors.funnel(cast.operator, period=period, now=TUESDAY).stages[0].count

    assert (asked("all"), asked("365"), asked("?")) == (1, 0, 0)
