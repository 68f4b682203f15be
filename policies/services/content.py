"""Writing, publishing and withdrawing policies, interpretations, news and topics."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.errors import Conflict, DomainError
from core.files import store_file
from core.models import StoredFile
from core.search import search_vector
from core.services import assign, assign_many, check_record, emit, lock, log_activity
from core.states import perform
from policies.access import access_to
from policies.body import render_body
from policies.doc_numbers import normalise_doc_number
from policies.models import Content, Interpretation, News, PolicyDocument, Topic
from policies.selectors import topic_pieces
from policies.services.topics import arrange_pieces

COMMON = (
    "title", "summary", "body_source", "region", "issuer", "issued_date", "source_title",
    "source_url", "source_date",
)  # fmt: skip
# what an editor types, by kind
EDITABLE: dict[type[Content], tuple[str, ...]] = {
    PolicyDocument: (
        *COMMON, "doc_number", "index_number", "signed_date", "effective_date", "expiry_date",
        "validity", "topic", "genre", "audience", "keywords", "publicity", "supersedes",
    ),
    Interpretation: COMMON,
    News: COMMON,
    Topic: ("title", "summary", "body_source", "region"),
}  # fmt: skip
LISTS: dict[type[Content], tuple[str, ...]] = {
    PolicyDocument: ("fields",),
    Interpretation: ("fields", "documents"),
    News: ("fields",),
    Topic: ("fields", "pieces"),
}
PREFIXES: dict[type[Content], str] = {
    PolicyDocument: "zc",
    Interpretation: "jd",
    News: "dt",
    Topic: "zt",
}


@transaction.atomic
def create_content(
    *, actor: Any, model: type[Content], values: Mapping[str, Any], now: datetime
) -> Content:
    """Make a draft of `model` and log it. Errors: Refused, `unknown_field`, `invalid`.

    The body is sanitised and the 文号 brought to its official form, here and in every edit.
    """
    content = model(
        slug=f"{PREFIXES[model]}-{timezone.localtime(now):%Y%m%d}-{secrets.token_hex(3)}",
        written_by=actor,
        status_changed_at=now,
    )
    access = access_to(actor, content)
    access.require("create")
    _assign(content, values)
    access.require("edit", content)  # city staff write for their city
    check_record(content, exclude={"search"})
    content.search = content_search(content)
    content.save()
    _assign_lists(content, values)
    _log(actor, "create", content, now)
    return content


@transaction.atomic
def edit_content(
    *,
    actor: Any,
    content: Content,
    values: Mapping[str, Any],
    now: datetime,
    version: datetime | None = None,
) -> Content:
    """Change a piece in any state and log which fields; when it was published never changes.

    Errors: Refused, Conflict (`version` is the `updated_at` the editor saw), `invalid`.
    """
    locked = lock(content)
    access = access_to(actor, locked)
    access.require("edit", locked)
    if version is not None and version != locked.updated_at:
        raise Conflict
    changed = _assign(locked, values)
    access.require("edit", locked)  # nobody hands a piece to a region that is not theirs
    check_record(locked, exclude={"search"})
    locked.search = content_search(locked)
    locked.save(update_fields=[*changed, "search", "updated_at"])
    changed += _assign_lists(locked, values)
    if changed:
        _log(actor, "edit", locked, now, data={"fields": changed})
    return locked


@transaction.atomic
def move_content(
    *, actor: Any, content: Content, name: str, now: datetime, reason: str = ""
) -> Content:
    """Publish, withdraw or publish again. `published_at` is set the first time only.

    Emits `policies.content.published` (kind, content_id). Errors: Refused, `wrong_state`,
    `reason_required`, `empty`: nothing is published without text or summary, no topic
    without a piece that is public.
    """
    moved = perform(access_to(actor, content), name, content, now=now, reason=reason)
    if not moved.is_published:
        return moved
    if not (moved.body or moved.summary):
        raise DomainError("empty", "请先写正文或摘要，再发布。", "body_source")
    if isinstance(moved, Topic) and not topic_pieces(moved, published=True):
        raise DomainError("empty", "请先放进至少一篇已发布的内容，再发布专题。", "pieces")
    if moved.published_at is None:
        moved.published_at = now
        moved.save(update_fields=["published_at", "updated_at"])
    emit("policies.content.published", kind=moved._meta.model_name, content_id=moved.pk)
    return moved


@transaction.atomic
def attach_file(*, actor: Any, content: Content, upload: Any, now: datetime) -> StoredFile:
    """Keep `upload` as an attachment, open to whoever sees the piece; its type is checked."""
    locked = lock(content)
    access_to(actor, locked).require("attach", locked)
    stored = store_file(actor=actor, upload=upload, target=locked)
    _log(actor, "attach", locked, now, data={"file": stored.name})
    return stored


@transaction.atomic
def remove_file(*, actor: Any, content: Content, stored: StoredFile, now: datetime) -> None:
    """Remove an attachment of the piece; the log keeps its name and digest."""
    locked = lock(content)
    access_to(actor, locked).require("attach", locked)
    if (stored.target_type, stored.target_id) != (locked._meta.label_lower, str(locked.pk)):
        raise DomainError("file_target", "这个文件不属于这篇内容。", "file")
    _log(actor, "remove_file", locked, now, data={"file": stored.name, "sha256": stored.sha256})
    file = stored.file
    stored.delete()
    transaction.on_commit(lambda: file.delete(save=False))


def content_search(content: Content) -> Any:
    """The search vector: title and 文号 before summary, text, issuer and keywords."""
    number = getattr(content, "doc_number", "")
    issuer = getattr(content, "issuer", "")
    keywords = getattr(content, "keywords", "")
    text = content.body_source.replace("|", " ")
    return search_vector(
        title=f"{content.title} {number}",
        body=f"{content.summary} {issuer} {keywords} {content.region_text} {text}",
    )


def _assign(content: Content, values: Mapping[str, Any]) -> list[str]:
    """Set the typed fields and what follows from them; return the names of those that changed."""
    model = type(content)
    unknown = set(values) - {*EDITABLE[model], *LISTS[model]}
    if unknown:
        raise DomainError("unknown_field", f"没有这个字段：{'、'.join(sorted(unknown))}。")
    given = {name: values[name] for name in EDITABLE[model] if name in values}
    if "doc_number" in given:
        given["doc_number"] = normalise_doc_number(given["doc_number"])
    if "body_source" in given:
        given["body"] = render_body(given["body_source"])
    return assign(content, given)


def _assign_lists(content: Content, values: Mapping[str, Any]) -> list[str]:
    names = [name for name in LISTS[type(content)] if name != "pieces"]
    changed = assign_many(content, values, names)
    if isinstance(content, Topic) and "pieces" in values:
        changed += ["pieces"] if arrange_pieces(content, values["pieces"]) else []
    return changed


def _log(actor: Any, verb: str, content: Content, now: datetime, **options: Any) -> None:
    action = f"policies.{content._meta.model_name}.{verb}"
    log_activity(actor=actor, action=action, target=content, now=now, **options)
