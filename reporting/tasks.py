"""Tasks of reporting, and what follows from its events."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from core.access import SYSTEM
from core.events import on
from reporting.services import (
    alerts,
    evaluation_notices,
    gates,
    jobs,
    monitoring,
    notices,
    releases,
)


@shared_task(name="reporting.run_job")
def run_job(*, job_id: int) -> None:
    jobs.run_job(job_id=job_id, now=timezone.now())


@shared_task(name="reporting.resume_jobs", expires=60)
def resume_jobs() -> None:
    jobs.resume_jobs(now=timezone.now())


@shared_task(name="reporting.remind_due", expires=3600)
def remind_due() -> None:
    notices.remind_due(now=timezone.now())


@shared_task(name="reporting.compute_portal_values", expires=3600)
def compute_portal_values() -> None:
    monitoring.compute_portal_values(actor=SYSTEM, now=timezone.now())


@shared_task(name="reporting.probe_home", expires=240)
def probe_home() -> None:
    monitoring.probe_home(now=timezone.now())


@shared_task(name="reporting.remind_alerts", expires=3600)
def remind_alerts() -> None:
    alerts.remind_alerts(now=timezone.now())


@on(*alerts.TITLES, name="reporting.tell_alert")
def tell_alert(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    alerts.tell(event_id=event_id, name=name, payload=payload, now=timezone.now())


@on(*notices.TEXTS, name="reporting.tell_people")
def tell_people(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    notices.tell(event_id=event_id, name=name, payload=payload, now=timezone.now())


@on("reporting.cycle.filled", name="reporting.tell_operators")
def tell_operators(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    notices.tell_filled(event_id=event_id, cycle_id=payload["cycle_id"], now=timezone.now())


@on(*evaluation_notices.EVENTS, name="reporting.tell_evaluated")
def tell_evaluated(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    evaluation_notices.tell(event_id=event_id, name=name, payload=payload, now=timezone.now())


@on(*releases.EVENTS, name="reporting.tell_release")
def tell_release(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    releases.tell(event_id=event_id, name=name, payload=payload, now=timezone.now())


@on("reporting.evaluation.published", name="reporting.judge_subsidies")
def judge_subsidies(*, event_id: str, name: str, payload: dict[str, Any]) -> None:
    gates.judge_subsidies(run_id=payload["run_id"], now=timezone.now())
