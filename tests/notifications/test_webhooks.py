"""Addresses of other systems: who may register which, and their secrets."""

import pytest

from accounts.enums import Role
from accounts.services import close_account
from core.errors import DomainError, Refused
from core.models import ActivityLog, Event
from core.services import deliver_event
from notifications import services
from notifications.enums import WebhookKind
from notifications.models import WebhookEndpoint
from notifications.webhook_signatures import secret_of, sign
from tests.factories.accounts import person

pytestmark = pytest.mark.django_db
KINDS = [WebhookKind.PLATFORM_PUBLISHED]


@pytest.fixture
def partner():
    return person(Role.PARTNER)


def create(actor, now, url="https://erp.example.com/hooks", kinds=KINDS):
    return services.create_endpoint(actor=actor, url=url, kinds=kinds, now=now)


def test_the_signature_is_that_of_the_specification():
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
        b'{"test": 2432232314}',
    )  # fmt: skip

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR, Role.PARTNER])
def test_an_address_is_registered_with_a_secret_that_is_not_kept(now, role):
    endpoint, secret = create(person(role), now)

    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in str(WebhookEndpoint.objects.values())
    assert secret_of(endpoint.seed) == secret
    assert ActivityLog.objects.get().action == "notifications.webhookendpoint.create"


@pytest.mark.parametrize("role", [Role.GOVERNMENT, Role.REVIEWER, Role.SYSTEM_ADMIN])
def test_others_may_register_none(now, role):
    with pytest.raises(Refused):
        create(person(role), now)

    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"url": "http://erp.example.com/"}, "address", "url"),
        ({"url": "https://127.0.0.1/"}, "private_address", "url"),
        ({"url": "https://169.254.169.254/"}, "private_address", "url"),
        ({"kinds": []}, "kinds", "kinds"),
        ({"kinds": ["platform.eaten"]}, "kinds", "kinds"),
    ],
)
def test_what_cannot_be_told_is_refused_at_its_field(now, partner, settings, given, code, field):
    settings.OUTGOING_HTTP, settings.OUTGOING_NETWORKS = False, []

    with pytest.raises(DomainError) as refused:
        create(partner, now, **given)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert not WebhookEndpoint.objects.exists()


def test_an_address_is_registered_once_and_ten_at_most(now, partner):
    create(partner, now)

    with pytest.raises(DomainError, match="已经登记"):
        create(partner, now)
    for number in range(9):
        create(partner, now, url=f"https://erp.example.com/{number}")
    with pytest.raises(DomainError, match="最多"):
        create(partner, now, url="https://erp.example.com/more")

    assert WebhookEndpoint.objects.count() == 10


def test_only_the_owner_changes_an_address(now, partner):
    endpoint, _ = create(partner, now)
    other = person(Role.PARTNER)
    values = {"url": "https://other.example.com/", "kinds": [WebhookKind.LIST_PUBLISHED]}

    for do, options in (
        (services.edit_endpoint, values),
        (services.rotate_secret, {}),
        (services.set_endpoint_active, {"is_active": False}),
        (services.send_test, {}),
        (services.delete_endpoint, {}),
    ):
        with pytest.raises(Refused):
            do(actor=other, endpoint=endpoint, now=now, **options)
    before = WebhookEndpoint.objects.values().get()
    services.edit_endpoint(actor=partner, endpoint=endpoint, now=now, **values)

    after = WebhookEndpoint.objects.values().get()
    assert (before["url"], before["seed"], before["is_active"]) == (
        "https://erp.example.com/hooks", endpoint.seed, True,
    )  # fmt: skip
    assert (after["url"], after["kinds"]) == (values["url"], ["list.published"])


def test_switching_twice_is_logged_once(now, partner):
    endpoint, _ = create(partner, now)

    for _ in range(2):
        services.set_endpoint_active(actor=partner, endpoint=endpoint, is_active=False, now=now)

    assert not WebhookEndpoint.objects.get().is_active
    assert ActivityLog.objects.filter(action__endswith=".stop").count() == 1


def test_a_deleted_address_is_gone_with_its_deliveries(now, partner):
    endpoint, _ = create(partner, now)
    services.send_test(actor=partner, endpoint=endpoint, now=now)

    services.delete_endpoint(actor=partner, endpoint=endpoint, now=now)

    assert not WebhookEndpoint.objects.exists()


def test_who_closes_the_account_leaves_no_address(now, partner):
    create(partner, now)
    create(person(Role.PARTNER), now)
    close_account(actor=partner, now=now)
    event = Event.objects.get(name="accounts.user.closed")

    for _ in range(2):
        deliver_event(event_id=str(event.pk), now=now)

    assert WebhookEndpoint.objects.get().user != partner
