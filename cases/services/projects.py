"""One enterprise and one platform, from the first question to the end of the work."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organisation
from cases.access import ENTERPRISE_ROLES, ProjectAccess
from cases.enums import DeclineReason, ProjectStatus
from cases.models import Message, Project, Quote
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.files import store_file
from core.reminders import reply_due, take_overdue
from core.services import assign, check_record, emit, lock, log_activity
from core.states import Relation, perform
from demands.access import DemandAccess
from demands.models import Demand
from demands.services import disclose_demand
from platforms.models import Capability, Platform

MAX_FILES = 10
MAX_A_DAY = 20  # enquiries of one enterprise: platforms are asked, not bombarded (complaint 6)


DUPLICATE = "这件事已经在对接，请在原对接中继续。"


def open_project(
    *,
    enterprise: Organisation,
    platform: Platform,
    capability: Capability | None = None,
    demand: Demand | None = None,
) -> Project | None:
    """The open project about the same matter, if there is one: a demand is one matter, and
    without a demand a capability is."""
    rows = Project.objects.open().filter(enterprise=enterprise, platform=platform, demand=demand)
    return (rows if demand else rows.filter(capability=capability)).first()


@transaction.atomic
def start_enquiry(
    *,
    actor: Any,
    enterprise: Organisation,
    platform: Platform,
    body: str,
    now: datetime,
    capability: Capability | None = None,
    demand: Demand | None = None,
    uploads: Sequence[UploadedFile] = (),
) -> Project:
    """Ask a platform about a demand or a capability; the clock of its promised reply starts.

    Effects: project and first message with files; the demand is disclosed in full to the
    platform's organisation; event `cases.project.started`. Errors: Refused, `not_approved`,
    `not_published`, `own_platform`, `not_open`, `foreign_capability`, `duplicate_enquiry`,
    `too_many`, `body_required`. Reply time: complaint 2, REPLY_PROMISE_WORKING_DAYS working days.
    """
    ProjectAccess(actor).require("start")
    _check_start(actor, enterprise, platform, capability, demand, now)
    if open_project(enterprise=enterprise, platform=platform, capability=capability, demand=demand):
        raise DomainError("duplicate_enquiry", DUPLICATE)
    project = _create(actor, enterprise, platform, capability, demand, now)
    _write(actor, project, enterprise, body, uploads, now)
    if demand and platform.organisation and demand.is_confidential:
        disclose_demand(actor=actor, demand=demand, organisation=platform.organisation, now=now)
    log_activity(actor=actor, action="cases.project.start", target=project, now=now)
    emit("cases.project.started", project_id=project.pk)
    return project


def _create(
    actor: Any,
    enterprise: Organisation,
    platform: Platform,
    capability: Capability | None,
    demand: Demand | None,
    now: datetime,
) -> Project:
    project = Project(
        number=uuid.uuid4().hex[:20],
        title=(demand or capability or platform).__str__()[:200],
        platform=platform,
        capability=capability,
        demand=demand,
        enterprise=enterprise,
        started_by=actor,
        status_changed_at=now,
        asked_at=now,
        reply_due_at=reply_due(now),
        is_demo=enterprise.is_demo or platform.is_demo,
    )
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as error:  # the other of two clicks was first
        raise DomainError("duplicate_enquiry", DUPLICATE) from error
    project.number = f"DJ{timezone.localtime(now).year}-{project.pk:06d}"
    project.save(update_fields=["number", "updated_at"])
    return project


@transaction.atomic
def start_from_offer(
    *,
    actor: Any,
    demand: Demand,
    platform: Platform,
    capability: Capability | None,
    body: str,
    quote: Quote,
    now: datetime,
) -> Project:
    """Go on about a demand with what a platform offered in a public round: `quote` (not saved) is
    its first price. A project about it that is under way is carried on.

    `actor` speaks for the enterprise; the caller has checked that it may decide. Effects as of an
    enquiry and a quote. Errors: `no_organisation`, `not_published`. Event `cases.project.quoted`.
    """
    enterprise = demand.organisation
    if enterprise is None:
        raise DomainError("no_organisation", "需求没有登记单位，不能建立对接。")
    if not Platform.objects.published().filter(pk=platform.pk).exists():
        raise DomainError("not_published", "该平台未在网发布，不能建立对接。")
    project = open_project(enterprise=enterprise, platform=platform, demand=demand)
    if project is None:
        project = _create(actor, enterprise, platform, capability, demand, now)
        _write(actor, project, enterprise, body, (), now)
        log_activity(actor=actor, action="cases.project.start", target=project, now=now)
        if platform.organisation and demand.is_confidential:
            with suppress(DomainError):  # who put it forward has left: nobody can disclose it
                disclose_demand(
                    actor=actor, demand=demand, organisation=platform.organisation, now=now
                )
    if project.status in {ProjectStatus.ENQUIRY, ProjectStatus.IN_TALKS, ProjectStatus.QUOTED}:
        project = perform(ProjectAccess(SYSTEM), "quote", project, now=now)
        _note_reply(project, now)
        quote.project = project
        check_record(quote, exclude=["project"])
        quote.save()
        emit("cases.project.quoted", project_id=project.pk, quote_id=quote.pk)
    return Project.objects.get(pk=project.pk)


def _check_start(
    actor: Any,
    enterprise: Organisation,
    platform: Platform,
    capability: Capability | None,
    demand: Demand | None,
    now: datetime,
) -> None:
    if enterprise.pk not in actor.organisation_ids(*ENTERPRISE_ROLES):
        raise Refused("只能以本单位的名义发起咨询。")
    if not enterprise.is_approved:
        raise DomainError("not_approved", "单位审核通过后才能发起咨询。")
    if not Platform.objects.published().filter(pk=platform.pk).exists():
        raise DomainError("not_published", "该平台未在网发布，不能发起咨询。")
    if platform.organisation_id == enterprise.pk:
        raise DomainError("own_platform", "这是本单位的平台，无需咨询。")
    if capability and (capability.platform_id != platform.pk or not capability.is_published):
        raise DomainError("foreign_capability", "该能力不属于这个平台或已下架。")
    day_ago = now - timedelta(days=1)
    if Project.objects.filter(enterprise=enterprise, asked_at__gt=day_ago).count() >= MAX_A_DAY:
        raise DomainError("too_many", f"一天最多发起 {MAX_A_DAY} 次咨询，请挑最合适的平台。")
    if demand is None:
        return
    if demand.organisation_id != enterprise.pk:
        raise Refused("只能为本单位的需求发起咨询。")
    if not DemandAccess(actor).visible().open().filter(pk=demand.pk).exists():
        raise DomainError("not_open", "需求尚未发布或已结束，不能据此发起咨询。", "demand")


def _write(
    actor: Any,
    project: Project,
    organisation: Organisation | None,
    body: str,
    uploads: Sequence[UploadedFile],
    now: datetime,
) -> Message:
    if not body.strip():
        raise DomainError("body_required", "请写明要说的内容。", "body")
    if len(uploads) > MAX_FILES:
        raise DomainError("too_many_files", f"一次最多上传 {MAX_FILES} 个文件。", "files")
    message = Message(
        project=project, author=actor, organisation=organisation, body=body.strip(), sent_at=now
    )
    check_record(message)
    message.save()
    for upload in uploads:
        store_file(actor=actor, upload=upload, target=message, field="files")
    return message


def _speaks_for(
    actor: Any, project: Project, relations: frozenset[Relation]
) -> Organisation | None:
    """The organisation the actor speaks for in this thread; brokers may have none."""
    if Relation.OWNER in relations:
        return project.platform.organisation
    if Relation.COUNTERPART in relations:
        return project.enterprise
    return next(iter(actor.organisations), None)


@transaction.atomic
def post_message(
    *, actor: Any, project: Project, body: str, now: datetime, uploads: Sequence[UploadedFile] = ()
) -> Message:
    """Add a message with files to the thread. The platform's first one answers the enquiry.

    Brokers speak in the thread as themselves, for their own organisation when they have one.
    Errors: Refused, `wrong_state`, `body_required`, those of files. Event `cases.message.sent`.
    """
    access = ProjectAccess(actor)
    locked = lock(project, "platform__organisation", "enterprise")
    access.require_now("message", locked)
    relations = access.relations(locked)
    organisation = _speaks_for(actor, locked, relations)
    message = _write(actor, locked, organisation, body, uploads, now)
    if Relation.OWNER in relations and locked.status == ProjectStatus.ENQUIRY:
        perform(access, "answer", locked, now=now)
        _note_reply(locked, now)
    log_activity(actor=actor, action="cases.project.message", target=locked, now=now)
    emit("cases.message.sent", project_id=locked.pk, message_id=message.pk)
    return message


def _note_reply(project: Project, now: datetime) -> None:
    """The first word of the platform stops the clock, whatever the word is."""
    Project.objects.filter(pk=project.pk, first_replied_at__isnull=True).update(
        first_replied_at=now
    )


@transaction.atomic
def quote_project(
    *,
    actor: Any,
    project: Project,
    amount_yuan: Decimal,
    lead_days: int,
    valid_until_date: date,
    scope: str,
    now: datetime,
) -> Quote:
    """Give a dated price; a later quote replaces it and both stay on record. Amount in 元.

    Errors: Refused, `wrong_state`, `amount`, `past_date`. Event `cases.project.quoted`.
    """
    moved = perform(ProjectAccess(actor), "quote", project, now=now)
    if amount_yuan <= 0:
        raise DomainError("amount", "报价须大于 0。", "amount_yuan")
    if valid_until_date < timezone.localdate(now):
        raise DomainError("past_date", "有效期不能早于今天。", "valid_until_date")
    _note_reply(project, now)
    quote = Quote(
        project=project, amount_yuan=amount_yuan, lead_days=lead_days, scope=scope.strip(),
        valid_until_date=valid_until_date, quoted_by=actor, quoted_at=now,
    )  # fmt: skip
    quote.full_clean(exclude=["project"])
    quote.save()
    emit("cases.project.quoted", project_id=moved.pk, quote_id=quote.pk)
    return quote


@transaction.atomic
def decline_project(
    *, actor: Any, project: Project, decline_reason: str, reason: str, now: datetime
) -> Project:
    """The platform says no with a reason, which the enterprise reads. Stops the reply clock.

    Errors: Refused, `wrong_state`, `reason_required`, `decline_reason`.
    """
    moved = perform(ProjectAccess(actor), "decline", project, now=now, reason=reason)
    if decline_reason not in DeclineReason.values:
        raise DomainError("decline_reason", "请选择婉拒原因。", "decline_reason")
    Project.objects.filter(pk=moved.pk).update(decline_reason=decline_reason)
    _note_reply(project, now)
    emit("cases.project.declined", project_id=moved.pk)
    return Project.objects.get(pk=moved.pk)


@transaction.atomic
def contract_project(
    *,
    actor: Any,
    project: Project,
    contract_amount_yuan: Decimal,
    contract_date: date,
    promised_date: date,
    now: datetime,
) -> Project:
    """The enterprise confirms what was signed outside the portal: amount (元), day, due day.

    Errors: Refused, `wrong_state`, `amount`, `future_date`, `date_order`.
    """
    moved = perform(ProjectAccess(actor), "contract", project, now=now)
    if contract_amount_yuan <= 0:
        raise DomainError("amount", "合同额须大于 0。", "contract_amount_yuan")
    if contract_date > timezone.localdate(now):
        raise DomainError("future_date", "签约日期不能晚于今天。", "contract_date")
    if promised_date < contract_date:
        raise DomainError("date_order", "交付日期不能早于签约日期。", "promised_date")
    return _finish(
        moved,
        "cases.project.contracted",
        contract_amount_yuan=contract_amount_yuan,
        contract_date=contract_date,
        promised_date=promised_date,
    )


@transaction.atomic
def move_project(
    *, actor: Any, project: Project, name: str, now: datetime, reason: str = ""
) -> Project:
    """The transitions that need no more than a reason: begin, deliver, close, cancel.

    Closing wants at least one confirmed outcome (complaint 9). Errors: Refused, `wrong_state`,
    `reason_required`, `unconfirmed`.
    """
    if name not in {"begin", "deliver", "close", "cancel"}:
        raise Refused("没有这个操作。")
    decision = ProjectAccess(actor).can(name, project)
    if decision.code == "unconfirmed":
        raise DomainError(decision.code, decision.reason)
    moved = perform(ProjectAccess(actor), name, project, now=now, reason=reason)
    today = timezone.localdate(now)
    dates = {"begin": {"started_date": today}, "deliver": {"delivered_date": today}}
    events = {"begin": "begun", "deliver": "delivered", "close": "closed"}
    return _finish(moved, f"cases.project.{events.get(name, 'cancelled')}", **dates.get(name, {}))


def close_when_answered(*, project: Project, now: datetime) -> None:
    """Close a delivered project when nothing it claims waits and something is confirmed."""
    locked = lock(project, "platform__organisation", "enterprise")
    outcomes = locked.outcomes
    if (
        locked.status == ProjectStatus.DELIVERED
        and outcomes.confirmed().exists()
        and not outcomes.claimed().exists()
    ):
        move_project(actor=SYSTEM, project=locked, name="close", now=now)


def _finish(moved: Any, event: str, **values: Any) -> Project:
    """Write what came with a transition and tell the rest of the portal."""
    if values:
        assign(moved, values)
        moved.save(update_fields=[*values, "updated_at"])
    emit(event, project_id=moved.pk)
    return moved


@transaction.atomic
def remind_overdue(*, now: datetime) -> int:
    """Remind about each enquiry past its promised reply, once a working day for a month.

    Returns how many. The event says whether it is the first reminder: the platform's people get
    all of them, brokers and staff those after the first (complaint 2, PRT-06).
    """
    overdue = take_overdue(Project.objects.unanswered(), now=now)
    for project, is_first in overdue:
        emit("cases.project.overdue", project_id=project.pk, is_first=is_first)
    return len(overdue)
