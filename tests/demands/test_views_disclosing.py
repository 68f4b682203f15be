"""Pages of requests, promises and readings (D08)."""

import re

import pytest
from django.urls import reverse

from accounts.enums import Role
from demands.models import Disclosure, SecrecyPromise
from demands.services import note_full_reading
from tests.demands.conftest import page
from tests.factories.accounts import person
from tests.factories.demands import disclose


@pytest.fixture
def home(cast):
    return cast.platform.organisations[0]


@pytest.fixture
def seen(client, sign_in, secret_demand):
    """The page of the confidential demand as somebody sees it."""

    def look(user):
        sign_in(user)
        return page(client.get(secret_demand.get_absolute_url()))

    return look


def act(client, demand, row, name, **given):
    return client.post(reverse("demands:answer", args=[demand.slug, row.pk, name]), given)


def test_from_asking_to_reading_and_back(client, cast, secret_demand, home, seen):
    assert "申请查看完整需求" in seen(cast.platform)
    client.post(
        reverse("demands:ask", args=[secret_demand.slug]), {"organisation": home.pk, "note": "有釜"}
    )
    assert "已申请查看全文" in seen(cast.platform)

    asked = seen(cast.owner)
    row = Disclosure.objects.get()
    assert f"{home.name}申请查看全文" in asked
    assert "“有釜”" in asked
    act(client, secret_demand, row, "grant")

    shown = seen(cast.platform)
    assert "阅读并接受保密承诺" in shown
    assert secret_demand.description not in shown
    assert "张工" not in shown
    digest = re.search(r'name="digest" value="(\w+)"', page(client.get(row.get_absolute_url())))
    client.post(row.get_absolute_url(), {"digest": digest[1]})

    shown = seen(cast.platform)
    assert secret_demand.description in shown
    assert 'class="watermark" aria-hidden="true"' in shown
    assert f"{home.name} {cast.platform}</text>" in shown
    assert digest[1] in page(client.get(row.get_absolute_url()))

    logged = seen(cast.owner)
    assert "watermark" not in logged
    assert "承诺书" in logged
    assert re.search(rf"{cast.platform}\s*<span class=\"nowrap\">1 次", logged)
    act(client, secret_demand, row, "revoke")

    assert secret_demand.description not in seen(cast.platform)
    assert "再次申请" in seen(cast.platform)


def test_a_no_is_told_with_its_reason(client, sign_in, cast, secret_demand, home, seen):
    row = disclose(secret_demand, home, status="requested")
    sign_in(cast.owner)

    assert "请写明原因" in page(
        client.post(
            reverse("demands:answer", args=[secret_demand.slug, row.pk, "decline"]), follow=True
        )
    )
    act(client, secret_demand, row, "decline", reason="已有意向平台")

    assert "已有意向平台" in seen(cast.platform)


@pytest.mark.parametrize(
    ("who", "asks", "circle"),
    [
        ("visitor", False, False),
        ("stranger", False, False),
        ("platform", True, False),
        ("owner", False, True),
        ("staff", False, True),
        ("broker", False, True),
        ("far_staff", False, False),
    ],
)
def test_who_sees_what(client, sign_in, cast, secret_demand, who, asks, circle):
    if who != "visitor":
        sign_in(getattr(cast, who))

    shown = page(client.get(secret_demand.get_absolute_url()))

    assert ("申请查看完整需求" in shown) is asks
    assert ("谁可以看全文，谁看过" in shown) is circle
    assert ("watermark" in shown) is (who in {"staff", "broker"})


@pytest.mark.parametrize(
    ("who", "status"),
    [("platform", 200), ("owner", 200), ("staff", 200), ("stranger", 404), ("far_staff", 404)],
)
def test_the_promise_is_for_both_sides_and_who_governs(
    client, sign_in, cast, secret_demand, home, who, status
):
    row = disclose(secret_demand, home, status="granted")
    sign_in(getattr(cast, who))

    answer = client.get(row.get_absolute_url())

    assert answer.status_code == status
    assert ("代表本单位接受" in answer.content.decode()) is (who == "platform")


def test_a_promise_on_another_text_is_not_taken(client, sign_in, cast, secret_demand, home):
    row = disclose(secret_demand, home, status="granted")
    sign_in(cast.platform)

    shown = page(client.post(row.get_absolute_url(), {"digest": "0" * 64}, follow=True))

    assert "请重新阅读" in shown
    assert not SecrecyPromise.objects.exists()


def test_the_buttons_are_the_owners(client, sign_in, cast, secret_demand, home):
    row = disclose(secret_demand, home, status="requested")
    for who, status in (("platform", 403), ("staff", 403), ("stranger", 404)):
        sign_in(getattr(cast, who))
        for name in ("grant", "decline", "revoke"):
            answer = act(client, secret_demand, row, name, reason="x")
            assert answer.status_code == status, (who, name)

    row.refresh_from_db()
    assert row.status == "requested"


def test_asking_for_another_organisation_is_refused(client, sign_in, cast, secret_demand):
    sign_in(cast.platform)
    url = reverse("demands:ask", args=[secret_demand.slug])

    client.post(url, {"organisation": cast.home.pk})

    assert not Disclosure.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_owners_page_costs_the_same_for_many_promises(
    client, sign_in, cast, secret_demand, seen, now, django_assert_num_queries, count
):
    for _ in range(count):
        reader = person(Role.OPERATOR)
        row = disclose(secret_demand, reader.organisations[0])
        note_full_reading(actor=reader, demand=secret_demand, now=now)
        assert row.organisation.name in seen(cast.owner)

    with django_assert_num_queries(12):
        client.get(secret_demand.get_absolute_url())
