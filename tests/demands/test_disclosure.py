"""Asking, granting, promising, reading and taking back (D08): services and rights."""

from datetime import timedelta

import pytest
from django.db import Error, transaction

from core.errors import DomainError, Refused
from core.models import ActivityLog, Event
from demands import selectors, services
from demands.access import DemandAccess, DisclosureAccess
from demands.enums import DisclosureStatus
from demands.models import Disclosure, FullReading, SecrecyPromise
from demands.promise import VERSION, promise_text, text_digest
from demands.services.disclosure_messages import tell_disclosure
from demands.states import DISCLOSURE
from notifications.models import Notification
from tests.factories.demands import DemandFactory, disclose, open_demand
from tests.transitions import try_everywhere

S = DisclosureStatus


@pytest.fixture
def secret(secret_demand):
    return secret_demand


@pytest.fixture
def home(cast):
    return cast.platform.organisations[0]


@pytest.fixture
def ask(cast, secret, home, now):
    def ask(actor=cast.platform, demand=secret, organisation=home, at=now, note="有同类釜"):
        return services.request_disclosure(
            actor=actor, demand=demand, organisation=organisation, note=note, now=at
        )

    return ask


@pytest.fixture
def granted(cast, secret, home, now):
    return services.disclose_demand(actor=cast.owner, demand=secret, organisation=home, now=now)


@pytest.fixture
def promise(cast, now):
    def promise(row, actor=cast.platform, digest=None):
        text = promise_text(demand=row.demand, organisation=row.organisation)
        digest = digest or text_digest(text)
        return services.promise_secrecy(actor=actor, disclosure=row, digest=digest, now=now)

    return promise


def reads(user, demand) -> bool:
    return DemandAccess(user).full_text_visible(demand)


def test_asking_tells_the_owner_and_starts_the_clock(cast, secret, home, ask, now):
    row = ask()

    assert (row.status, row.requested_by, row.request_note) == (
        S.REQUESTED,
        cast.platform,
        "有同类釜",
    )
    assert row.reply_due_at > now
    assert not reads(cast.platform, secret)
    event = Event.objects.get(name="demands.disclosure.requested")
    assert tell_disclosure(event_id=event.pk, name=event.name, now=now, **event.payload) == 2
    told = Notification.objects.filter(user=cast.owner).get()
    assert home.name in told.title
    assert told.url == f"{secret.get_absolute_url()}#circle"


def test_asking_twice_is_refused(ask):
    ask()

    with pytest.raises(DomainError) as refused:
        ask()

    assert refused.value.code == "wrong_state"
    assert Event.objects.filter(name="demands.disclosure.requested").count() == 1


@pytest.mark.parametrize("who", ["stranger", "staff", "broker", "reviewer"])
def test_only_people_who_run_platforms_ask(cast, ask, who):
    with pytest.raises(Refused):
        ask(actor=getattr(cast, who))

    assert not Disclosure.objects.exists()


def test_an_organisation_that_is_not_approved_does_not_ask(cast, ask, home):
    home.status = "pending"
    home.save()

    with pytest.raises(Refused):
        ask(actor=type(cast.platform).objects.get(pk=cast.platform.pk))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"confidentiality": "public"}, "not_confidential"),
        ({"status": "expired"}, "not_open"),
        ({"organisation": None}, "not_open"),
    ],
)
def test_what_cannot_be_asked_for(cast, ask, values, code):
    demand = open_demand(**{"organisation": cast.home, "confidentiality": "teaser"} | values)

    with pytest.raises(DomainError) as refused:
        ask(demand=demand)

    assert refused.value.code == code
    assert not Disclosure.objects.exists()


def test_ones_own_demand_is_not_asked_for(cast, ask):
    with pytest.raises(DomainError) as refused:
        ask(actor=cast.operator_owner, organisation=cast.home)

    assert refused.value.code == "own_organisation"


def test_no_organisation_asks_without_end(cast, ask, home, now):
    for _ in range(20):
        disclose(open_demand(organisation=cast.home), home, requested_at=now - timedelta(hours=1))

    with pytest.raises(DomainError) as refused:
        ask()

    assert refused.value.code == "too_many"


def test_granting_answers_the_request_and_says_so_once(cast, secret, home, ask, now):
    row = ask()

    for _ in range(2):
        services.disclose_demand(actor=cast.owner, demand=secret, organisation=home, now=now)

    row.refresh_from_db()
    assert (row.status, row.granted_by) == (S.GRANTED, cast.owner)
    event = Event.objects.get(name="demands.disclosure.granted")
    assert tell_disclosure(event_id=event.pk, name=event.name, now=now, **event.payload) == 1
    assert Notification.objects.get(user=cast.platform).url == row.get_absolute_url()


def test_what_was_granted_unasked_is_told_by_the_enquiry_alone(granted, now):
    event = Event.objects.get(name="demands.disclosure.granted")

    assert tell_disclosure(event_id=event.pk, name=event.name, now=now, **event.payload) == 0


@pytest.mark.parametrize("who", ["stranger", "staff", "broker", "platform"])
def test_only_the_owner_grants(cast, secret, home, who, now):
    with pytest.raises(Refused):
        services.disclose_demand(
            actor=getattr(cast, who), demand=secret, organisation=home, now=now
        )

    assert not Disclosure.objects.exists()


def test_granting_to_oneself_makes_no_sense(cast, secret, now):
    with pytest.raises(DomainError) as refused:
        services.disclose_demand(actor=cast.owner, demand=secret, organisation=cast.home, now=now)

    assert refused.value.code == "own_organisation"


def test_a_no_has_a_reason_and_may_be_asked_again(cast, secret, ask, now):
    row = ask()
    with pytest.raises(DomainError) as refused:
        services.decline_disclosure(actor=cast.owner, disclosure=row, reason=" ", now=now)
    assert refused.value.code == "reason_required"

    services.decline_disclosure(actor=cast.owner, disclosure=row, reason="已有意向", now=now)

    assert selectors.own_disclosures(DemandAccess(cast.platform), secret)[0].reason == "已有意向"
    assert ask().status == S.REQUESTED
    assert Disclosure.objects.count() == 1


def test_granted_is_not_yet_readable(cast, secret, granted):
    decision = DemandAccess(cast.platform).can("read_full", secret)

    assert (decision.allowed, decision.code) == (False, "promise_required")
    assert not DemandAccess(cast.platform).can("read_contact", secret)


def test_the_promise_opens_the_text_and_is_kept_as_it_was_read(cast, secret, granted, promise, now):
    given = promise(granted)

    assert reads(cast.platform, secret)
    assert (given.person, given.accepted_at, given.version) == (cast.platform, now, VERSION)
    assert given.digest == text_digest(given.text)
    assert cast.home.name not in given.text  # the owner is anonymous
    with pytest.raises(DomainError):
        promise(granted)
    assert SecrecyPromise.objects.count() == 1


def test_a_promise_is_never_changed(granted, promise):
    given = promise(granted)

    for change in (lambda: given.delete(), lambda: given.save()):
        with pytest.raises(Error, match="append_only"), transaction.atomic():
            change()


def test_a_text_that_changed_meanwhile_is_read_again(cast, secret, granted, promise):
    seen = text_digest(promise_text(demand=secret, organisation=granted.organisation))
    secret.promise_note = "样品须退还"
    secret.save()

    with pytest.raises(DomainError) as refused:
        promise(granted, digest=seen)

    assert refused.value.code == "text_changed"
    assert not SecrecyPromise.objects.exists()
    granted.refresh_from_db()
    assert granted.status == S.GRANTED


@pytest.mark.parametrize("who", ["owner", "staff", "stranger"])
def test_nobody_promises_for_another_organisation(cast, granted, promise, who):
    with pytest.raises(Refused):
        promise(granted, actor=getattr(cast, who))

    assert not SecrecyPromise.objects.exists()


def test_taking_back_closes_the_text_and_keeps_the_promise(cast, secret, granted, promise, now):
    promise(granted)

    for _ in range(2):
        row = services.revoke_disclosure(actor=cast.owner, disclosure=granted, now=now)

    assert row.status == S.REVOKED
    assert not reads(cast.platform, secret)
    assert SecrecyPromise.objects.count() == 1
    assert Event.objects.filter(name="demands.disclosure.revoked").count() == 1

    services.disclose_demand(
        actor=cast.owner, demand=secret, organisation=granted.organisation, now=now
    )
    assert not reads(cast.platform, secret)  # a new grant asks for a new promise


def test_the_platform_takes_nothing_back(cast, granted, now):
    with pytest.raises(Refused):
        services.revoke_disclosure(actor=cast.platform, disclosure=granted, now=now)


@pytest.mark.parametrize("row", DISCLOSURE.transitions, ids=lambda row: row.name)
def test_transition_from_every_state_by_everybody(cast, granted, row, now):
    names = ("owner", "operator_owner", "platform", "stranger", "staff", "far_staff", "broker")
    people = {who: DisclosureAccess(getattr(cast, who)) for who in (*names, "visitor", "system")}
    owns = "owner" in row.relations

    try_everywhere(row, granted, people, {"owner", "operator_owner"} if owns else {"platform"}, now)


def test_visible_by_role(cast, granted):
    disclose(open_demand(organisation=cast.stranger.organisations[0]), cast.home, status="granted")

    seen = {
        who: DisclosureAccess(getattr(cast, who)).visible().count()
        for who in ("owner", "platform", "stranger", "staff", "far_staff", "broker", "visitor")
    }

    assert seen == {
        "owner": 2, "platform": 1, "stranger": 1, "staff": 2, "far_staff": 0, "broker": 2,
        "visitor": 0,
    }  # fmt: skip


def test_readings_are_counted_and_logged_once_a_day(cast, secret, home, now):
    disclose(secret, home)
    now = now.replace(hour=4)
    for who, minutes in (("platform", 0), ("platform", 1), ("staff", 2), ("platform", 1440)):
        services.note_full_reading(
            actor=getattr(cast, who), demand=secret, now=now + timedelta(minutes=minutes)
        )

    row = FullReading.objects.get(reader=cast.platform)
    assert (row.organisation, row.count) == (home, 3)
    assert (row.first_at, row.last_at) == (now, now + timedelta(days=1))
    assert FullReading.objects.get(reader=cast.staff).organisation is None
    assert ActivityLog.objects.filter(action="demands.demand.read_full").count() == 3


@pytest.mark.parametrize("count", [1, 3])
def test_many_read_again_cost_as_much_as_one(cast, home, now, django_assert_num_queries, count):
    rows = [open_demand(organisation=cast.home, confidentiality="teaser", teaser="摘要")
            for _ in range(count)]  # fmt: skip
    assert services.note_full_readings(actor=cast.staff, demands=rows, now=now)

    with django_assert_num_queries(4):
        assert services.note_full_readings(actor=cast.staff, demands=rows, now=now)

    assert [row.count for row in FullReading.objects.all()] == [2] * count


def test_owners_and_people_without_right_leave_no_trace(cast, secret, granted, now):
    for who in (cast.owner, cast.stranger, cast.platform, cast.visitor):
        assert not services.note_full_reading(actor=who, demand=secret, now=now)

    assert not services.note_full_reading(
        actor=cast.staff, demand=open_demand(organisation=cast.home), now=now
    )
    assert not FullReading.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_circle_costs_three_queries(cast, secret, home, now, django_assert_num_queries, count):
    for _ in range(count):
        disclose(secret, DemandFactory().organisation)
    disclose(secret, home)
    services.note_full_reading(actor=cast.platform, demand=secret, now=now)
    services.note_full_reading(actor=cast.staff, demand=secret, now=now)

    with django_assert_num_queries(3):
        circle = selectors.circle(secret)

    assert len(circle) == count + 2
    assert [one.reader for one in circle[-1].readings] == [cast.staff]
    assert (circle[-1].disclosure, circle[-1].organisation) == (None, None)


def test_late_answers_are_reminded_of_by_the_clock_of_replies(cast, ask, now):
    row = ask()
    tuesday = row.reply_due_at + timedelta(hours=1)

    assert services.remind_disclosures(now=now) == 0
    assert services.remind_disclosures(now=tuesday) == 1
    assert services.remind_disclosures(now=tuesday + timedelta(minutes=5)) == 0
    event = Event.objects.get(name="demands.disclosure.overdue")
    assert tell_disclosure(event_id=event.pk, name=event.name, now=tuesday, **event.payload) == 2


@pytest.mark.parametrize("values", [{"confidentiality": "public"}, {"status": "withdrawn"}])
def test_what_is_no_longer_sought_waits_for_nobody(cast, secret, home, ask, now, values):
    row = ask()
    type(secret).objects.update(**values)

    assert services.remind_disclosures(now=row.reply_due_at + timedelta(hours=1)) == 0
    assert not selectors.waiting_requests(DemandAccess(cast.owner))

    Disclosure.objects.update(status=S.GRANTED)
    assert not selectors.waiting_promises(DemandAccess(cast.platform))


def test_what_waits_leads_both_sides_to_it(cast, secret, ask):
    row = ask()
    assert list(selectors.waiting_requests(DemandAccess(cast.owner))) == [row]
    assert not selectors.waiting_promises(DemandAccess(cast.platform))

    Disclosure.objects.update(status=S.GRANTED)
    assert list(selectors.waiting_promises(DemandAccess(cast.platform))) == [row]
    assert not selectors.waiting_requests(DemandAccess(cast.owner))
