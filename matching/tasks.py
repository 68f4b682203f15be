"""Tasks of matching, and its reactions to what happens to demands and capabilities."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from core.access import SYSTEM
from core.events import on
from demands.models import Demand
from matching.enums import ResourceKind, Side
from matching.models import MatchRun
from matching.selectors.vectors import subjects
from matching.services import embeddings, full, phrases, runs, subscriptions, training
from platforms.models import Capability

TOLD = ("published", "changed")


@shared_task(name="matching.run")
def run(*, run_id: int) -> None:
    runs.execute_run(run_id=run_id, now=timezone.now())


@shared_task(name="matching.find_phrases")
def find_phrases(*, run_id: int) -> None:
    phrases.find_phrases(run_id=run_id)


@shared_task(name="matching.prepare_run")
def prepare_run(*, run_id: int) -> None:
    full.prepare_run(run_id=run_id, now=timezone.now())


@shared_task(name="matching.run_chunk")
def run_chunk(*, run_id: int, number: int) -> None:
    full.run_chunk(run_id=run_id, number=number, now=timezone.now())


@shared_task(name="matching.finish_run")
def finish_run(*, run_id: int) -> None:
    full.finish_run(run_id=run_id, now=timezone.now())


@shared_task(name="matching.nightly_run", expires=3600)
def nightly_run() -> None:
    full.start_nightly_run(now=timezone.now())


@shared_task(name="matching.resume_runs", expires=60)
def resume_runs() -> None:
    runs.resume_single_runs(now=timezone.now())
    full.resume_full_runs(now=timezone.now())
    training.resume_trainings(now=timezone.now())


@shared_task(name="matching.train_weights")
def train_weights(*, training_id: int) -> None:
    training.train_weights(training_id=training_id, now=timezone.now())


@shared_task(name="matching.embed_missing", expires=300)
def embed_missing() -> None:
    embeddings.embed_missing(now=timezone.now())


@on("demands.demand.published", "demands.demand.amended", name="matching.match_new_demand")
def match_new_demand(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    demand = Demand.objects.open().filter(pk=payload["demand_id"]).first()
    if demand is not None:
        runs.start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())


@on(
    "platforms.capability.published",
    "platforms.capability.changed",
    name="matching.match_new_capability",
)
def match_new_capability(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    capability = Capability.objects.shown().filter(pk=payload["capability_id"]).first()
    if capability is not None:
        runs.start_capability_run(actor=SYSTEM, capability=capability, now=timezone.now())


@on(
    *(f"platforms.{kind}.{verb}" for kind in ResourceKind.values for verb in TOLD),
    name="matching.match_new_resource",
)
def match_new_resource(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    kind = name.split(".")[1]
    resource = subjects(kind).select_related("platform").filter(pk=payload[f"{kind}_id"]).first()
    if resource is not None:
        runs.start_resource_run(actor=SYSTEM, resource=resource, now=timezone.now())


@on("platforms.starting_data.loaded", "demands.starting_data.loaded", name="matching.rematch_all")
def rematch_all(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    full.request_full_run(now=timezone.now())


@on("matching.demand.matched", name="matching.tell_of_demand")
def tell_of_demand(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    subscriptions.tell_of_demand(
        event_id=event_id,
        run=MatchRun.objects.get(pk=payload["run_id"]),
        demand=Demand.objects.select_related("posted_by").get(pk=payload["demand_id"]),
        capability_ids=payload["capability_ids"],
        resources=[(kind, pk) for kind, pk in payload.get("resources", [])],
        now=timezone.now(),
    )


@on("matching.capability.matched", name="matching.tell_of_capability")
def tell_of_capability(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    subscriptions.tell_of_offer(
        event_id=event_id,
        kind=Side.CAPABILITY.value,
        offer=Capability.objects.select_related("platform").get(pk=payload["capability_id"]),
        demand_ids=payload["demand_ids"],
        now=timezone.now(),
    )


@on("matching.resource.matched", name="matching.tell_of_resource")
def tell_of_resource(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    kind = payload["kind"]
    shown = subjects(kind).select_related("platform")
    resource = shown.filter(pk=payload["resource_id"]).first()
    if resource is not None:
        subscriptions.tell_of_offer(
            event_id=event_id, kind=kind, offer=resource,
            demand_ids=payload["demand_ids"], now=timezone.now(),
        )  # fmt: skip


@on("platforms.capability.published", name="matching.tell_of_search")
def tell_of_search(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    shown = Capability.objects.shown().select_related("platform")
    capability = shown.filter(pk=payload["capability_id"]).first()
    if capability is not None:
        subscriptions.tell_of_search(event_id=event_id, capability=capability, now=timezone.now())


@on("matching.help.requested", name="matching.tell_brokers")
def tell_brokers(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    subscriptions.tell_brokers(
        event_id=event_id,
        demand=Demand.objects.get(pk=payload["demand_id"]),
        person=User.objects.get(pk=payload["user_id"]),
        now=timezone.now(),
    )
