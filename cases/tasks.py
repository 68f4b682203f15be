"""Reminders, messages to people, and what follows from a closed project."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from cases import services
from cases.services import call_notices, challenge_notices, notices, voucher_notices
from core.events import on


@shared_task(name="cases.remind_replies", expires=3000)
def remind_replies() -> None:
    services.remind_overdue(now=timezone.now())


@shared_task(name="cases.remind_inspections", expires=3600)
def remind_inspections() -> None:
    services.remind_inspections(now=timezone.now())


@on(*notices.PROJECT_NOTICES, *notices.CASE_NOTICES, name="cases.tell_people")
def tell_people(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    notices.tell(event_id=event_id, name=name, payload=payload, now=timezone.now())


@on(
    "cases.outcome.claimed",
    "cases.outcome.confirmed",
    "cases.outcome.rejected",
    name="cases.tell_of_outcome",
)
def tell_of_outcome(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    notices.tell_outcome(event_id=event_id, name=name, now=timezone.now(), **payload)


@on(
    "cases.receipt.registered",
    "cases.receipt.confirmed",
    "cases.receipt.rejected",
    name="cases.tell_of_receipt",
)
def tell_of_receipt(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    notices.tell_receipt(event_id=event_id, name=name, now=timezone.now(), **payload)


@on("cases.casecall.invited", name="cases.tell_invited")
def tell_invited(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    call_notices.tell_invited(event_id=event_id, now=timezone.now(), **payload)


@on("cases.casecall.selected", name="cases.tell_selected")
def tell_selected(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    call_notices.tell_selected(event_id=event_id, now=timezone.now(), **payload)


@on("cases.casecall.cancelled", name="cases.tell_cancelled")
def tell_cancelled(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    call_notices.tell_cancelled(event_id=event_id, now=timezone.now(), **payload)


@on("cases.project.closed", name="cases.fulfil_demand")
def fulfil_demand(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    services.fulfil_demand_of(project_id=payload["project_id"], now=timezone.now())


@on("platforms.platformclaim.approved", name="cases.hand_over")
def hand_over(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    services.hand_over_projects(claim_id=payload["claim_id"], now=timezone.now())


@shared_task(name="cases.keep_vouchers", expires=3600)
def keep_vouchers() -> None:
    services.expire_vouchers(now=timezone.now())
    services.remind_vouchers(now=timezone.now())


@on(*voucher_notices.EVENTS, name="cases.tell_of_voucher")
def tell_of_voucher(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    voucher_notices.tell_voucher(event_id=event_id, name=name, now=timezone.now(), **payload)


@shared_task(name="cases.keep_challenges", expires=3600)
def keep_challenges() -> None:
    services.keep_challenges(now=timezone.now())


@on("cases.challenge.moved", name="cases.tell_of_challenge")
def tell_of_challenge(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    challenge_notices.tell_move(event_id=event_id, now=timezone.now(), **payload)


@on("cases.challenge.invited", name="cases.tell_challenge_experts")
def tell_challenge_experts(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    challenge_notices.tell_invited(event_id=event_id, now=timezone.now(), **payload)


@on("cases.challenge.answered", name="cases.tell_objector")
def tell_objector(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    challenge_notices.tell_answered(event_id=event_id, now=timezone.now(), **payload)


@on(
    "cases.project.closed",
    "cases.project.cancelled",
    "cases.project.declined",
    name="cases.follow_project",
)
def follow_project(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    services.follow_project(project_id=payload["project_id"], now=timezone.now())


@on("demands.demand.withdrawn", "demands.demand.returned", name="cases.withdraw_challenge")
def withdraw_challenge(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    services.withdraw_of_demand(demand_id=payload["demand_id"], now=timezone.now())
