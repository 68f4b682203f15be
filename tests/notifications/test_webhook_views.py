"""The pages and the endpoint of webhooks."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from notifications import services
from notifications.models import WebhookDelivery, WebhookEndpoint
from tests.factories.accounts import PASSWORD, person, with_token

pytestmark = pytest.mark.django_db
PAGE = "/profile/webhooks/"


@pytest.fixture
def partner() -> User:
    return person(Role.PARTNER)


@pytest.fixture
def client(client, partner):
    """Signed in with the password, a moment ago."""
    client.force_login(partner)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_registering_shows_the_secret_once(client, partner):
    given = {"url": "https://erp.example.com/", "kinds": ["list.published"]}

    page = client.post(PAGE, given).content.decode()

    assert "whsec_" in page
    assert "whsec_" not in client.get(PAGE).content.decode()
    assert WebhookEndpoint.objects.get().kinds == ["list.published"]


def test_a_refused_address_is_said_at_its_field(client):
    page = client.post(PAGE, {"url": "https://10.0.0.1/", "kinds": ["list.published"]})

    assert "内部网络" in page.context["form"].errors["url"][0]
    assert not WebhookEndpoint.objects.exists()


def test_the_page_of_an_address_counts_its_queries(
    client, partner, hooked, now, django_assert_num_queries
):
    endpoint, _ = hooked(partner)
    services.send_test(actor=partner, endpoint=endpoint, now=now)
    client.get(endpoint.get_absolute_url())
    with django_assert_num_queries(7):
        client.get(endpoint.get_absolute_url())

    for _ in range(2):
        services.send_test(actor=partner, endpoint=endpoint, now=now)

    with django_assert_num_queries(7):
        client.get(endpoint.get_absolute_url())


def test_its_buttons_do_what_they_say(client, partner, hooked, now):
    endpoint, secret = hooked(partner)
    url = endpoint.get_absolute_url()

    client.post(f"{url}test/")
    delivery = WebhookDelivery.objects.get()
    client.post(reverse("notifications:webhook_resend", args=[delivery.pk]))
    page = client.post(f"{url}rotate/").content.decode()
    client.post(url, {"url": "https://new.example.com/", "kinds": ["project.changed"]})
    client.post(f"{url}switch/")

    endpoint.refresh_from_db()
    assert "whsec_" in page
    assert secret not in page
    assert (endpoint.url, endpoint.kinds, endpoint.is_active) == (
        "https://new.example.com/", ["project.changed"], False,
    )  # fmt: skip
    assert client.post(f"{url}delete/")["Location"] == PAGE
    assert not WebhookEndpoint.objects.exists()


def test_anothers_address_is_a_404(client, hooked, now):
    other = person(Role.PARTNER)
    endpoint, _ = hooked(other)
    row = services.send_test(actor=other, endpoint=endpoint, now=now)
    url = endpoint.get_absolute_url()

    assert client.get(url).status_code == 404
    for path in (f"{url}test/", f"{url}rotate/", f"{url}switch/", f"{url}delete/",
                 reverse("notifications:webhook_resend", args=[row.pk])):  # fmt: skip
        assert client.post(path).status_code == 404
    assert WebhookEndpoint.objects.filter(is_active=True, old_seed="").exists()


def test_officials_have_no_webhooks_and_no_link_to_them(sign_in):
    client = sign_in(person(Role.GOVERNMENT))

    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/profile/").content.decode()


def test_the_endpoint_lists_ones_own_deliveries(api, partner, hooked, now):
    endpoint, _ = hooked(partner)
    row = services.send_test(actor=partner, endpoint=endpoint, now=now)
    other = person(Role.PARTNER)
    services.send_test(actor=other, endpoint=hooked(other)[0], now=now)

    answer = with_token(api, partner, "webhooks:read").get("/api/v1/webhook-deliveries/").json()

    assert [one["message_id"] for one in answer["results"]] == [row.message_id]
    assert answer["results"][0]["status"] == "waiting"
