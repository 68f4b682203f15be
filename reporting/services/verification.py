"""Is a printed paper ours, and is it unchanged? By the code that each of its pages carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from core.templatetags.portal_format import moment, plain
from reporting.enums import ListStatus, PublicationStatus
from reporting.models import Publication, PublishedList, ReportVersion
from reporting.selectors.publications import newer_edition
from reporting.selectors.published_lists import latest_of, streamed
from reporting.services import snapshots
from reporting.services.publications import content_digest
from reporting.services.snapshots import digest_of, digest_of_rows

CODE_LENGTH = 12
CHECKED_SECONDS = 600  # reading a hundred thousand lines again takes a second


@dataclass(frozen=True)
class Verified:
    """What a code stands for: facts as (label, words), its page where there is one, and whether
    what is kept still has the digest it was frozen with."""

    facts: list[tuple[str, str]]
    is_untouched: bool
    caution: str = ""
    url: str = ""


def verified(code: str) -> Verified | None:
    """What is known under a code, of what is or was public; None when there is nothing."""
    if len(code) < CODE_LENGTH:
        return None
    related = ("report__platform", "report__cycle__region")
    version = ReportVersion.objects.select_related(*related).filter(verification_code=code).first()
    if version is not None:
        return _report(version)
    start = code[:CODE_LENGTH].lower()
    editions = Publication.objects.select_related("region", "cycle").exclude(
        status__in=[PublicationStatus.DRAFT, PublicationStatus.IN_REVIEW]
    )
    if found := editions.filter(content_sha256__startswith=start).first():
        return _publication(found)
    lists = PublishedList.objects.exclude(status=ListStatus.ISSUING)
    if edition := lists.filter(sha256__startswith=start).first():
        return _list(edition)
    return None


def _report(version: ReportVersion) -> Verified:
    cycle = version.snapshot["cycle"]
    is_old = version.report.versions.filter(number__gt=version.number).exists()
    facts = [
        ("平台", version.snapshot["platform"]["name"]),
        ("年度", f"{cycle['year']} 年，{cycle['region_name']}"),
        ("版本", str(version)),
        ("封存时间", moment(version.submitted_at)),
        ("摘要（SHA-256）", version.sha256),
    ]
    return Verified(
        _marked(facts, version.snapshot["platform"]["is_demo"]),
        not snapshots.differences(version),
        "之后又提交过新版本，请以新版本为准。" if is_old else "",
    )


def _publication(found: Publication) -> Verified:
    newer = newer_edition(found)
    facts = [
        ("名称", found.title),
        ("版次", f"第 {found.edition} 版"),
        ("发布时间", moment(found.published_at)),
        ("数据封存时间", moment(found.frozen_at)),
        ("内容摘要（SHA-256）", found.content_sha256),
    ]
    caution = f"之后已发布{newer}，请以新版为准。" if newer else ""
    if found.status == PublicationStatus.WITHDRAWN:
        caution = f"这一版已经撤回：{found.reason}"
    return Verified(_marked(facts, found.is_demo), _checked(found, _holds), caution,
                    found.get_absolute_url())  # fmt: skip


def _holds(publication: Publication) -> bool:
    """Whether snapshot, entries and texts still have the digests they were frozen with."""
    rows = publication.rows.order_by("order").values_list("key", "data")
    snapshot = publication.snapshot or {}
    return (
        digest_of(snapshot) == publication.sha256
        and digest_of_rows(rows.iterator(chunk_size=500)) == snapshot["rows"]["sha256"]
        and content_digest(publication) == publication.content_sha256
    )


def _list(edition: PublishedList) -> Verified:
    facts = [
        ("名称", edition.title),
        ("期号", f"第 {edition.number} 期"),
        ("条数", plain(edition.row_count)),
        ("发布时间", moment(edition.published_at)),
        ("内容摘要（SHA-256）", edition.sha256),
    ]
    latest = latest_of(edition.kind)
    caution = f"最新一期为{latest}。" if latest and latest.pk != edition.pk else ""
    if edition.status == ListStatus.WITHDRAWN:
        caution = f"这一期已经撤回：{edition.reason}"
    return Verified(_marked(facts, edition.is_demo), _checked(edition, _rows_hold), caution,
                    edition.get_absolute_url())  # fmt: skip


def _checked(record: Any, check: Callable[[Any], bool]) -> bool:
    """`check` of the record, asked again after ten minutes: anybody may ask."""
    key = f"reporting:holds:{record._meta.model_name}:{record.pk}"
    return bool(cache.get_or_set(key, lambda: check(record), CHECKED_SECONDS))


def _rows_hold(edition: PublishedList) -> bool:
    return digest_of_rows((row.key, row.data) for row in streamed(edition)) == edition.sha256


def _marked(facts: list[tuple[str, Any]], is_demo: bool) -> list[tuple[str, str]]:
    return [*facts, ("性质", "演示数据")] if is_demo else facts
