"""The activity log, events and their deliveries on a real database."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from core import events, services
from core.access import SYSTEM
from core.models import ActivityLog, ActivitySeal, Delivery, Event
from core.tasks import dispatch_event
from tests.factories.accounts import OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def reactions(monkeypatch):
    """An empty registry of reactions that a test fills with `events.on`."""
    monkeypatch.setattr(events, "_reactions", {})
    return events.on


def test_log_activity_keeps_names_beside_ids(now):
    user = UserFactory(name="王工")
    target = OrganisationFactory(name="测试单位")

    row = services.log_activity(
        actor=user, action="accounts.organisation.approve", target=target, now=now, reason=" 可 "
    )

    assert (row.actor_id, row.actor_name, row.target_label, row.reason) == (
        user.pk, "王工", "测试单位", "可",
    )  # fmt: skip


def test_log_activity_by_the_system_has_no_actor(now):
    row = services.log_activity(
        actor=SYSTEM, action="demands.demand.expire", target=OrganisationFactory(), now=now
    )

    assert (row.actor_id, row.actor_name) == (None, "系统")


@pytest.mark.parametrize("change", ["update", "delete"])
def test_activity_log_cannot_be_changed(now, change):
    row = services.log_activity(actor=SYSTEM, action="a", target=OrganisationFactory(), now=now)

    with pytest.raises(DatabaseError), transaction.atomic():
        if change == "update":
            ActivityLog.objects.filter(pk=row.pk).update(reason="改")
        else:
            ActivityLog.objects.filter(pk=row.pk).delete()

    assert ActivityLog.objects.get(pk=row.pk).reason == ""


def test_seals_chain_rows_and_verify(now):
    target = OrganisationFactory()
    for minutes in (5, 4, 3):
        services.log_activity(
            actor=SYSTEM, action="a", target=target, now=now - timedelta(minutes=minutes)
        )

    first = services.seal_activity_log(now=now)
    services.log_activity(actor=SYSTEM, action="b", target=target, now=now)
    second = services.seal_activity_log(now=now + timedelta(minutes=5))

    assert (first.count, second.count) == (3, 1)
    assert services.verify_activity_log() is None


def test_seal_leaves_rows_of_the_last_minute_for_later(now):
    services.log_activity(actor=SYSTEM, action="a", target=OrganisationFactory(), now=now)

    assert services.seal_activity_log(now=now) is None


def test_verify_finds_the_seal_that_does_not_hold(now):
    services.log_activity(
        actor=SYSTEM, action="a", target=OrganisationFactory(), now=now - timedelta(minutes=5)
    )
    row = ActivityLog.objects.get()
    seal = ActivitySeal.objects.create(
        first_id=row.pk, last_id=row.pk, count=1, digest="0" * 64, sealed_at=now
    )

    assert services.verify_activity_log() == seal


def test_emit_delivers_after_commit_once(reactions, django_capture_on_commit_callbacks):
    seen = []
    reactions("thing.done", name="test.see")(lambda **kwargs: seen.append(kwargs["payload"]))

    with django_capture_on_commit_callbacks(execute=True):
        event = services.emit("thing.done", thing_id=7)
    dispatch_event(event_id=str(event.pk))

    event.refresh_from_db()
    assert seen == [{"thing_id": 7}]
    assert event.completed_at is not None


def test_rolled_back_change_leaves_no_event(reactions):
    reactions("thing.done", name="test.see")(lambda **kwargs: None)

    with pytest.raises(RuntimeError), transaction.atomic():
        services.emit("thing.done")
        raise RuntimeError

    assert Event.objects.count() == 0


def test_failing_reaction_does_not_hold_up_the_others(reactions, now):
    seen = []

    def fail(**kwargs):
        raise ValueError("坏了")

    reactions("thing.done", name="test.a_fails")(fail)
    reactions("thing.done", name="test.b_works")(lambda **kwargs: seen.append(1))
    event = Event.objects.create(name="thing.done")

    left = services.deliver_event(event_id=str(event.pk), now=now)

    failed = Delivery.objects.get(reaction="test.a_fails")
    assert (left, seen, failed.attempts, failed.done_at) == (1, [1], 1, None)
    assert "坏了" in failed.last_error


def test_failing_reaction_is_given_up_after_ten_attempts(reactions, now):
    def fail(**kwargs):
        raise ValueError

    reactions("thing.done", name="test.fails")(fail)
    event = Event.objects.create(name="thing.done")

    left = [services.deliver_event(event_id=str(event.pk), now=now) for _ in range(10)]

    assert left == [1] * 9 + [0]


def test_sweep_picks_up_what_a_dead_worker_left(reactions, now, django_capture_on_commit_callbacks):
    seen = []
    reactions("thing.done", name="test.see")(lambda **kwargs: seen.append(1))
    event = Event.objects.create(name="thing.done")
    Event.objects.filter(pk=event.pk).update(created_at=now - timedelta(minutes=2))

    with django_capture_on_commit_callbacks(execute=True):
        swept = services.sweep_events(now=now)

    assert (swept, seen) == (1, [1])


def test_sweep_leaves_fresh_events_to_their_own_dispatch(now):
    Event.objects.create(name="thing.done")

    assert services.sweep_events(now=now) == 0
