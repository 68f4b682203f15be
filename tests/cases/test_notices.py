"""What people are told: every event reaches the right side, once, with a link that exists."""

from datetime import timedelta

import pytest

from accounts.enums import Role
from cases import services
from cases.enums import CaseStatus, ProjectStatus
from cases.models import Case
from cases.tasks import fulfil_demand, remind_replies, tell_of_outcome, tell_people
from core.events import reactions_for
from core.models import Event
from core.services import deliver_event, emit
from notifications.models import Notification, NotificationPreference
from tests.factories.accounts import person
from tests.factories.cases import CaseFactory, OutcomeFactory, QuoteFactory, confirmed
from tests.factories.demands import open_demand
from tests.factories.platforms import ClaimFactory, PlatformFactory


@pytest.fixture
def deliver(cast, now):
    """Run the reactions of the newest event twice; return who was told what."""

    def call():
        event = Event.objects.latest("created_at")
        for reaction in reactions_for(event.name):
            for _ in range(2):
                reaction.run(event_id=str(event.pk), name=event.name, payload=event.payload)
        rows = Notification.objects.filter(event_id=event.pk)
        names = {user.pk: name for name, user in vars(cast).items() if getattr(user, "email", "")}
        return {names.get(row.user_id, row.user.name): row for row in rows.select_related("user")}

    return call


def test_a_new_enquiry_reaches_the_operator(cast, deliver, now):
    project = services.start_enquiry(
        actor=cast.enterprise, enterprise=cast.firm, platform=cast.platform, body="在吗", now=now
    )

    told = deliver()

    assert set(told) == {"operator"}
    assert told["operator"].title == f"新咨询：{project}"
    assert told["operator"].url == project.get_absolute_url()


def test_an_enquiry_to_nobody_reaches_brokers_and_the_nearest_staff(cast, deliver, now):
    services.start_enquiry(
        actor=cast.enterprise, enterprise=cast.firm, body="在吗", now=now,
        platform=PlatformFactory(organisation=None),
    )  # fmt: skip

    told = deliver()

    assert set(told) == {"broker", "city_staff"}
    assert "尚未由运营单位认领" in told["broker"].body


def test_words_to_a_platform_nobody_runs_reach_who_can_help(cast, project, deliver, now):
    project.platform = PlatformFactory(organisation=None)
    project.save()

    services.post_message(actor=cast.enterprise, project=project, body="在吗", now=now)

    assert set(deliver()) == {"broker", "city_staff"}


@pytest.mark.parametrize(
    ("who", "told"),
    [("enterprise", {"operator"}), ("operator", {"enterprise"}),
     ("broker", {"operator", "enterprise"})],
)  # fmt: skip
def test_a_message_reaches_the_other_side(cast, project, deliver, now, who, told):
    services.post_message(actor=getattr(cast, who), project=project, body="你好", now=now)

    assert set(deliver()) == told


def test_a_broker_who_spoke_hears_the_answer(cast, project, deliver, now):
    services.post_message(actor=cast.broker, project=project, body="已联系", now=now)
    services.post_message(actor=cast.enterprise, project=project, body="多谢", now=now)

    assert set(deliver()) == {"operator", "broker"}


def test_colleagues_of_the_other_side_are_all_told(cast, project, deliver, now):
    person(Role.OPERATOR, organisation=cast.runner)

    services.post_message(actor=cast.enterprise, project=project, body="你好", now=now)

    assert len(deliver()) == 2


def test_a_quote_names_price_and_time(cast, reach, deliver, now):
    project = reach(ProjectStatus.IN_TALKS)
    quote = QuoteFactory.build(project=project)
    services.quote_project(
        actor=cast.operator, project=project, amount_yuan=quote.amount_yuan, lead_days=30,
        valid_until_date=quote.valid_until_date, scope="三批", now=now,
    )  # fmt: skip

    told = deliver()

    assert set(told) == {"enterprise"}
    assert "报价 12万元，周期 30 天" in told["enterprise"].body


def test_a_refusal_gives_its_reason(cast, project, deliver, now):
    services.decline_project(
        actor=cast.operator, project=project, decline_reason="capacity", reason="排到明年", now=now
    )

    assert deliver()["enterprise"].body.endswith("原因：排到明年")


@pytest.mark.parametrize(
    ("status", "who", "name", "told"),
    [
        (ProjectStatus.CONTRACTED, "operator", "begin", {"enterprise"}),
        (ProjectStatus.PILOTING, "operator", "deliver", {"enterprise"}),
        (ProjectStatus.DELIVERED, "enterprise", "close", {"enterprise", "operator"}),
        (ProjectStatus.QUOTED, "enterprise", "cancel", {"operator"}),
    ],
)
def test_moves_reach_the_other_side(cast, reach, deliver, now, status, who, name, told):
    project = reach(status)
    confirmed(project)
    services.move_project(
        actor=getattr(cast, who), project=project, name=name, reason="改期", now=now
    )

    assert set(deliver()) == told


def test_a_contract_reaches_the_platform(cast, reach, deliver, now):
    services.contract_project(
        actor=cast.enterprise, project=reach(ProjectStatus.QUOTED), contract_amount_yuan=10,
        contract_date=now.date(), promised_date=now.date(), now=now,
    )  # fmt: skip

    assert set(deliver()) == {"operator"}


def test_reminders_go_to_the_operator_and_then_to_the_helpers_too(
    cast, project, deliver, now, time_machine
):
    time_machine.move_to("2026-11-17T10:00+08:00", tick=False)
    project.reply_due_at = "2026-11-16T10:00+08:00"
    project.save()

    remind_replies()
    assert set(deliver()) == {"operator"}

    time_machine.move_to("2026-11-18T10:00+08:00", tick=False)
    remind_replies()
    assert set(deliver()) == {"operator", "broker", "city_staff"}


def test_a_claim_is_mailed_with_the_link_and_told_without_it(cast, reach, deliver, now, mailoutbox):
    NotificationPreference.objects.create(user=cast.enterprise, quiet_from=0, quiet_until=0)
    colleague = person(Role.ENTERPRISE, organisation=cast.firm)
    outcome = services.claim_outcome(
        actor=cast.operator, project=reach(ProjectStatus.DELIVERED), kind="verified",
        description="合格", achieved_date=now.date() - timedelta(days=1), evidence_grade="D",
        now=now,
    )  # fmt: skip

    told = deliver()

    assert set(told) == {"enterprise", colleague.name}
    assert {row.url for row in told.values()} == {outcome.get_absolute_url()}
    assert not any("/answer/" in row.body for row in told.values())
    assert told["enterprise"].mail_at is None
    assert told[colleague.name].mail_at is not None
    assert [mail.to for mail in mailoutbox] == [[cast.enterprise.email]] * 2  # run twice


@pytest.mark.parametrize(("name", "word"), [("confirm", "确认了"), ("reject", "不认可")])
def test_the_answer_reaches_the_platform(cast, reach, deliver, now, name, word):
    outcome = OutcomeFactory(project=reach(ProjectStatus.PILOTING))
    services.answer_outcome(
        actor=cast.enterprise, outcome=outcome, name=name, reason="只有一批", now=now
    )

    told = deliver()

    assert set(told) == {"operator"}
    assert told["operator"].title.startswith(f"企业{word}成果")
    assert ("原因：只有一批" in told["operator"].body) is (name == "reject")


@pytest.mark.parametrize(
    ("status", "who", "name", "told"),
    [
        (CaseStatus.DRAFT, "operator", "ask_consent", {"enterprise"}),
        (CaseStatus.IN_CONSENT, "enterprise", "consent", {"city_staff"}),
        (CaseStatus.IN_CONSENT, "enterprise", "refuse", {"operator"}),
        (CaseStatus.IN_REVIEW, "staff", "publish", {"enterprise", "operator"}),
        (CaseStatus.IN_REVIEW, "staff", "return", {"operator"}),
        (CaseStatus.PUBLISHED, "enterprise", "withdraw", {"enterprise", "operator"}),
    ],
)
def test_moves_of_a_case(cast, project, deliver, now, status, who, name, told):
    case = CaseFactory(project=project, status=status, consented_at=now)
    services.move_case(actor=getattr(cast, who), case=case, name=name, reason="不妥", now=now)

    found = deliver()

    assert set(found) == told
    assert {row.url for row in found.values()} == {case.get_absolute_url()}
    if name in {"refuse", "return", "withdraw"}:
        assert all(row.body.endswith("原因：不妥") for row in found.values())


def test_a_case_from_a_public_source_tells_nobody(cast, deliver, now):
    case = CaseFactory(platform=cast.platform, status="published", source_url="https://x.cn")
    services.move_case(actor=cast.staff, case=case, name="withdraw", reason="不实", now=now)

    assert deliver() == {}
    assert Case.objects.get().status == CaseStatus.WITHDRAWN


def test_a_closed_project_fulfils_its_demand_through_the_events(cast, reach, now):
    project = reach(ProjectStatus.DELIVERED, demand=open_demand(organisation=cast.firm))
    confirmed(project)
    services.move_project(actor=cast.enterprise, project=project, name="close", now=now)

    event = Event.objects.latest("created_at")
    assert deliver_event(event_id=str(event.pk), now=now) == 0

    project.demand.refresh_from_db()
    assert project.demand.status == "fulfilled"


def test_the_reactions_are_registered():
    names = {reaction.name for reaction in reactions_for("cases.project.closed")}

    assert names >= {"cases.tell_people", "cases.fulfil_demand"}
    assert callable(tell_people)
    assert callable(tell_of_outcome)
    assert callable(fulfil_demand)


def test_an_approved_claim_hands_over_through_the_events(cast, project, now):
    claim = ClaimFactory(
        platform=cast.platform, organisation=cast.runner, status="approved", status_changed_at=now
    )
    event = emit("platforms.platformclaim.approved", claim_id=claim.pk)

    assert deliver_event(event_id=str(event.pk), now=now) == 0
    assert Event.objects.filter(name="cases.project.started").exists()
