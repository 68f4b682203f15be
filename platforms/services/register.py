"""Register entries: typed once by the platform, imported, or sent by its system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from core.activity import register_actions
from core.errors import DomainError, Refused
from core.files import files_of, register_guard, store_file
from core.search import search_vector
from core.services import check_record, lock, log_activity
from platforms.access import RegisterAccess
from platforms.enums import RegisterKind
from platforms.models import Platform, RegisterEntry
from platforms.registers import LABELS
from platforms.services.usage import Received

register_actions(
    {
        "platforms.registerentry.record": "登记了这一项",
        "platforms.registerentry.edit": "修改了登记",
        "platforms.registerentry.end": "登记了停止",
        "platforms.registerentry.strike": "撤销了一项登记",
        "platforms.registerentry.import": "导入了登记事项",
    }
)
register_guard(  # evidence holds names of people: never public
    "platforms.registerentry",
    lambda user, pk: RegisterAccess(user).kept().filter(pk=pk).exists(),
)
EMPTY: dict[str, Any] = {
    "title": "", "level": "", "patent": None, "number": "", "ended_date": None, "link": "",
    "note": "",
}  # fmt: skip


@transaction.atomic
def record_entry(
    *,
    actor: Any,
    platform: Platform,
    kind: str,
    values: Mapping[str, Any],
    now: datetime,
    uploads: Sequence[UploadedFile] = (),
) -> RegisterEntry:
    """Register something of `kind` as `platforms.registers.KINDS` asks for it.

    Raises Refused, or DomainError at a field: `unknown_kind`, `required`, `not_for_kind`,
    `future`, `other_platform`, `number`, `twice`, `invalid`, those of files.
    """
    entry = _entry(actor, lock(platform), kind, values, now)
    if _same(entry).exists():
        raise DomainError("twice", "这一项已经登记，不用再登。", "title")
    _save(actor, entry, uploads)
    log_activity(actor=actor, action="platforms.registerentry.record", target=entry, now=now)
    return entry


def _entry(
    actor: Any, platform: Platform, kind: str, values: Mapping[str, Any], now: datetime
) -> RegisterEntry:
    """A checked, unsaved entry of a locked platform."""
    if kind not in RegisterKind.values:
        raise DomainError("unknown_kind", "没有这类登记事项。", "kind")
    entry = RegisterEntry(
        platform=platform, kind=kind, recorded_by=actor if actor.pk else None,
        is_demo=platform.is_demo, **{**EMPTY, **values},
    )  # fmt: skip
    RegisterAccess(actor).require("record", entry)
    _check(entry, now)
    return entry


def _check(entry: RegisterEntry, now: datetime) -> None:
    """The rules of the entry's kind."""
    rules = entry.rules
    for name in LABELS:
        given = getattr(entry, name)
        if isinstance(given, str):
            given = given.strip()
            setattr(entry, name, given)
        if name in rules.required and not given:
            raise DomainError("required", f"请填写{rules.label(name)}。", name)
        if given and name not in rules.fields:
            message = f"“{rules.name}”不用填{rules.label(name)}。"
            raise DomainError("not_for_kind", message, name)
    if entry.started_date > timezone.localdate(now) and not rules.is_event:
        raise DomainError("future", f"{rules.label('started_date')}不能晚于今天。", "started_date")
    patent = entry.patent
    if patent and (patent.kind, patent.platform_id) != (RegisterKind.PATENT, entry.platform_id):
        raise DomainError("other_platform", "请选本平台已登记的开放许可专利。", "patent")
    if entry.ended_date is not None and entry.ended_date < entry.started_date:
        raise DomainError("out_of_range", "截止日期不能早于开始的日期。", "ended_date")
    same = RegisterEntry.objects.filter(
        platform=entry.platform, kind=entry.kind, number=entry.number
    )
    # what is the same in every part is told as such by whoever writes it
    if entry.number and same.exclude(pk=entry.pk).exclude(pk__in=_same(entry)).exists():
        raise DomainError("number", f"本平台已登记这个{rules.label('number')}。", "number")


def _same(entry: RegisterEntry) -> Any:
    """Another entry that says the same."""
    rows = RegisterEntry.objects.filter(
        platform=entry.platform, kind=entry.kind, title=entry.title, number=entry.number,
        started_date=entry.started_date, patent=entry.patent,
    )  # fmt: skip
    return rows.exclude(pk=entry.pk)


def _save(actor: Any, entry: RegisterEntry, uploads: Sequence[UploadedFile] = ()) -> None:
    """Write the entry with the words it is found by, and its evidence."""
    check_record(entry, exclude=["search"])
    # names of people are not looked for
    entry.search = None
    if entry.is_public:
        body = f"{entry.get_kind_display()} {entry.note} {entry.platform}"
        entry.search = search_vector(title=entry.title, body=body)
    entry.save()
    for upload in uploads:
        store_file(actor=actor, upload=upload, target=entry, field="files")


@transaction.atomic
def edit_entry(
    *,
    actor: Any,
    entry: RegisterEntry,
    values: Mapping[str, Any],
    now: datetime,
    uploads: Sequence[UploadedFile] = (),
) -> RegisterEntry:
    """Mend what was entered; the log keeps what public fields said before. Nothing is written
    when nothing differs. Reports that were submitted keep what they froze.

    Raises Refused, or DomainError as `record_entry` does.
    """
    locked = _lock(actor, entry)
    before = {name: getattr(locked, name) for name, value in values.items()
              if getattr(locked, name) != value}  # fmt: skip
    if not before and not uploads:
        return locked
    for name in before:
        setattr(locked, name, values[name])
    _check(locked, now)
    if _same(locked).exists():
        raise DomainError("twice", "已有一项与此相同。", "title")
    _save(actor, locked, uploads)
    said = {
        locked.rules.label(name): str(value or "")
        for name, value in before.items()
        if locked.is_public or name != "title"
    }
    log_activity(
        actor=actor, action="platforms.registerentry.edit", target=locked, now=now,
        data={"before": said},
    )  # fmt: skip
    return locked


@transaction.atomic
def end_entry(
    *, actor: Any, entry: RegisterEntry, ended_date: date | None, reason: str, now: datetime
) -> RegisterEntry:
    """`ended_date` was the last day: the certificate lapsed, the data set is open no more.

    Raises Refused, DomainError `wrong_state` (what happens on a day is struck instead), `twice`,
    `reason_required` or at `ended_date`.
    """
    locked, today = _lock(actor, entry), timezone.localdate(now)
    if not locked.rules.ends:
        raise DomainError("wrong_state", "这类事项没有停止一说，登记错了请撤销。")
    if locked.end_reason or (locked.ended_date and locked.ended_date < today):
        raise DomainError("twice", f"{locked.ended_date} 已停止。")
    if not reason.strip():
        raise DomainError("reason_required", "请写明停止的原因。", "reason")
    if ended_date is None or not locked.started_date <= ended_date <= today:
        raise DomainError("out_of_range", "最后一天在开始的日期和今天之间。", "ended_date")
    locked.ended_date, locked.end_reason = ended_date, reason.strip()[:500]
    locked.save(update_fields=["ended_date", "end_reason", "updated_at"])
    log_activity(
        actor=actor, action="platforms.registerentry.end", target=locked, now=now, reason=reason
    )
    return locked


@transaction.atomic
def strike_entry(*, actor: Any, entry: RegisterEntry, reason: str, now: datetime) -> None:
    """Take out what should never have been entered, with its evidence; the platform's log keeps
    that it was there.

    Raises Refused, DomainError `reason_required` or `linked` (licences hang on the patent).
    """
    locked = _lock(actor, entry)
    if not reason.strip():
        raise DomainError("reason_required", "请写明撤销的原因。", "reason")
    if locked.licences.exists():
        raise DomainError("linked", "这件专利下还有被许可的记录，请先撤销它们。")
    log_activity(
        actor=actor, action="platforms.registerentry.strike", target=locked.platform, now=now,
        reason=reason, data={"entry": str(locked), "date": locked.started_date.isoformat()},
    )  # fmt: skip
    files_of(locked).delete()
    locked.delete()


def _lock(actor: Any, entry: RegisterEntry) -> RegisterEntry:
    """The entry, locked, if the actor keeps it."""
    locked: RegisterEntry = lock(entry)
    RegisterAccess(actor).require("record", locked)
    return locked


@transaction.atomic
def receive_entries(*, actor: Any, lines: Iterable[Mapping[str, Any]], now: datetime) -> Received:
    """Write entries sent by REST; each holds `platform`, `kind` and the fields of its kind, a
    licence its patent's number. What is registered already is counted and left as it is.

    All or none. Raises Refused, or DomainError `lines` naming the line.
    """
    counts = {True: 0, False: 0}
    for number, sent in enumerate(lines, 1):
        values = dict(sent)
        platform, kind = lock(values.pop("platform")), values.pop("kind")
        try:
            counts[add_once(actor, platform, kind, values, now)] += 1
        except Refused:
            raise
        except DomainError as error:
            raise DomainError(error.code, f"第 {number} 条：{error.message}", "lines") from error
    return Received(counts[True], counts[False])


def add_once(
    actor: Any, platform: Platform, kind: str, values: Mapping[str, Any], now: datetime
) -> bool:
    """Write a line of an import or of a system, its patent given by number; False when it is
    registered already. `platform` is locked by the caller. Raises what `record_entry` does."""
    patent = find_patent(platform, str(values.get("patent") or ""))
    entry = _entry(actor, platform, kind, {**values, "patent": patent}, now)
    if _same(entry).exists():
        return False
    _save(actor, entry)
    log_activity(actor=actor, action="platforms.registerentry.record", target=entry, now=now)
    return True


def find_patent(platform: Platform, number: str) -> RegisterEntry | None:
    """The platform's registered patent of this number; None for no number. DomainError `patent`."""
    if not number.strip():
        return None
    rows = RegisterEntry.objects.filter(platform=platform, kind=RegisterKind.PATENT)
    found: RegisterEntry | None = rows.filter(number=number.strip()).first()
    if found is None:
        raise DomainError("patent", "本平台没有登记这件专利的开放许可，请先登记专利。", "patent")
    return found
