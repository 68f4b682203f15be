"""Being told of new equipment, lines, experts and solutions, and of new demands for them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from core.errors import Refused
from core.services import emit
from matching.models import Subscription
from matching.services.subscriptions import MAX_SEARCHES, subscribe
from tests.factories.accounts import person
from tests.factories.matching import (
    match_demand,
    operator_of,
    owner_of,
    polymer_capability,
    polymer_demand,
)
from tests.matching.test_offers import KINDS, make

pytestmark = pytest.mark.django_db
LABELS = {"equipment": "设备", "line": "中试线", "expert": "专家", "solution": "解决方案"}


@pytest.fixture
def publish(django_capture_on_commit_callbacks):
    def run(name, **payload):
        with django_capture_on_commit_callbacks(execute=True):
            emit(name, **payload)

    return run


def wish(user, **what):
    return subscribe(actor=user, now=timezone.now(), **what)


def titles(user):
    return list(user.notifications.order_by("pk").values_list("title", flat=True))


@pytest.mark.parametrize("kind", KINDS)
def test_subscriber_of_a_demand_is_told_of_a_new_resource_once(publish, kind):
    polymer_capability()
    demand = polymer_demand()
    match_demand(demand)
    owner = owner_of(demand)
    wish(owner, demand=demand)
    resource = make(kind)

    publish(f"platforms.{kind}.published", **{f"{kind}_id": resource.pk})
    publish(f"platforms.{kind}.changed", **{f"{kind}_id": resource.pk})

    assert titles(owner) == [f"有新{LABELS[kind]}适合您的需求"]
    told = owner.notifications.get()
    assert told.url == f"{reverse('matching:demand', args=[demand.slug])}?kind={kind}"


@pytest.mark.parametrize("kind", KINDS)
def test_subscriber_of_a_resource_is_told_of_a_new_demand_once(publish, kind):
    polymer_capability()
    resource = make(kind)
    operator = operator_of(resource.platform)
    wish(operator, resource=resource)
    demand = polymer_demand()

    publish("demands.demand.published", demand_id=demand.pk)
    publish("demands.demand.amended", demand_id=demand.pk)

    assert titles(operator) == [f"有新需求适合您的{LABELS[kind]}"]
    assert operator.notifications.get().url == reverse(
        "matching:suited", args=[kind, resource.slug]
    )


def test_poster_reads_of_resources_too(publish):
    make("equipment")
    demand = polymer_demand()

    publish("demands.demand.published", demand_id=demand.pk)

    body = demand.posted_by.notifications.get(kind="matching.demand_matched").body
    assert "另有 1 项设备、中试线、专家或方案与它相关" in body


def test_right_that_is_lost_ends_the_telling(publish):
    polymer_capability()
    resource, demand = make("equipment"), polymer_demand()
    operator, owner = operator_of(resource.platform), owner_of(demand)
    wish(operator, resource=resource)
    wish(owner, demand=demand)
    for user in (operator, owner):
        user.role_assignments.update(ended_at=timezone.now())

    publish("demands.demand.published", demand_id=demand.pk)
    publish("platforms.equipment.published", equipment_id=make("equipment").pk)

    assert (titles(operator), titles(owner)) == ([], [])


def test_stranger_may_not_subscribe():
    with pytest.raises(Refused):
        wish(person(Role.OPERATOR), resource=make("equipment"))

    assert not Subscription.objects.exists()


def test_asking_twice_is_asking_once_and_counts_as_no_search():
    resource = make("equipment")
    operator = operator_of(resource.platform)

    assert wish(operator, resource=resource) == wish(operator, resource=resource)

    for number in range(MAX_SEARCHES):
        wish(operator, words=f"词{number}")
    assert Subscription.objects.searches().count() == MAX_SEARCHES


def test_operator_switches_it_on_and_off(client):
    resource = make("line")
    client.force_login(operator_of(resource.platform))
    page = reverse("matching:suited", args=["line", resource.slug])
    switch = reverse("matching:subscribe_resource", args=["line", resource.slug])
    assert switch in client.get(page).content.decode()

    client.post(switch)

    listed = client.get(reverse("matching:subscriptions")).content.decode()
    assert page in listed
    assert "中试线的新需求" in listed
    client.post(switch, {"cancel": "1"})
    assert not Subscription.objects.exists()


def test_stranger_finds_no_switch(client):
    resource = make("line")
    client.force_login(person(Role.OPERATOR))

    url = reverse("matching:subscribe_resource", args=["line", resource.slug])
    assert client.post(url).status_code == 404


def test_subscription_of_what_is_gone_can_still_be_cancelled(client):
    resource = make("line")
    operator = operator_of(resource.platform)
    found = wish(operator, resource=resource)
    resource.delete()
    client.force_login(operator)

    assert "已删除的中试线" in client.get(reverse("matching:subscriptions")).content.decode()
    client.post(reverse("matching:cancel_subscription", args=[found.pk]))

    assert not Subscription.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_my_subscriptions_cost_the_same_for_more_rows(client, django_assert_num_queries, count):
    first = make("equipment")
    operator = operator_of(first.platform)
    for number in range(count):
        wish(operator, resource=make("equipment", name=f"釜{number}", platform=first.platform))
    client.force_login(operator)
    url = reverse("matching:subscriptions")
    client.get(url)

    with django_assert_num_queries(8):
        client.get(url)
