"""Being told: by whose wish, of what, once."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.services import emit
from matching.models import Subscription
from matching.services.runs import start_demand_run
from matching.services.subscriptions import subscribe, unsubscribe
from tests.factories.accounts import person
from tests.factories.matching import operator_of, owner_of, polymer_capability, polymer_demand
from tests.factories.taxonomy import TermFactory, chengdu, guangdong

pytestmark = pytest.mark.django_db


def wish(user, **what):
    return subscribe(actor=user, now=timezone.now(), **what)


def titles(user):
    return list(user.notifications.order_by("pk").values_list("title", flat=True))


@pytest.fixture
def publish(django_capture_on_commit_callbacks):
    def run(name, **payload):
        with django_capture_on_commit_callbacks(execute=True):
            emit(name, **payload)

    return run


def test_poster_is_told_of_the_outcome(publish):
    polymer_capability()
    demand = polymer_demand()

    publish("demands.demand.published", demand_id=demand.pk)

    told = demand.posted_by.notifications.get(kind="matching.demand_matched")
    assert told.title == "需求匹配完成"
    assert "1 项新的合适能力" in told.body
    assert told.url == reverse("matching:demand", args=[demand.slug])


def test_poster_is_not_told_that_a_list_stays_as_it_is(publish):
    polymer_capability()
    demand = polymer_demand()

    for _ in range(2):  # as after a full run, which tells nobody
        publish("demands.demand.published", demand_id=demand.pk)

    assert titles(demand.posted_by).count("需求匹配完成") == 1


def test_poster_is_told_of_nothing_found_too(publish):
    demand = polymer_demand()

    publish("demands.demand.published", demand_id=demand.pk)

    assert (
        "放宽条件的建议" in demand.posted_by.notifications.get(kind="matching.demand_matched").body
    )


def test_who_starts_a_run_watches_it_himself(django_capture_on_commit_callbacks):
    demand = polymer_demand()

    with django_capture_on_commit_callbacks(execute=True):
        start_demand_run(actor=owner_of(demand), demand=demand, now=timezone.now())

    assert titles(demand.posted_by) == []


def test_subscriber_is_told_of_a_new_capability_once(publish):
    demand = polymer_demand()
    owner = owner_of(demand)
    wish(owner, demand=demand)
    capability = polymer_capability()

    publish("platforms.capability.published", capability_id=capability.pk)
    publish("platforms.capability.changed", capability_id=capability.pk)

    assert titles(owner) == ["有新能力适合您的需求"]


def test_operator_is_told_of_a_new_demand(publish):
    capability = polymer_capability()
    operator = operator_of(capability.platform)
    wish(operator, capability=capability)
    demand = polymer_demand()

    publish("demands.demand.published", demand_id=demand.pk)

    assert titles(operator) == ["有新需求适合您的能力"]


def test_right_that_is_lost_ends_the_telling(publish):
    demand = polymer_demand()
    owner = owner_of(demand)
    wish(owner, demand=demand)
    owner.role_assignments.update(ended_at=timezone.now())

    publish("platforms.capability.published", capability_id=polymer_capability().pk)

    assert titles(owner) == []


@pytest.mark.parametrize(
    ("search", "is_told"),
    [
        ({"words": "聚合反应"}, True),
        ({"words": "铝合金"}, False),
        ({"words": "聚合反应", "region": chengdu}, False),
        ({"region": guangdong}, True),
        ({"field": TermFactory}, True),
        ({"field": lambda: TermFactory(code="chemistry", name="化工")}, False),
    ],
)
def test_saved_search_tells_of_what_it_finds(publish, search, is_told):
    user = person(Role.ENTERPRISE)
    wish(user, **{key: make() if callable(make) else make for key, make in search.items()})
    capability = polymer_capability()
    capability.search = search_of(capability)
    capability.save()

    publish("platforms.capability.published", capability_id=capability.pk)

    assert bool(titles(user)) is is_told


def test_asking_twice_is_asking_once():
    demand = polymer_demand()
    owner = owner_of(demand)

    assert wish(owner, demand=demand) == wish(owner, demand=demand)


def test_only_insiders_subscribe_to_a_demand():
    with pytest.raises(Refused):
        wish(person(Role.ENTERPRISE), demand=polymer_demand())


def test_only_the_operator_subscribes_to_a_capability():
    with pytest.raises(Refused):
        wish(person(Role.ENTERPRISE), capability=polymer_capability())


def test_empty_search_is_refused():
    with pytest.raises(DomainError) as caught:
        wish(person(Role.ENTERPRISE), words="  ")

    assert caught.value.field == "words"


def test_searches_are_limited():
    user = person(Role.ENTERPRISE)
    for number in range(20):
        wish(user, words=f"词{number}")

    with pytest.raises(DomainError, match="最多保存 20 个"):
        wish(user, words="再来")


def test_nobody_cancels_for_another():
    found = wish(person(Role.ENTERPRISE), words="聚合")

    with pytest.raises(Refused):
        unsubscribe(actor=person(Role.ENTERPRISE), subscription=found, now=timezone.now())


def test_page_keeps_and_cancels_a_search(client):
    user = person(Role.ENTERPRISE)
    client.force_login(user)
    address = reverse("matching:subscriptions")

    client.post(address, {"words": "聚合"})
    shown = client.get(address).content.decode()
    client.post(reverse("matching:cancel_subscription", args=[Subscription.objects.get().pk]))

    assert "聚合" in shown
    assert Subscription.objects.count() == 0


def test_page_shows_what_is_wrong(client):
    client.force_login(person(Role.ENTERPRISE))

    page = client.post(reverse("matching:subscriptions"), {"words": ""})

    assert "请填写关键词" in page.content.decode()


def search_of(capability):
    from core.search import search_vector  # an expression, made per row

    return search_vector(title=capability.title, body=capability.description)
