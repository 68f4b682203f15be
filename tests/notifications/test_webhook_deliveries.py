"""Webhooks on their way: signed, repeated, given up, never lost and never doubled."""

import json
import signal
import threading
import uuid
from datetime import timedelta

import pytest
from django.conf import settings

from accounts.enums import Role
from core.errors import DomainError, Refused
from notifications import services
from notifications.enums import WebhookStatus
from notifications.models import Notification, WebhookDelivery
from notifications.services.webhook_deliveries import BUSY_FOR, KEPT_FOR, PAUSES
from notifications.tasks import send_webhooks, sweep_webhooks
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
EVENT = str(uuid.UUID(int=7))


@pytest.fixture
def partner():
    return person(Role.PARTNER)


def queue(now, event=EVENT, may_know=lambda _user: True, record="p-1"):
    return services.queue_deliveries(
        event_id=event, kind="platform.published", record_id=record, may_know=may_know, now=now,
        record_url=f"/api/v1/platforms/{record}/",
    )  # fmt: skip


def send(endpoint, now):
    return services.send_next(endpoint_id=endpoint.pk, now=now)


def test_a_message_names_the_record_and_is_signed(now, partner, hooked, receiver):
    endpoint, secret = hooked(partner)
    queue(now)

    assert send(endpoint, now)
    headers, body = receiver.got[0]
    row = WebhookDelivery.objects.get()
    assert json.loads(body) == {
        "type": "platform.published", "timestamp": now.isoformat(),
        "data": {"id": "p-1", "url": f"{settings.SITE_URL}/api/v1/platforms/p-1/"},
    }  # fmt: skip
    assert headers["webhook-id"] == row.message_id
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert receiver.is_signed(secret)
    assert (row.status, row.response_code, row.attempts) == ("delivered", 204, 1)


def test_after_a_change_both_secrets_sign_for_a_day(now, partner, hooked, receiver):
    endpoint, old = hooked(partner)
    new = services.rotate_secret(actor=partner, endpoint=endpoint, now=now)
    queue(now)
    send(endpoint, now)
    both = receiver.is_signed(old), receiver.is_signed(new)

    later = now + timedelta(hours=25)
    queue(later, event=str(uuid.uuid4()))
    send(endpoint, later)

    assert both == (True, True)
    assert (receiver.is_signed(old), receiver.is_signed(new)) == (False, True)


def test_an_event_is_told_once_to_those_who_asked_and_may_know(now, partner, hooked):
    endpoint, _ = hooked(partner)
    hooked(person(Role.PARTNER), "list.published")
    hooked(person(Role.ENTERPRISE))

    for _ in range(2):
        queue(now, may_know=lambda user: user == partner)

    assert [row.endpoint for row in WebhookDelivery.objects.all()] == [endpoint]


@pytest.mark.parametrize("code", [302, 400, 500])
def test_what_does_not_arrive_is_repeated_as_the_same_message(now, partner, hooked, receiver, code):
    endpoint, _ = hooked(partner)
    queue(now)
    receiver.codes = [code]

    first = send(endpoint, now)
    too_early = send(endpoint, now + timedelta(seconds=59))
    second = send(endpoint, now + PAUSES[0])

    row = WebhookDelivery.objects.get()
    assert (first, too_early, second) == (False, False, True)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.got}) == 2
    assert (row.status, row.attempts, row.error) == ("delivered", 2, "")


def test_after_two_days_it_is_given_up_and_the_owner_told_once(now, partner, hooked, receiver):
    endpoint, _ = hooked(partner)
    queue(now)
    receiver.code, at = 503, now

    for pause in (timedelta(), *PAUSES):
        at += pause
        send(endpoint, at)

    endpoint.refresh_from_db()
    row = WebhookDelivery.objects.get()
    assert timedelta(hours=47) < at - now < timedelta(days=2)
    assert (row.status, row.attempts, row.due_at) == (WebhookStatus.FAILED, 9, None)
    assert (endpoint.is_active, endpoint.stop_reason) == (
        False, "两天没有送达：对方返回 503。",
    )  # fmt: skip
    assert Notification.objects.get().user == partner
    assert queue(at, event=str(uuid.uuid4())) == 0


def test_an_endpoint_that_takes_other_messages_stays_in_use(now, partner, hooked, receiver):
    endpoint, _ = hooked(partner)
    queue(now)
    WebhookDelivery.objects.update(attempts=len(PAUSES))
    queue(now + timedelta(seconds=1), event=str(uuid.uuid4()))
    receiver.codes = [204, 500]
    WebhookDelivery.objects.filter(attempts=0).update(due_at=now)
    WebhookDelivery.objects.exclude(attempts=0).update(due_at=now + timedelta(seconds=2))

    send(endpoint, now + timedelta(seconds=1))
    send(endpoint, now + timedelta(seconds=2))

    endpoint.refresh_from_db()
    assert endpoint.is_active
    assert WebhookDelivery.objects.filter(status="failed").count() == 1


def test_who_says_gone_is_told_no_more(now, partner, hooked, receiver):
    endpoint, _ = hooked(partner)
    queue(now)
    receiver.code = 410

    send(endpoint, now)

    endpoint.refresh_from_db()
    assert not endpoint.is_active
    assert WebhookDelivery.objects.get().status == "failed"


def test_nobody_there_is_written_down(now, partner, hooked, settings):
    endpoint, _ = hooked(partner)
    settings.OUTGOING_NETWORKS = []  # the address turns out to be private when it is resolved
    queue(now)

    send(endpoint, now)

    row = WebhookDelivery.objects.get()
    assert (row.status, row.response_code) == ("waiting", None)
    assert "内部网络" in row.error


def test_one_worker_at_a_time_sends_to_an_endpoint(now, partner, hooked, receiver):
    endpoint, _ = hooked(partner)
    queue(now)
    queue(now, record="p-2")
    seen = []
    receiver.on_request = lambda: seen.append(len(receiver.got))
    endpoint.busy_until = now + BUSY_FOR
    endpoint.save()

    assert not send(endpoint, now)
    assert services.sweep_webhooks(now=now) == 0
    assert send(endpoint, now + BUSY_FOR)
    assert seen == [1]


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(now, partner, hooked, receiver):
    endpoint, _ = hooked(partner)
    queue(now)
    main = threading.main_thread().ident or 0

    def die(*_: object) -> None:
        raise SystemExit

    before = signal.signal(signal.SIGUSR1, die)
    receiver.on_request = lambda: signal.pthread_kill(main, signal.SIGUSR1)
    try:
        with pytest.raises(SystemExit):  # while it waits for the answer
            send(endpoint, now)
    finally:
        signal.signal(signal.SIGUSR1, before)
        receiver.on_request = None

    row = WebhookDelivery.objects.get()
    assert (row.status, row.attempts) == ("waiting", 0)
    assert not send(endpoint, now + timedelta(seconds=30))
    assert send(endpoint, now + BUSY_FOR)
    assert not send(endpoint, now + 2 * BUSY_FOR)
    assert [headers["webhook-id"] for headers, _ in receiver.got] == [row.message_id] * 2


def test_the_task_sends_all_that_is_due(
    now, partner, hooked, receiver, django_capture_on_commit_callbacks
):
    hooked(partner)
    with django_capture_on_commit_callbacks(execute=True):
        queue(now)
        queue(now, record="p-2")

    assert len(receiver.got) == 2


def test_the_sweep_finds_what_a_lost_queue_left(
    now, partner, hooked, receiver, django_capture_on_commit_callbacks
):
    hooked(partner)
    queue(now)

    with django_capture_on_commit_callbacks(execute=True):
        sweep_webhooks()

    assert len(receiver.got) == 1
    send_webhooks(endpoint_id=0)  # an endpoint that is gone


def test_a_test_is_a_ping_and_can_be_sent_again(now, partner, hooked, receiver):
    endpoint, _ = hooked(partner)
    row = services.send_test(actor=partner, endpoint=endpoint, now=now)
    send(endpoint, now)

    services.resend(actor=partner, delivery=row, now=now)
    send(endpoint, now)

    assert [json.loads(body)["type"] for _, body in receiver.got] == ["ping", "ping"]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_stopped_endpoint_is_not_tested_and_not_resent(now, partner, hooked):
    endpoint, _ = hooked(partner)
    row = services.send_test(actor=partner, endpoint=endpoint, now=now)
    services.set_endpoint_active(actor=partner, endpoint=endpoint, is_active=False, now=now)
    endpoint.refresh_from_db()
    row.refresh_from_db()

    for do, given in ((services.send_test, {"endpoint": endpoint}),
                      (services.resend, {"delivery": row})):  # fmt: skip
        with pytest.raises(DomainError, match="已停用"):
            do(actor=partner, now=now, **given)
    with pytest.raises(Refused):
        services.resend(actor=person(Role.PARTNER), delivery=row, now=now)
    assert not send(endpoint, now)


def test_what_is_a_month_old_is_forgotten(now, partner, hooked):
    endpoint, _ = hooked(partner)
    services.send_test(actor=partner, endpoint=endpoint, now=now - KEPT_FOR - timedelta(hours=1))
    services.send_test(actor=partner, endpoint=endpoint, now=now)

    assert services.forget_deliveries(now=now) == 1
    assert WebhookDelivery.objects.get().created_at == now


def test_the_check_in_the_readme_works(now, partner, hooked, receiver):
    endpoint, secret = hooked(partner)
    services.send_test(actor=partner, endpoint=endpoint, now=now)
    send(endpoint, now)
    readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
    code = {}
    exec(readme.split("```python\n")[1].split("```")[0], code)
    headers, body = receiver.got[0]

    assert code["is_genuine"](headers, body, secret)
    assert not code["is_genuine"](headers, body + b" ", secret)
    assert not code["is_genuine"](headers | {"webhook-timestamp": "1614265330"}, body, secret)
