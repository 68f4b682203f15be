"""Reactions to what happens to platforms: tell the people whom it concerns."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.access import SYSTEM
from core.events import Payload, on
from platforms.services import (
    booking_messages,
    close_programmes,
    deadlines,
    detect_changes,
    expire_recognitions,
    messages,
    recognition_messages,
    remind_bookings,
    reminders,
)

SUBMITTED = tuple(f"platforms.{name}.submitted" for name in messages.NAMES)
DECIDED = tuple(
    f"platforms.{name}.{verb}"
    for name in messages.NAMES
    for verb in ("published", "returned", "withdrawn")
)


@on(*SUBMITTED, name="platforms.tell_staff")
def tell_staff(*, event_id: str, name: str, payload: Payload) -> None:
    messages.tell_staff(event_id=event_id, name=name, payload=payload, now=timezone.now())


@on(*DECIDED, name="platforms.tell_operator")
def tell_operator(*, event_id: str, name: str, payload: Payload) -> None:
    messages.tell_operator(event_id=event_id, name=name, payload=payload, now=timezone.now())


@on("platforms.platformclaim.created", name="platforms.tell_claim")
def tell_claim(*, event_id: str, name: str, payload: Payload) -> None:
    messages.tell_claim(event_id=event_id, payload=payload, now=timezone.now())


@on(
    "platforms.platformclaim.approved",
    "platforms.platformclaim.rejected",
    name="platforms.tell_claimant",
)
def tell_claimant(*, event_id: str, name: str, payload: Payload) -> None:
    messages.tell_claimant(event_id=event_id, payload=payload, now=timezone.now())


@on("platforms.listingreport.created", name="platforms.tell_report")
def tell_report(*, event_id: str, name: str, payload: Payload) -> None:
    messages.tell_report(event_id=event_id, payload=payload, now=timezone.now())


@shared_task(name="platforms.remind_confirmations", expires=3600)
def remind_confirmations() -> None:
    reminders.remind_confirmations(now=timezone.now())


@on(*booking_messages.EVENTS, name="platforms.tell_booking")
def tell_booking(*, event_id: str, name: str, payload: Payload) -> None:
    booking_messages.tell_booking(event_id=event_id, name=name, payload=payload, now=timezone.now())


@shared_task(name="platforms.remind_bookings", expires=3000)
def remind_bookings_task() -> None:
    remind_bookings(now=timezone.now())


@on(*recognition_messages.EVENTS, name="platforms.tell_recognition")
def tell_recognition(*, event_id: str, name: str, payload: Payload) -> None:
    recognition_messages.tell_recognition(
        event_id=event_id, name=name, payload=payload, now=timezone.now()
    )


@shared_task(name="platforms.remind_recognition", expires=3600)
def remind_recognition() -> None:
    deadlines.remind_recognition(now=timezone.now())


@shared_task(name="platforms.keep_recognition", expires=3600)
def keep_recognition() -> None:
    """Once a day: close what is over, expire what lapsed, ask about changes nobody reported."""
    now = timezone.now()
    close_programmes(actor=SYSTEM, now=now)
    expire_recognitions(now=now)
    detect_changes(now=now)
