"""Calls for cases: written, entered, marked by experts, selected (G23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from cases.access import CallAccess, EntryAccess
from cases.enums import CallStatus, CaseStatus
from cases.models import Case, CaseCall, CaseEntry, CaseScore
from cases.selectors import enterable_cases
from core.errors import DomainError
from core.services import assign, check_record, emit, lock, log_activity
from core.states import perform

CRITERIA = (2, 6)  # fewest and most
FULL = 100
FIELDS = ("title", "region", "notice", "criteria", "opens_date", "due_date")
# what those who enter rely on stays as published; the days may move while the call is open
FIXED = {
    CallStatus.DRAFT: (),
    CallStatus.OPEN: ("region", "criteria"),
    CallStatus.SCORING: ("region", "criteria", "opens_date", "due_date"),
}


@transaction.atomic
def create_call(
    *, actor: Any, values: Mapping[str, Any], reviewers: Iterable[User], now: datetime
) -> CaseCall:
    """Draft a call. `values`: title, region, notice, criteria, opens_date, due_date.

    Errors: Refused, `criteria`, `reviewers`, `invalid` at its field.
    """
    call = CaseCall(made_by=actor, status_changed_at=now)
    assign(call, values, FIELDS)
    CallAccess(actor).require("create", call)
    _check(call)
    call.save()
    invite_experts(call, reviewers)
    log_activity(actor=actor, action="cases.casecall.create", target=call, now=now)
    return call


@transaction.atomic
def edit_call(
    *,
    actor: Any,
    call: CaseCall,
    values: Mapping[str, Any],
    reviewers: Iterable[User],
    now: datetime,
) -> CaseCall:
    """Change a call and who marks it; experts added while marks are given are told.

    Errors: Refused, `wrong_state`, `fixed` (published rules), `criteria`, `reviewers`, `invalid`.
    """
    locked = lock(call, "region")
    access = CallAccess(actor)
    access.require_now("edit", locked)
    for name in FIXED[CallStatus(locked.status)]:
        if name in values and values[name] != getattr(locked, name):
            raise DomainError("fixed", "征集已经发布，这一项不能再改。", name)
    due = values.get("due_date", locked.due_date)
    if due != locked.due_date and due < timezone.localdate(now):
        raise DomainError("past", "截止日期不能改到今天以前。", "due_date")
    assign(locked, values, FIELDS)
    access.require("edit", locked)  # nobody hands a call to a region that is not theirs
    _check(locked)
    locked.save(update_fields=[*FIELDS, "updated_at"])
    fresh = invite_experts(locked, reviewers)
    log_activity(actor=actor, action="cases.casecall.edit", target=locked, now=now)
    if fresh and locked.status == CallStatus.SCORING:
        emit("cases.casecall.invited", call_id=locked.pk, user_ids=fresh)
    return locked


@transaction.atomic
def move_call(
    *, actor: Any, call: CaseCall, name: str, now: datetime, reason: str = ""
) -> CaseCall:
    """Perform `open`, `score` (the experts are told) or `cancel` (they and who entered a case are
    told the reason).

    Errors: Refused, `wrong_state` (also before the due day is over), `no_entries`,
    `reason_required`.
    """
    moved = perform(CallAccess(actor), name, call, now=now, reason=reason)
    if name == "cancel":
        emit("cases.casecall.cancelled", call_id=moved.pk)
    if name == "score":
        if not moved.entries.exists():
            raise DomainError("no_entries", "还没有案例报名，不能开始评分。")
        people = list(moved.reviewers.order_by("pk").values_list("pk", flat=True))
        if people:
            emit("cases.casecall.invited", call_id=moved.pk, user_ids=people)
    return moved


@transaction.atomic
def enter_case(*, actor: Any, call: CaseCall, case: Case, now: datetime) -> CaseEntry:
    """Enter a published case of the actor's platform in the call.

    Errors: Refused, `wrong_state` (not the time), `not_enterable`, `entered` (already).
    """
    locked = lock(call, "region")
    CallAccess(actor).require_now("enter", locked)
    if not enterable_cases(actor, locked).filter(pk=case.pk).exists():
        raise DomainError("not_enterable", "只能报名本单位平台在征集地区的已发布案例。")
    if locked.entries.filter(case=case).exists():
        raise DomainError("entered", "这个案例已经报名。")
    entry = CaseEntry.objects.create(call=locked, case=case, entered_by=actor, entered_at=now)
    _log(actor, "enter", entry, now)
    return entry


@transaction.atomic
def withdraw_entry(*, actor: Any, entry: CaseEntry, now: datetime) -> None:
    """Take the case back before the call is due. Errors: Refused, `wrong_state`, `gone`."""
    lock(entry.call, "region")
    locked = CaseEntry.objects.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    if locked is None:
        raise DomainError("gone", "报名已经撤回。")
    EntryAccess(actor).require_now("withdraw", locked)
    _log(actor, "withdraw_entry", locked, now)
    locked.delete()


@transaction.atomic
def mark_entry(
    *, actor: Any, entry: CaseEntry, marks: Sequence[int], comment: str, now: datetime
) -> CaseScore:
    """Give an entry marks in the order of the criteria, with a sentence; again: the new ones count.

    Errors: Refused (also a conflict of interest), `wrong_state`, `marks`, `comment`.
    """
    call = lock(entry.call, "region")
    locked = CaseEntry.objects.select_related("call", "case__platform", "case__project").get(
        pk=entry.pk
    )
    EntryAccess(actor).require_now("mark", locked)
    score: CaseScore = keep_score(actor, locked, call.criteria, marks, comment, now)
    _log(actor, "mark", locked, now)
    return score


def keep_score(
    actor: Any,
    target: Any,
    criteria: Sequence[Mapping[str, Any]],
    marks: Sequence[int],
    comment: str,
    now: datetime,
) -> Any:
    """Write what `actor` gives an entry or a bid, or write it anew: each mark within its
    criterion, and a sentence. Raises `marks`, `comment`."""
    limits = [row["marks"] for row in criteria]
    if len(marks) != len(limits) or any(
        not 0 <= mark <= most for mark, most in zip(marks, limits, strict=False)
    ):
        raise DomainError("marks", "每项得分须在 0 与满分之间。")
    if not comment.strip():
        raise DomainError("comment", "请用一句话说明理由。", "comment")
    rows = target.scores
    score = rows.filter(reviewer=actor).first()
    score = score or rows.model(reviewer=actor, **{rows.field.name: target})
    score.marks, score.total = list(marks), sum(marks)
    score.comment, score.scored_at = comment.strip(), now
    check_record(score)
    score.save()
    return score


@transaction.atomic
def select_entries(
    *, actor: Any, call: CaseCall, entries: Iterable[int], now: datetime
) -> CaseCall:
    """Select these entries (ids) and end the call; both sides of every entry are told.

    Errors: Refused, `wrong_state`, `none_selected`, `unmarked` (nobody gave marks), `withdrawn`
    (the case is public no more), `unknown_entry`.
    """
    locked = lock(call, "region")
    CallAccess(actor).require_now("select", locked)
    wanted = set(entries)
    chosen = list(locked.entries.filter(pk__in=wanted).select_related("case").order_by("pk"))
    if not wanted:
        raise DomainError("none_selected", "请至少勾选一个案例。")
    if len(chosen) != len(wanted):
        raise DomainError("unknown_entry", "勾选的案例不在这次征集中。")
    marked = set(CaseScore.objects.filter(entry__in=chosen).values_list("entry", flat=True))
    for entry in chosen:
        if entry.pk not in marked:
            raise DomainError("unmarked", f"“{entry}”还没有人评分。")
        if entry.case.status != CaseStatus.PUBLISHED:
            raise DomainError("withdrawn", f"“{entry}”已撤下，不能入选。")
    moved = perform(CallAccess(actor), "select", locked, now=now)
    for entry in chosen:
        entry.is_selected = True
        entry.save(update_fields=["is_selected", "updated_at"])
    emit("cases.casecall.selected", call_id=moved.pk)
    return moved


def _check(call: CaseCall) -> None:
    """Two to six criteria with different names whose full marks sum to 100."""
    least, most = CRITERIA
    rows = call.criteria or []
    if not least <= len(rows) <= most:
        raise DomainError("criteria", f"评分标准须有 {least} 至 {most} 项。", "criteria")
    if len({row["name"] for row in rows}) != len(rows):
        raise DomainError("criteria", "评分标准的名称不能重复。", "criteria")
    if any(row["marks"] < 1 for row in rows) or sum(row["marks"] for row in rows) != FULL:
        raise DomainError("criteria", "各项满分均须大于 0，合计须为 100。", "criteria")
    check_record(call)


def invite_experts(row: Any, people: Iterable[User]) -> list[int]:
    """Set who gives marks in a call or a challenge; ids of those who did not before. Raises
    `reviewers` where somebody is no expert."""
    found = list(people)
    if any(not person.has_role(Role.REVIEWER) for person in found):
        raise DomainError("reviewers", "只能邀请评审专家角色的人员。", "reviewers")
    before = set(row.reviewers.values_list("pk", flat=True))
    row.reviewers.set(found)
    return [person.pk for person in found if person.pk not in before]


def _log(actor: Any, name: str, entry: CaseEntry, now: datetime) -> None:
    log_activity(
        actor=actor, action=f"cases.casecall.{name}", target=entry.call, now=now,
        data={"case": entry.case.slug},
    )  # fmt: skip
