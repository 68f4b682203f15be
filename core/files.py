"""Uploads checked by content, downloads guarded by the access object of what they belong to."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import puremagic
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models

from core.errors import DomainError, Refused
from core.models import StoredFile

# extension → the content types it may turn out to be
ALLOWED_TYPES: dict[str, frozenset[str]] = {
    "pdf": frozenset({"application/pdf"}),
    "png": frozenset({"image/png"}),
    "jpg": frozenset({"image/jpeg"}),
    "jpeg": frozenset({"image/jpeg"}),
    "docx": frozenset({"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}),
    "xlsx": frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
    "pptx": frozenset(
        {"application/vnd.openxmlformats-officedocument.presentationml.presentation"}
    ),
    "txt": frozenset({"text/plain"}),
    "csv": frozenset({"text/csv", "text/plain"}),
    "zip": frozenset({"application/zip"}),
}
MAX_NAME_LENGTH = 120

# "<app>.<model>" → function (user, target_id) -> bool: may the user read files of this target?
_guards: dict[str, Callable[[Any, str], bool]] = {}


def register_guard(target_type: str, guard: Callable[[Any, str], bool]) -> None:
    """Apps say who may read the files of their records; unregistered types are refused."""
    _guards[target_type] = guard


def may_read(user: Any, stored: StoredFile) -> bool:
    """Whether `user` may download `stored` (fails closed)."""
    guard = _guards.get(stored.target_type)
    return bool(guard and guard(user, stored.target_id))


def check_upload(upload: UploadedFile, *, field: str = "file") -> str:
    """Return the content type of `upload`, or raise DomainError saying what is wrong with it."""
    name = upload.name or ""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension not in ALLOWED_TYPES:
        allowed = "、".join(sorted(ALLOWED_TYPES))
        raise DomainError("file_type", f"不支持这种文件，可上传：{allowed}。", field)
    if (upload.size or 0) > settings.UPLOAD_MAX_MB * 1024 * 1024:
        raise DomainError(
            "file_size", f"文件超过 {settings.UPLOAD_MAX_MB} MB，请压缩后上传。", field
        )
    head = upload.read()
    upload.seek(0)
    if not head:
        raise DomainError("file_empty", "文件是空的，请重新选择。", field)
    found = _content_types(head, name)
    wanted = ALLOWED_TYPES[extension]
    if not found & wanted:
        raise DomainError("file_content", f"文件内容与扩展名 .{extension} 不符。", field)
    return sorted(found & wanted)[0]


def _content_types(content: bytes, name: str) -> frozenset[str]:
    extension = name.rsplit(".", 1)[-1].lower()
    if extension in {"txt", "csv"}:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            try:
                content.decode("gb18030")
            except UnicodeDecodeError:
                return frozenset()
        return frozenset() if b"\0" in content else ALLOWED_TYPES[extension]
    if extension in {"docx", "xlsx", "pptx"}:
        part = {"docx": b"word/", "xlsx": b"xl/", "pptx": b"ppt/"}[extension]
        is_office = content.startswith(b"PK\x03\x04") and part in content
        return ALLOWED_TYPES[extension] if is_office else frozenset()
    try:
        matches = puremagic.magic_string(content, filename=None)
    except puremagic.PureError:
        return frozenset()
    return frozenset(match.mime_type for match in matches)


def store_file(
    *,
    actor: Any,
    upload: UploadedFile,
    target: models.Model,
    field: str = "file",
    label: str = "",
) -> StoredFile:
    """Check and keep `upload` as a file of `target`, `label` saying which material it is.

    The caller has checked the actor's right. Raises Refused, or DomainError at `field`.
    """
    if not getattr(actor, "pk", None):
        raise Refused("请先登录再上传文件。")
    content_type = check_upload(upload, field=field)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    name = (upload.name or "文件").replace("\\", "/").rsplit("/", 1)[-1]
    stem, _, extension = name.rpartition(".")
    stored = StoredFile(
        name=f"{stem[:MAX_NAME_LENGTH]}.{extension}",
        content_type=content_type,
        size_bytes=upload.size or 0,
        sha256=digest.hexdigest(),
        label=label,
        uploaded_by=actor,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
    )
    upload.seek(0)
    # the name on disk is random: what people typed never becomes a path
    stored.file.save(f"{stored.pk}.{extension.lower()}", upload, save=False)
    stored.full_clean()
    stored.save()
    return stored


def keep_file(
    *, actor: Any, name: str, content: bytes, content_type: str, target: models.Model
) -> StoredFile:
    """Keep a file that the portal itself made as a file of `target`, in the actor's name."""
    extension = name.rsplit(".", 1)[-1].lower()
    stored = StoredFile(
        name=name,
        content_type=content_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=actor,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
    )
    stored.file.save(f"{stored.pk}.{extension}", ContentFile(content), save=False)
    stored.full_clean()
    stored.save()
    return stored


def files_of(target: models.Model) -> models.QuerySet[StoredFile]:
    """Files of `target`, oldest first."""
    rows = StoredFile.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))
    return rows.order_by("created_at", "pk")


def file_item(stored: StoredFile) -> dict[str, Any]:
    """A file as `c-files` shows it."""
    return {
        "name": stored.name,
        "url": stored.get_absolute_url(),
        "size": stored.size_bytes,
        "at": stored.created_at,
    }


def file_items(targets: Iterable[models.Model]) -> dict[str, list[dict[str, Any]]]:
    """Files of records of one kind, oldest first, as `c-files` shows them, by the record's key as
    text; records without files have an empty list. One query, none without records."""
    rows = list(targets)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    if not rows:
        return found
    stored = StoredFile.objects.filter(
        target_type=rows[0]._meta.label_lower, target_id__in=[str(row.pk) for row in rows]
    )
    for file in stored.order_by("created_at", "pk"):
        found[file.target_id].append(file_item(file))
    return found
