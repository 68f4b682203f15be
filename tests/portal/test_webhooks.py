"""From the outbox to other systems: who is told of what, and at which address."""

import json
import uuid

import pytest
from django.conf import settings

from accounts.enums import Role
from core.access import SYSTEM
from core.events import _reactions
from core.services import deliver_event, emit
from matching.services.runs import start_capability_run, start_demand_run
from notifications import services
from notifications.enums import WebhookKind
from notifications.models import WebhookDelivery
from notifications.services.webhook_deliveries import message_body
from platforms.services.listings import move_listing
from portal.webhooks import TOLD, tell_systems
from tests.factories.accounts import person, with_token
from tests.factories.cases import ProjectFactory
from tests.factories.demands import DemandFactory, disclose, open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook(now):
    def use(user):
        services.create_endpoint(
            actor=user, url="https://erp.example.com/", kinds=WebhookKind.values, now=now
        )
        return user

    return use


def tell(name, now, **payload):
    event_id = str(uuid.uuid4())
    return tell_systems(event_id=event_id, name=name, payload=payload, now=now)


def told():
    """Who was told of what, at which address."""
    rows = WebhookDelivery.objects.order_by("kind", "record_id", "endpoint__user")
    return [(row.endpoint.user, row.kind, row.record_url) for row in rows]


def test_every_kind_comes_from_an_event_that_others_know_too():
    heard = {
        event for name, one in _reactions.items() if name != "portal.tell_systems"
        for event in one.event_names
    }  # fmt: skip

    assert {telling.kind for telling in TOLD.values()} == set(WebhookKind)
    assert set(TOLD) - heard == {  # nobody else reacts to these
        "demands.demand.fulfilled", "platforms.platform.changed", "policies.content.published",
    }  # fmt: skip


def test_a_publication_is_told_from_the_service_to_the_receiver_s_fetch(
    now, hook, api, django_capture_on_commit_callbacks
):
    partner, platform = hook(person(Role.PARTNER)), PlatformFactory(status="in_review")

    with django_capture_on_commit_callbacks(execute=True):
        move_listing(
            actor=person(Role.GOVERNMENT), listing=platform, name="publish", now=now
        )  # fmt: skip

    row = WebhookDelivery.objects.get()
    message = json.loads(message_body(row))
    assert (message["type"], message["data"]["id"]) == ("platform.published", platform.slug)
    path = message["data"]["url"].removeprefix(settings.SITE_URL)
    assert with_token(api, partner, "platforms:read").get(path).json()["slug"] == platform.slug


def test_an_event_that_is_delivered_twice_is_told_once(now, hook):
    hook(person(Role.PARTNER))
    event = emit("platforms.platform.published", platform_id=PlatformFactory().pk)
    payload = event.payload

    deliver_event(event_id=str(event.pk), now=now)
    tell_systems(event_id=str(event.pk), name=event.name, payload=payload, now=now)

    assert WebhookDelivery.objects.count() == 1


def test_a_project_is_told_to_both_sides_alone(now, hook):
    project = ProjectFactory()
    sides = [
        hook(person(Role.OPERATOR, organisation=project.platform.organisation)),
        hook(person(Role.ENTERPRISE, organisation=project.enterprise)),
    ]
    hook(person(Role.ENTERPRISE))

    tell("cases.project.quoted", now, project_id=project.pk, quote_id=1)

    url = f"/api/v1/enquiries/{project.number}/"
    assert told() == [(user, "project.changed", url) for user in sides]


def test_a_match_list_is_told_to_its_owner_not_to_a_reader_of_the_demand(now, hook):
    demand = open_demand()
    run = start_demand_run(actor=SYSTEM, demand=demand, now=now)
    owner = hook(person(Role.ENTERPRISE, organisation=demand.organisation))
    reader = hook(person(Role.OPERATOR))
    disclose(demand, reader.organisations[0])
    payload = {"run_id": run.pk, "demand_id": demand.pk}

    tell("matching.demand.matched", now, capability_ids=[], resources=[], **payload)
    nothing = told()
    tell("matching.demand.matched", now, capability_ids=[1], resources=[], **payload)

    assert nothing == []
    assert told() == [(owner, "match_list.changed", f"/api/v1/match-runs/{run.pk}/")]


def test_a_new_capability_is_told_to_the_demands_it_fits(now, hook):
    demand, capability = open_demand(), CapabilityFactory()
    run = start_capability_run(actor=SYSTEM, capability=capability, now=now)
    enterprise = hook(person(Role.ENTERPRISE, organisation=demand.organisation))
    operator = hook(person(Role.OPERATOR, organisation=capability.platform.organisation))

    tell("matching.capability.matched", now, run_id=run.pk, capability_id=capability.pk,
         demand_ids=[demand.pk])  # fmt: skip

    assert sorted((user.pk, url) for user, _, url in told()) == sorted(
        [
            (enterprise.pk, f"/api/v1/demands/{demand.slug}/"),
            (operator.pk, f"/api/v1/match-runs/{run.pk}/"),
        ]
    )


@pytest.mark.parametrize(
    ("name", "values", "count"),
    [
        ("demands.demand.withdrawn", {"status": "withdrawn"}, 1),  # it was public
        ("demands.demand.returned", {"status": "returned"}, 1),
        ("demands.demand.returned", {"status": "returned", "published_at": None}, 0),  # never was
        ("demands.demand.published", {"status": "withdrawn"}, 0),  # gone before it was told
    ],
)
def test_what_was_public_is_told_to_be_gone(now, hook, name, values, count):
    hook(person(Role.PARTNER))
    demand = open_demand(**values)

    assert tell(name, now, demand_id=demand.pk) == count


def test_a_draft_is_nobody_s_business(now, hook):
    hook(person(Role.PARTNER))

    assert tell("demands.demand.published", now, demand_id=DemandFactory().pk) == 0
    assert tell("demands.demand.published", now, demand_id=0) == 0


def test_nothing_is_read_where_nobody_asked(now, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert tell("platforms.platform.published", now, platform_id=1) == 0
