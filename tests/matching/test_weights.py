"""Weights: versions, activation, roll back, freeze; what they do to the ranking."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.models import ActivityLog
from matching.engine.weights import SHIPPED, shipped_weights
from matching.models import Match, MatchWeights
from matching.selectors.weights import active_weights, compared, contributions
from matching.services.weights import activate_weights, add_weights, freeze_weights
from tests.factories.accounts import person
from tests.factories.matching import match_demand, polymer_capability, polymer_demand

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return person(Role.SYSTEM_ADMIN)


def record(version, **numbers):
    found = json.loads(SHIPPED.read_text(encoding="utf-8"))
    found["version"] = version
    found["without_encoder"] |= numbers
    return found


def add(actor, version, **numbers):
    return add_weights(
        actor=actor, record=record(version, **numbers), note="试验", now=timezone.now()
    )


def activate(actor, version):
    return activate_weights(actor=actor, version=version, now=timezone.now())


def test_shipped_weights_rank_until_somebody_activates_others(admin):
    add(admin, "b")

    assert active_weights().version == shipped_weights().version


def test_activated_weights_rank(admin):
    polymer_capability()
    demand = polymer_demand()
    match_demand(demand)
    before = Match.objects.for_demands().get().score
    add(admin, "b", bias=-9.0)
    activate(admin, "b")

    run = match_demand(demand)

    assert run.weights_version == "b"
    assert Match.objects.for_demands().get().score < before


def test_rolling_back_is_activating_the_earlier(admin):
    add(admin, "b")
    activate(admin, "b")

    activate(admin, shipped_weights().version)

    assert active_weights().version == shipped_weights().version
    changes = ActivityLog.objects.filter(action="matching.matchweights.activate")
    assert [row.data["to"] for row in changes.order_by("pk")] == ["b", shipped_weights().version]


def test_activating_the_active_changes_nothing(admin):
    add(admin, "b")
    activate(admin, "b")

    activate(admin, "b")

    assert ActivityLog.objects.filter(action="matching.matchweights.activate").count() == 1


def test_frozen_version_is_not_replaced(admin):
    add(admin, "b")
    activate(admin, shipped_weights().version)
    freeze_weights(actor=admin, is_frozen=True, now=timezone.now())

    with pytest.raises(DomainError, match="已冻结"):
        activate(admin, "b")

    assert active_weights().version == shipped_weights().version


def test_lifted_freeze_lets_another_in(admin):
    add(admin, "b")
    activate(admin, shipped_weights().version)
    freeze_weights(actor=admin, is_frozen=True, now=timezone.now())
    freeze_weights(actor=admin, is_frozen=False, now=timezone.now())

    assert activate(admin, "b").is_active


def test_nothing_active_is_not_frozen(admin):
    with pytest.raises(DomainError, match="先启用"):
        freeze_weights(actor=admin, is_frozen=True, now=timezone.now())


@pytest.mark.parametrize("wrong", [[], "a", {"version": "c"}, {**record("c"), "lexical": {}}])
def test_incomplete_weights_are_refused_at_their_field(admin, wrong):
    with pytest.raises(DomainError) as caught:
        add_weights(actor=admin, record=wrong, note="", now=timezone.now())

    assert caught.value.field == "record"
    assert MatchWeights.objects.count() == 0


@pytest.mark.parametrize("version", ["", "长" * 41])
def test_version_must_be_a_short_name(admin, version):
    with pytest.raises(DomainError, match="版本号"):
        add(admin, version)


def test_taken_version_is_refused(admin):
    add(admin, "b")

    with pytest.raises(DomainError, match="已经存在"):
        add(admin, "b")


def test_unknown_version_is_refused(admin):
    with pytest.raises(DomainError, match="没有这个版本"):
        activate(admin, "nonsense")


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR, Role.BROKER])
def test_weights_are_for_staff(role):
    user = person(role)

    with pytest.raises(Refused):
        add(user, "b")
    with pytest.raises(Refused):
        activate(user, "b")
    with pytest.raises(Refused):
        freeze_weights(actor=user, is_frozen=True, now=timezone.now())


def test_versions_are_compared_number_by_number(admin):
    first, second = add(admin, "a"), add(admin, "b", bias=-1.5)

    lines = compared(first, second)

    assert [(line.path, line.second) for line in lines if line.differs] == [
        ("without_encoder.bias", -1.5)
    ]


def test_contributions_sum_to_the_whole():
    polymer_capability()
    match_demand(polymer_demand())

    found = contributions()

    assert sum(item.percent for item in found) == pytest.approx(100, abs=0.1)
    assert {item.label for item in found[:2]} == {"字词相同", "专业词相近"}


def test_staff_add_compare_activate_and_freeze(client, mfa_done):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))
    new = json.dumps(record("b", bias=-1.5))

    client.post(reverse("matching:add_weights"), {"record": new, "note": "偏置"})
    client.post(reverse("matching:activate_weights"), {"version": "b"})
    client.post(reverse("matching:freeze_weights"))
    page = client.get(
        reverse("matching:weights"), {"version": ["b", shipped_weights().version]}
    ).content.decode()
    refused = client.post(
        reverse("matching:activate_weights"), {"version": shipped_weights().version}, follow=True
    )
    client.post(reverse("matching:freeze_weights"), {"lift": "1"})

    row = MatchWeights.objects.get(version="b")
    assert (row.is_active, row.is_frozen) == (True, False)
    assert "<mark>without_encoder.bias</mark>" in page
    assert "已冻结，须先解除冻结" in refused.content.decode()


def test_wrong_json_keeps_what_was_typed(client, mfa_done):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))

    page = client.post(reverse("matching:add_weights"), {"record": "{oops", "note": "改动"})

    assert page.context["form"].errors["record"] == ["不是合法的 JSON，请检查逗号和引号。"]
    assert "{oops" in page.content.decode()


def test_refusals_are_told(client, mfa_done):
    client.force_login(mfa_done(person(Role.GOVERNMENT)))

    unknown = client.post(
        reverse("matching:activate_weights"), {"version": "nonsense"}, follow=True
    )
    nothing = client.post(reverse("matching:freeze_weights"), follow=True)
    taken = json.dumps(record("b"))
    client.post(reverse("matching:add_weights"), {"record": taken, "note": "一"})
    again = client.post(reverse("matching:add_weights"), {"record": taken, "note": "二"})

    assert "没有这个版本" in unknown.content.decode()
    assert "请先启用一个版本" in nothing.content.decode()
    assert "已经存在" in str(again.context["form"].errors["record"])


@pytest.mark.parametrize("name", ["activate_weights", "freeze_weights", "add_weights"])
def test_weights_pages_are_refused_to_others(client, name):
    client.force_login(person(Role.ENTERPRISE))

    assert client.post(reverse(f"matching:{name}"), {"version": "a"}).status_code == 403


def test_freezing_twice_is_freezing_once(admin):
    activate(admin, shipped_weights().version)
    for _ in range(2):
        freeze_weights(actor=admin, is_frozen=True, now=timezone.now())

    assert ActivityLog.objects.filter(action="matching.matchweights.freeze").count() == 1
