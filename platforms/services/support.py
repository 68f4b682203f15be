"""What platforms ask the departments for: raised, passed on, answered, judged (G48, C18)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation
from accounts.selectors import departments
from core.activity import register_actions
from core.errors import DomainError
from core.files import register_guard, store_file
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from core.workdays import end_of_workdays
from platforms.access import TicketAccess
from platforms.enums import SupportKind
from platforms.models import Platform, SupportTicket, TicketReply
from platforms.states import TICKET

register_actions(
    {
        "platforms.supportticket.create": "提出了诉求",
        "platforms.supportticket.reply": "留了言",
        **{f"platforms.supportticket.{row.name}": row.label for row in TICKET.transitions},
    }
)
register_guard(
    "platforms.ticketreply",
    lambda user, pk: TicketAccess(user).visible().filter(replies=pk).exists(),
)
ANSWER_WORKDAYS = 10
KINDS_BY_WORD = {str(label): value for value, label in SupportKind.choices}


@transaction.atomic
def raise_ticket(
    *, actor: Any, platform: Platform, values: Mapping[str, Any], now: datetime, origin: str = ""
) -> SupportTicket:
    """Ask for something: `kind`, `title`, `body`. Raises Refused or DomainError at a field."""
    locked = lock(platform)
    ticket = SupportTicket(
        platform=locked, raised_by=actor if actor.pk else None, origin=origin,
        is_demo=locked.is_demo, status_changed_at=now, **values,
    )  # fmt: skip
    TicketAccess(actor).require("create", ticket)
    start = f"S{timezone.localdate(now).year}-"
    rows = SupportTicket.objects.filter(number__startswith=start)
    # one number after another: whoever raises one this year waits at the first of the year
    rows.select_for_update().order_by("pk").first()
    last = rows.order_by("-number").first()
    serial = int(last.number.removeprefix(start)) + 1 if last else 1
    ticket.number = f"{start}{serial:05d}"
    check_record(ticket)
    ticket.save()
    log_activity(actor=actor, action="platforms.supportticket.create", target=ticket, now=now)
    emit("platforms.ticket.raised", ticket_id=ticket.pk)
    return ticket


@transaction.atomic
def raise_from_report(
    *, actor: Any, platform: Platform, lines: Iterable[Mapping[str, Any]], report: str,
    now: datetime,
) -> int:  # fmt: skip
    """Open a ticket for each line of 存在问题与诉求 (PLN-06); return how many are new.

    A line holds `kind` (用地, 用能 …) and `note`. `report` names the annual report: a line that
    it told before is not asked twice, however often the report is submitted. Raises Refused.
    """
    opened = 0
    for line in lines:
        note, kind = str(line.get("note") or "").strip(), str(line.get("kind") or "")
        if not note:
            continue
        digest = hashlib.sha256(f"{kind}\n{note}".encode()).hexdigest()[:16]
        origin = f"report:{report}:{digest}"
        if SupportTicket.objects.filter(origin=origin).exists():
            continue
        title = note if len(note) <= 60 else f"{note[:59]}…"
        values = {
            "kind": KINDS_BY_WORD.get(kind, SupportKind.OTHER),
            "title": title,
            "body": note[:3000],
        }
        raise_ticket(actor=actor, platform=platform, values=values, now=now, origin=origin)
        opened += 1
    return opened


@transaction.atomic
def route_ticket(
    *, actor: Any, ticket: SupportTicket, department: Organisation | None, workdays: int,
    now: datetime,
) -> SupportTicket:  # fmt: skip
    """Pass on to a department (None: the staff answer themselves), to be answered in `workdays`.

    Raises Refused, DomainError `wrong_state`, at `department` or at `workdays`.
    """
    locked = lock(ticket, "platform__organisation", "department")
    access = TicketAccess(actor)
    if access.can("route", locked):  # else perform says why not
        if department is not None and not departments().filter(pk=department.pk).exists():
            raise DomainError("not_department", "只能分办给有协同部门人员的单位。", "department")
        if not 1 <= workdays <= 60:
            raise DomainError("workdays", "答复期限为 1–60 个工作日。", "workdays")
        locked.department, locked.due_at = department, end_of_workdays(now, workdays)
        locked.save(update_fields=["department", "due_at", "updated_at"])
    return _perform(access, locked, "route", now=now)


@transaction.atomic
def move_ticket(
    *,
    actor: Any,
    ticket: SupportTicket,
    name: str,
    now: datetime,
    reason: str = "",
    uploads: Iterable[UploadedFile] = (),
) -> SupportTicket:
    """Answer (`reason` is the answer), accept, insist, end, close or withdraw.

    The first answer counts as on time until `due_at`; insisting starts the time anew. Raises
    Refused or DomainError.
    """
    if name == "route":
        raise DomainError("wrong_way", "请选择承办部门和期限。")
    locked = lock(ticket, "platform__organisation", "department")
    moved = _perform(TicketAccess(actor), locked, name, now=now, reason=reason)
    if name in {"answer", "insist"}:
        _say(actor, moved, reason, uploads, is_answer=name == "answer")
    if name == "answer" and moved.answered_at is None:
        moved.answered_at = now
        moved.is_on_time = moved.due_at is None or now <= moved.due_at
    elif name == "insist":
        moved.due_at = end_of_workdays(now, ANSWER_WORKDAYS)
    elif name in {"accept", "end"}:
        moved.is_satisfied = name == "accept"
    moved.save(update_fields=["answered_at", "is_on_time", "due_at", "is_satisfied", "updated_at"])
    return moved


@transaction.atomic
def reply_to_ticket(
    *,
    actor: Any,
    ticket: SupportTicket,
    body: str,
    now: datetime,
    uploads: Iterable[UploadedFile] = (),
) -> TicketReply:
    """Leave a message with evidence. Raises Refused or DomainError at `body` or `files`."""
    locked = lock(ticket, "platform__organisation", "department")
    TicketAccess(actor).require("reply", locked)
    reply = _say(actor, locked, body, uploads, is_answer=False)
    log_activity(actor=actor, action="platforms.supportticket.reply", target=locked, now=now)
    emit("platforms.ticketreply.created", reply_id=reply.pk)
    return reply


def _say(
    actor: Any, ticket: SupportTicket, body: str, uploads: Iterable[UploadedFile], *,
    is_answer: bool,
) -> TicketReply:  # fmt: skip
    reply = TicketReply(ticket=ticket, body=body.strip(), author=actor, is_answer=is_answer)
    check_record(reply)
    reply.save()
    for upload in uploads:
        store_file(actor=actor, upload=upload, target=reply, field="files")
    return reply


def _perform(
    access: TicketAccess, ticket: SupportTicket, name: str, *, now: datetime, reason: str = ""
) -> SupportTicket:
    moved = perform(access, name, ticket, now=now, reason=reason)
    emit(f"platforms.ticket.{name}", ticket_id=moved.pk)
    return moved
