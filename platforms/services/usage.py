"""Hours of equipment: entered, imported, or sent by a partner's system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any, BinaryIO

from django.db import transaction
from django.utils import timezone
from openpyxl import Workbook

from core.activity import register_actions
from core.errors import DomainError, Refused
from core.services import check_record, lock, log_activity
from platforms.access import UsageAccess
from platforms.enums import UsageSource
from platforms.models import Booking, Equipment, Platform, UsageLog
from platforms.services.equipment_import import CellError, ImportErrors, read_rows

register_actions(
    {
        "platforms.usagelog.record": "登记了设备使用",
        "platforms.usagelog.import": "导入了设备使用记录",
        "platforms.usagelog.delete": "删除了设备使用记录",
    }
)
HEADINGS = ("设备", "日期", "机时（小时）", "对外服务", "使用单位", "用途")
EXAMPLE = ("500L 搪玻璃反应釜", "2026-03-05", 8, "是", "某某材料有限公司", "树脂放大试验")


@transaction.atomic
def log_usage(
    *, actor: Any, equipment: Equipment, values: Mapping[str, Any], now: datetime
) -> UsageLog:
    """Write one line by hand. Raises Refused, or DomainError at a field."""
    line = _line(actor, equipment, values, UsageSource.ENTERED, now)
    line.save()
    log_activity(
        actor=actor, action="platforms.usagelog.record", target=equipment, now=now,
        data={"hours": str(line.hours)},
    )  # fmt: skip
    return line


def _line(
    actor: Any, equipment: Equipment, values: Mapping[str, Any], source: str, now: datetime
) -> UsageLog:
    """A checked, unsaved line."""
    line = UsageLog(
        equipment=equipment, source=source, recorded_by=actor if actor.pk else None, **values
    )
    UsageAccess(actor).require("record", line)
    check_record(line)
    if line.start_at > now:
        raise DomainError("future", "还没有发生的使用不能登记。", "start_at")
    if line.is_external and not line.client_name.strip():
        raise DomainError("no_client", "对外服务请写明使用单位。", "client_name")
    return line


def log_booked_use(*, actor: Any, booking: Booking, now: datetime) -> UsageLog:
    """The line of a booking that was used, or the same line with the hours as they are now.

    Runs inside the transaction that says so. Raises Refused, or DomainError at a field.
    """
    equipment, firm = booking.equipment, booking.organisation
    assert equipment is not None  # noqa: S101 -- lines have no log
    assert firm is not None  # noqa: S101 -- blocked time is not used by others
    values = {
        "start_at": booking.start_at, "hours": booking.used_hours, "is_external": True,
        "client_name": firm.name, "purpose": booking.purpose, "booking": booking,
        "is_demo": booking.is_demo,
    }  # fmt: skip
    line = UsageLog.objects.select_for_update().filter(booking=booking).first()
    if line is None:
        line = _line(actor, equipment, values, UsageSource.BOOKING, now)
        line.save()
    else:
        line.hours = booking.used_hours or line.hours
        check_record(line)
        line.save(update_fields=["hours", "updated_at"])
    return line


@transaction.atomic
def delete_usage(*, actor: Any, line: UsageLog, now: datetime) -> None:
    """Take a wrong line out; the log keeps that it was there. Raises Refused."""
    locked = lock(line)
    UsageAccess(actor).require("delete", locked)
    log_activity(
        actor=actor, action="platforms.usagelog.delete", target=locked.equipment, now=now,
        data={"start_at": locked.start_at.isoformat(), "hours": str(locked.hours)},
    )  # fmt: skip
    locked.delete()


@dataclass(frozen=True)
class Received:
    """What became of lines that a system sent: written, and those that were there already."""

    created: int
    repeated: int


@transaction.atomic
def receive_usage(*, actor: Any, lines: Iterable[Mapping[str, Any]], now: datetime) -> Received:
    """Write lines sent by REST; each holds `equipment` and, to be sent twice safely, `external_id`.

    All or none. Raises Refused, or DomainError `lines` naming the line.
    """
    created = repeated = 0
    for number, sent in enumerate(lines, 1):
        values = dict(sent)
        equipment = values.pop("equipment")
        key = values.get("external_id", "")
        if key and UsageLog.objects.filter(equipment=equipment, external_id=key).exists():
            repeated += 1
            continue
        try:
            _line(actor, equipment, values, UsageSource.API, now).save()
        except Refused:
            raise
        except DomainError as error:
            raise DomainError(error.code, f"第 {number} 条：{error.message}", "lines") from error
        created += 1
        if created == 1:
            log_activity(
                actor=actor, action="platforms.usagelog.record", target=equipment, now=now,
                data={"source": UsageSource.API},
            )  # fmt: skip
    return Received(created, repeated)


def usage_template(platform: Platform) -> bytes:
    """An XLSX with the headings, and the platform's equipment on a second sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 -- a new workbook has a sheet
    sheet.title = "使用记录"
    sheet.append(HEADINGS)
    names = list(platform.equipment.order_by("name", "pk").values_list("name", "slug"))
    sheet.append((names[0][0] if names else EXAMPLE[0], *EXAMPLE[1:]))
    listed = book.create_sheet("本平台设备")
    listed.append(("设备", "编号（重名时填这个）"))
    for row in names:
        listed.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@transaction.atomic
def import_usage(*, actor: Any, platform: Platform, file: BinaryIO, now: datetime) -> int:
    """Write every row of the filled template, or none; return how many.

    Raises Refused, DomainError `file`, or ImportErrors with every wrong cell.
    """
    by_name: dict[str, list[Equipment]] = {}
    for item in platform.equipment.select_related("platform"):
        by_name.setdefault(item.name, []).append(item)
        by_name.setdefault(item.slug, []).append(item)
    errors: list[CellError] = []
    lines = []
    rows = read_rows(file, list(HEADINGS))
    for number, cells in rows:
        cells = [*cells, *[None] * len(HEADINGS)]
        try:
            equipment, values = _values(cells, by_name)
            lines.append(_line(actor, equipment, values, UsageSource.IMPORT, now))
        except CellProblem as problem:
            errors.append(CellError(number, problem.column, str(problem)))
        except Refused:
            raise
        except DomainError as error:
            column = COLUMN_OF.get(error.field or "", "整行")
            errors.append(CellError(number, column, error.message))
    if errors:
        raise ImportErrors(errors)
    UsageLog.objects.bulk_create(lines)
    log_activity(
        actor=actor, action="platforms.usagelog.import", target=platform, now=now,
        data={"count": len(lines)},
    )  # fmt: skip
    return len(lines)


COLUMN_OF = {"start_at": "日期", "hours": "机时（小时）", "client_name": "使用单位"}


class CellProblem(ValueError):
    """One cell does not say what its column asks for."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def _values(
    cells: list[Any], by_name: Mapping[str, list[Equipment]]
) -> tuple[Equipment, dict[str, Any]]:
    name, day, hours, external, client, purpose = (
        "" if cell is None else cell for cell in cells[: len(HEADINGS)]
    )
    found = by_name.get(str(name).strip(), [])
    if len(found) != 1:
        message = "本平台有几台同名设备，请填编号。" if found else "本平台没有这台设备。"
        raise CellProblem("设备", message)
    if str(external).strip() not in {"是", "否", ""}:
        raise CellProblem("对外服务", "请填“是”或“否”。")
    return found[0], {
        "start_at": datetime.combine(_day(day), time(8), timezone.get_current_timezone()),
        "hours": _hours(hours),
        "is_external": str(external).strip() == "是",
        "client_name": str(client).strip()[:200],
        "purpose": str(purpose).strip()[:200],
    }


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    try:
        return date.fromisoformat(str(cell).strip().replace("/", "-").replace(".", "-"))
    except ValueError as error:
        raise CellProblem("日期", "请写成 2026-03-05 这样的日期。") from error


def _hours(cell: Any) -> Decimal:
    try:
        number = Decimal(str(cell).strip())
    except InvalidOperation as error:
        raise CellProblem("机时（小时）", "请填数字。") from error
    if not number.is_finite():
        raise CellProblem("机时（小时）", "请填数字。")
    return number.quantize(Decimal("0.01"))
