"""The handbook of capabilities and the compilation of cases: entries, not totals (G02, G23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, CaseEntry, Outcome
from cases.selectors import honours
from platforms.models import Capability, Platform
from reporting.models import Publication
from reporting.publishing.compiled import FORMAT, Compiled, Draft, Part, Tell
from reporting.publishing.reports import UNKNOWN, city_of

CHUNK = 200
GRADES = "A 合同、报告与发票齐全；B 有合同或验证报告；C 有往来记录；D 仅有陈述。"
HANDBOOK_DRAFT = (
    "本手册收录在本平台发布的中试平台及其服务能力，按地区和平台编排。参数、价格和周期由平台提供，"
    "“最近确认”为平台最后一次确认仍然有效的日期；未注明的内容平台没有提供。"
    "联系平台请从平台页面发起咨询，平台须在承诺时限内答复。"
)
CASES_DRAFT = (
    "本汇编收录在本平台公开的典型服务案例。由对接项目写成的案例，成果经企业确认并征得企业同意；"
    f"其余来自公开报道，注明来源。证据等级：{GRADES}"
)


def handbook(publication: Publication, *, now: datetime, tell: Tell) -> Compiled:
    """One entry a platform with its published capabilities."""
    rows = (
        Platform.objects.shown().in_region(publication.region.prefix)
        .filter(capabilities__status="published").distinct()
        .select_related("region__parent", "kind", "level", "organisation")
        .prefetch_related("fields", Prefetch("capabilities", _capabilities(), "shown"))
        .order_by("region__code", "pinyin_key", "pk")
    )  # fmt: skip
    if not publication.with_demo:
        rows = rows.filter(is_demo=False)
    total = rows.count()
    tell(0, total)
    parts = []
    for platform in rows.iterator(chunk_size=CHUNK):
        parts.append(_platform(platform))
        if len(parts) % CHUNK == 0:
            tell(len(parts), total)
    return _compiled(publication, parts, Draft("preface", "编写说明", HANDBOOK_DRAFT))


def _capabilities() -> Any:
    rows = Capability.objects.published().select_related("field")
    return rows.prefetch_related("parameters", "certificates").order_by("title", "pk")


def _platform(platform: Any) -> Part:
    data = {
        "slug": platform.slug, "url": platform.get_absolute_url(), "is_demo": platform.is_demo,
        "facts": _told([
            ("类别", platform.kind), ("层级", platform.level or platform.level_text),
            ("服务领域", "、".join(str(field) for field in platform.fields.all())),
            ("地区", platform.region_display), ("联系单位", platform.operator_display),
            ("地址", platform.address), ("网站", platform.website),
        ]),
        "summary": platform.summary,
        "capabilities": [_capability(row) for row in platform.shown],
    }  # fmt: skip
    return Part(platform.slug, platform.name, data, city_of(platform.region))


def _capability(row: Any) -> dict[str, Any]:
    confirmed = timezone.localdate(row.confirmed_at).isoformat() if row.confirmed_at else "未确认"
    return {
        "title": row.title, "url": row.get_absolute_url(), "text": row.description,
        "facts": _told([
            ("工艺", row.process), ("规模", row.scale_display), ("成熟度", row.trl_display),
            ("物料", row.materials), ("执行标准", row.standards),
            ("资质", "、".join(str(term) for term in row.certificates.all())),
            ("价格", row.price_display), ("周期", row.lead_display), ("最近确认", confirmed),
        ]),
        "parameters": [
            [line.name, line.value_display or UNKNOWN] for line in row.parameters.all()
        ],
    }  # fmt: skip


def _told(pairs: Sequence[tuple[str, Any]]) -> list[list[str]]:
    return [[label, str(value)] for label, value in pairs if value not in (None, "")]


def case_candidates(publication: Publication) -> Any:
    """Published cases of the region, of the year of the compilation or before."""
    prefix, end = publication.region.prefix, publication.year + 1
    inside = Q(region__code__startswith=prefix) | Q(platform__region__code__startswith=prefix)
    rows = Case.objects.published().filter(inside, published_at__year__lt=end)
    if not publication.with_demo:
        rows = rows.exclude(project__is_demo=True)
    return rows.distinct().select_related("platform__region", "field", "region", "project")


def stories(publication: Publication, *, now: datetime, tell: Tell) -> Compiled:
    """One entry a case, by field; confirmed results with how well they are proven."""
    rows = case_candidates(publication).order_by("field__order", "-published_at", "pk")
    confirmed = Outcome.objects.confirmed().order_by("achieved_date", "pk")
    found = list(rows.prefetch_related(Prefetch("project__outcomes", confirmed, "proven")))
    selected = honours(row.slug for row in found)
    parts = [_case(row, selected.get(row.slug, [])) for row in found]
    tell(len(parts), len(parts))
    return _compiled(publication, parts, Draft("preface", "编写说明", CASES_DRAFT))


def _case(row: Any, selected: Sequence[CaseEntry]) -> Part:
    """`selected`: where experts chose it, the latest first; its mean mark is where scores begin."""
    marks: Any = selected[0] if selected else None
    proven = row.project.proven if row.project else []
    data = {
        "slug": row.slug, "url": reverse("cases:case", args=[row.slug]), "is_demo": row.is_demo,
        "facts": _told([
            ("平台", row.shown_platform), ("服务企业", row.client_name), ("领域", row.field),
            ("地区", row.region or (row.platform.region if row.platform else None)),
            ("入选", "、".join(str(entry.call) for entry in selected)),
            ("来源", row.source_title), ("来源日期", row.source_date),
        ]),
        "summary": row.summary, "result": row.result,
        "outcomes": [
            [str(one), one.description, one.achieved_date.isoformat(),
             str(one.get_evidence_grade_display())]
            for one in proven
        ],
    }  # fmt: skip
    group = str(row.field) if row.field else UNKNOWN
    return Part(row.slug, row.title, data, group, round(marks.mean) if marks else None)


def _compiled(publication: Publication, parts: list[Part], draft: Draft) -> Compiled:
    snapshot = {
        "format": FORMAT, "kind": publication.kind, "year": publication.year,
        "region": {"code": publication.region_id, "name": str(publication.region)},
        "definitions": {}, "numbers": {},
        "chapters": [{"code": draft.chapter, "title": draft.title, "numbers": [], "blocks": []}],
    }  # fmt: skip
    return Compiled(snapshot, parts, [draft], any(part.data["is_demo"] for part in parts))
