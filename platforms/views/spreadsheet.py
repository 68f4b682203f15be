"""Spreadsheets of a platform: the template out, the filled one looked at, then written."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from core.downloads import send_file
from core.errors import DomainError, Refused
from core.files import check_upload
from platforms import services
from platforms.access import PlatformAccess, RegisterAccess, UsageAccess
from platforms.forms import ImportForm
from platforms.kinds import EQUIPMENT, PLATFORM
from platforms.models import Platform
from platforms.services.equipment_import import headings, read_rows
from platforms.services.register_import import REGISTER_HEADINGS
from platforms.services.usage import HEADINGS
from platforms.views.manage import find

SHOWN_ROWS = 20


@dataclass(frozen=True)
class Sheet:
    """One kind of spreadsheet: its words, its template, what writes it and where it leads."""

    title: str
    lead: str
    done: str
    file_name: str
    template: Callable[[Platform], bytes]
    write: Callable[..., int]
    columns: Callable[[], list[str]]
    require: Callable[[Any, Platform], None]
    back: Callable[[Platform], tuple[str, str]]


SHEETS = {
    "equipment": Sheet(
        "从表格导入设备",
        "每行一台，导入后是草稿，核对后再提交审核。",
        "已导入 {} 条草稿，核对后提交审核。",
        "equipment.xlsx",
        lambda platform: services.equipment_template(),
        services.import_equipment,
        headings,
        lambda user, platform: PlatformAccess(user).require("manage", platform),
        lambda platform: (
            "仪器设备", reverse("platforms:offers", args=[platform.slug, EQUIPMENT.key]),
        ),
    ),
    "usage": Sheet(
        "从表格导入使用记录",
        "每行一次使用。",
        "已导入 {} 条使用记录。",
        "usage.xlsx",
        services.usage_template,
        services.import_usage,
        lambda: list(HEADINGS),
        lambda user, platform: UsageAccess(user).require("record", platform),
        lambda platform: ("使用记录", reverse("platforms:usage", args=[platform.slug])),
    ),
    "register": Sheet(
        "从表格导入登记事项",
        "每行一项，已登记过的不重复登记。",
        "已导入 {} 项。",
        "register.xlsx",
        services.register_template,
        services.import_entries,
        lambda: REGISTER_HEADINGS,
        lambda user, platform: RegisterAccess(user).require("record", platform),
        lambda platform: ("登记事项", reverse("platforms:register")),
    ),
}  # fmt: skip


@login_required
def load(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Upload, look at what would be written or at every wrong cell, then write."""
    _access, platform = find(request, PLATFORM.key, slug)
    sheet = SHEETS[kind]
    sheet.require(request.user, platform)
    if "template" in request.GET:
        return send_file(sheet.template(platform), sheet.file_name)
    form = ImportForm(request.POST or None, request.FILES or None)
    label, back = sheet.back(platform)
    context = {"platform": platform, "form": form, "sheet": sheet, "label": label, "back": back}
    if request.method == "POST":
        try:
            if "content" in request.POST:
                count = _write(request, sheet, platform, _posted(request))
                messages.success(request, sheet.done.format(count))
                return redirect(back)
            if form.is_valid():
                context |= _preview(request, sheet, platform, form.cleaned_data["file"])
        except Refused:
            raise
        except DomainError as error:
            form.add_error(None if "content" in request.POST else "file", error.message)
            context["errors"] = getattr(error, "errors", [])
    return render(request, "platforms/manage/import.html", context)


def _posted(request: HttpRequest) -> bytes:
    """The spreadsheet that was looked at; the service checks it again."""
    try:
        return b64decode(request.POST["content"], validate=True)
    except ValueError as error:  # not base64
        raise DomainError("file", "请重新上传表格。") from error


def _write(request: HttpRequest, sheet: Sheet, platform: Platform, content: bytes) -> int:
    return sheet.write(
        actor=request.user, platform=platform, file=BytesIO(content), now=timezone.now()
    )


def _preview(request: HttpRequest, sheet: Sheet, platform: Platform, upload: Any) -> dict[str, Any]:
    """What would be written: everything is tried and taken back."""
    check_upload(upload)
    content = upload.read()
    with transaction.atomic():
        count = _write(request, sheet, platform, content)
        transaction.set_rollback(True)
    columns = sheet.columns()
    rows = read_rows(BytesIO(content), columns)[:SHOWN_ROWS]
    return {
        "count": count,
        "columns": columns,
        "rows": [(number, list(zip(columns, cells, strict=False))) for number, cells in rows],
        "content": b64encode(content).decode("ascii"),
    }
