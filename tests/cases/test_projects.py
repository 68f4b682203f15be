"""Services of projects: they work, refuse and change nothing, mind the state, bear repeating."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cases import services
from cases.enums import ProjectStatus
from cases.models import Message, Quote
from core.errors import DomainError, Refused
from core.models import ActivityLog, Event
from core.reminders import reply_due
from demands.enums import DemandStatus
from demands.models import Disclosure
from tests.factories.accounts import OrganisationFactory
from tests.factories.cases import ProjectFactory, confirmed
from tests.factories.demands import open_demand
from tests.factories.platforms import ClaimFactory

S = ProjectStatus
DAY = timedelta(days=1)
TUESDAY = datetime(2026, 11, 17, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_first_message_of_the_platform_answers(cast, project, now):
    services.post_message(actor=cast.operator, project=project, body="可以", now=now)
    services.post_message(
        actor=cast.operator, project=project, body="补充", now=now + timedelta(hours=1)
    )

    project.refresh_from_db()
    assert (project.status, project.first_replied_at) == (S.IN_TALKS, now)
    assert [row.organisation for row in Message.objects.order_by("pk")] == [cast.runner] * 2
    assert Event.objects.filter(name="cases.message.sent").count() == 2


def test_words_of_the_enterprise_and_the_broker_do_not_answer(cast, project, now):
    services.post_message(actor=cast.enterprise, project=project, body="在吗", now=now)
    services.post_message(actor=cast.broker, project=project, body="已电话联系", now=now)

    project.refresh_from_db()
    assert (project.status, project.first_replied_at) == (S.ENQUIRY, None)
    spoken = Message.objects.order_by("pk").values_list("organisation", flat=True)
    assert list(spoken) == [cast.firm.pk, None]


def test_post_message_refuses_strangers_and_ended_projects(cast, reach, now):
    project = reach(S.CLOSED)

    with pytest.raises(Refused):
        services.post_message(actor=cast.other_operator, project=project, body="嗨", now=now)
    with pytest.raises(DomainError) as error:
        services.post_message(actor=cast.operator, project=project, body="嗨", now=now)
    assert error.value.code == "wrong_state"
    assert not Message.objects.exists()


QUOTE = {"amount_yuan": Decimal(120_000), "lead_days": 30, "scope": " 三批 "}


def test_quote_moves_and_answers(cast, project, now):
    until = timezone.localdate(now) + timedelta(days=30)

    quote = services.quote_project(
        actor=cast.operator, project=project, valid_until_date=until, now=now, **QUOTE
    )

    project.refresh_from_db()
    assert (project.status, project.first_replied_at) == (S.QUOTED, now)
    assert (quote.scope, quote.quoted_by) == ("三批", cast.operator)
    assert Event.objects.get().payload == {"project_id": project.pk, "quote_id": quote.pk}


def test_a_new_quote_leaves_the_old_one_on_record(cast, reach, now):
    project = reach(S.QUOTED)
    until = timezone.localdate(now) + timedelta(days=30)

    for _ in range(2):
        services.quote_project(
            actor=cast.operator, project=project, valid_until_date=until, now=now, **QUOTE
        )

    assert project.quotes.count() == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_yuan": Decimal(0)}, "amount"),
        ({"valid_until_date": date(2026, 1, 1)}, "past_date"),
    ],
)
def test_quote_refuses_what_cannot_be(cast, project, now, change, code):
    given = {**QUOTE, "valid_until_date": timezone.localdate(now) + timedelta(days=30), **change}

    with pytest.raises(DomainError) as error:
        services.quote_project(actor=cast.operator, project=project, now=now, **given)

    assert error.value.code == code
    project.refresh_from_db()
    assert (project.status, Quote.objects.count()) == (S.ENQUIRY, 0)


def test_quote_is_the_platforms(cast, project, now):
    with pytest.raises(Refused):
        services.quote_project(
            actor=cast.enterprise,
            project=project,
            valid_until_date=timezone.localdate(now),
            now=now,
            **QUOTE,
        )


def test_decline_gives_both_reasons_and_answers(cast, project, now):
    declined = services.decline_project(
        actor=cast.operator, project=project, decline_reason="capacity", reason="排到明年", now=now
    )

    assert (declined.status, declined.decline_reason) == (S.DECLINED, "capacity")
    assert declined.first_replied_at == now
    assert ActivityLog.objects.get().reason == "排到明年"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"decline_reason": "mood", "reason": "无"}, "decline_reason"),
        ({"decline_reason": "price", "reason": " "}, "reason_required"),
    ],
)
def test_decline_wants_reasons(cast, project, now, values, code):
    with pytest.raises(DomainError) as error:
        services.decline_project(actor=cast.operator, project=project, now=now, **values)

    assert error.value.code == code
    project.refresh_from_db()
    assert project.status == S.ENQUIRY


CONTRACT = {
    "contract_amount_yuan": Decimal(100_000),
    "contract_date": date(2026, 11, 16),
    "promised_date": date(2026, 12, 16),
}


def test_contract_keeps_amount_and_dates(cast, reach):
    project = services.contract_project(
        actor=cast.enterprise, project=reach(S.QUOTED), now=TUESDAY, **CONTRACT
    )

    project.refresh_from_db()
    assert project.status == S.CONTRACTED
    assert {name: getattr(project, name) for name in CONTRACT} == CONTRACT


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"contract_amount_yuan": Decimal(0)}, "amount"),
        ({"contract_date": date(2026, 11, 18)}, "future_date"),
        ({"promised_date": date(2026, 11, 15)}, "date_order"),
    ],
)
def test_contract_refuses_what_cannot_be(cast, reach, change, code):
    project = reach(S.QUOTED)

    with pytest.raises(DomainError) as error:
        services.contract_project(
            actor=cast.enterprise, project=project, now=TUESDAY, **CONTRACT | change
        )

    assert error.value.code == code
    project.refresh_from_db()
    assert (project.status, project.contract_date) == (S.QUOTED, None)


def test_contract_before_a_quote_and_twice_is_the_wrong_state(cast, reach):
    for status in (S.IN_TALKS, S.CONTRACTED):
        with pytest.raises(DomainError) as error:
            services.contract_project(
                actor=cast.enterprise, project=reach(status), now=TUESDAY, **CONTRACT
            )
        assert error.value.code == "wrong_state"


def test_begin_and_deliver_stamp_their_day(cast, reach):
    project = reach(S.CONTRACTED)

    services.move_project(actor=cast.operator, project=project, name="begin", now=TUESDAY)
    services.move_project(
        actor=cast.operator, project=project, name="deliver", now=TUESDAY + timedelta(days=9)
    )

    project.refresh_from_db()
    assert (project.status, project.started_date) == (S.DELIVERED, date(2026, 11, 17))
    assert project.delivered_date == date(2026, 11, 26)
    names = Event.objects.order_by("created_at").values_list("name", flat=True)
    assert list(names) == ["cases.project.begun", "cases.project.delivered"]


def test_close_wants_a_confirmed_outcome(cast, reach, now):
    project = reach(S.DELIVERED)

    with pytest.raises(DomainError) as error:
        services.move_project(actor=cast.enterprise, project=project, name="close", now=now)
    assert error.value.code == "unconfirmed"

    confirmed(project)
    moved = services.move_project(actor=cast.enterprise, project=project, name="close", now=now)
    assert moved.status == S.CLOSED


def test_cancel_wants_a_reason_and_the_enterprise(cast, project, now):
    with pytest.raises(DomainError) as error:
        services.move_project(actor=cast.enterprise, project=project, name="cancel", now=now)
    assert error.value.code == "reason_required"
    with pytest.raises(Refused):
        services.move_project(
            actor=cast.operator, project=project, name="cancel", reason="无", now=now
        )

    moved = services.move_project(
        actor=cast.enterprise, project=project, name="cancel", reason="改期", now=now
    )
    assert moved.status == S.CANCELLED


@pytest.mark.parametrize("name", ["quote", "answer", "fly"])
def test_move_project_knows_its_moves(cast, project, now, name):
    with pytest.raises(Refused):
        services.move_project(actor=cast.operator, project=project, name=name, now=now)


def overdue(cast, **values):
    return ProjectFactory(
        platform=cast.platform, enterprise=OrganisationFactory(),
        **{"reply_due_at": TUESDAY - timedelta(hours=1)} | values,
    )  # fmt: skip


def test_remind_once_a_working_day_and_then_the_helpers(cast):
    project = overdue(cast)

    assert services.remind_overdue(now=TUESDAY) == 1
    assert services.remind_overdue(now=TUESDAY + timedelta(hours=2)) == 0
    assert services.remind_overdue(now=TUESDAY + timedelta(days=1)) == 1

    payloads = [event.payload for event in Event.objects.order_by("created_at")]
    assert payloads == [
        {"project_id": project.pk, "is_first": True},
        {"project_id": project.pk, "is_first": False},
    ]


def test_remind_leaves_alone_what_is_answered_in_time_or_old(cast):
    overdue(cast, reply_due_at=TUESDAY + timedelta(hours=1))
    overdue(cast, status=S.IN_TALKS)
    overdue(cast, reply_due_at=TUESDAY - timedelta(days=31))

    assert services.remind_overdue(now=TUESDAY) == 0


def test_remind_rests_on_days_off(cast):
    saturday = TUESDAY + timedelta(days=4)
    overdue(cast)

    assert services.remind_overdue(now=saturday) == 0


@pytest.mark.parametrize(
    ("kind", "status", "after"),
    [
        ("verified", DemandStatus.OPEN, DemandStatus.FULFILLED),
        ("launched", DemandStatus.EXPIRED, DemandStatus.FULFILLED),
        ("failed", DemandStatus.OPEN, DemandStatus.OPEN),
        ("verified", DemandStatus.WITHDRAWN, DemandStatus.WITHDRAWN),
    ],
)
def test_a_closed_project_fulfils_its_demand(cast, reach, now, kind, status, after):
    demand = open_demand(organisation=cast.firm, status=status)
    project = reach(S.CLOSED, demand=demand)
    confirmed(project, kind=kind)

    for _ in range(2):
        services.fulfil_demand_of(project_id=project.pk, now=now)

    demand.refresh_from_db()
    assert demand.status == after


def test_a_closed_project_without_demand_fulfils_none(reach, now):
    services.fulfil_demand_of(project_id=reach(S.CLOSED).pk, now=now)


@pytest.fixture
def claimed(cast, project, now):
    """A question to a platform that the runner has since claimed, about a confidential demand."""
    demand = open_demand(organisation=cast.firm, confidentiality="teaser", teaser="放大")
    project.demand, project.reply_due_at, project.reminded_at = demand, TUESDAY - DAY, TUESDAY
    project.save()
    return ClaimFactory(
        platform=cast.platform, organisation=cast.runner, status="approved", status_changed_at=now
    )


def test_a_claimed_platform_gets_the_open_questions_with_a_new_promise(cast, project, claimed, now):
    assert services.hand_over_projects(claim_id=claimed.pk, now=now) == 1
    assert services.hand_over_projects(claim_id=claimed.pk, now=now) == 0

    project.refresh_from_db()
    assert (project.reply_due_at, project.reminded_at) == (reply_due(now), None)
    assert Disclosure.objects.get().organisation == cast.runner
    assert Event.objects.filter(name="cases.project.started").count() == 1


def test_nothing_is_disclosed_for_somebody_who_left(cast, project, claimed, now):
    project.started_by = cast.other_enterprise
    project.save()

    services.hand_over_projects(claim_id=claimed.pk, now=now)

    assert not Disclosure.objects.exists()
