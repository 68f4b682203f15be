"""Reading code lists. What every page needs comes from the cache, dropped by each load."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet

from taxonomy.models import CodeList, Industry, Region, RegionLevel, Term, TermMapping
from taxonomy.querysets import RegionQuerySet

Row = TypeVar("Row")
CACHE_SECONDS = 3600
PROVINCES = "taxonomy:provinces"
INDUSTRIES = "taxonomy:industries"
REGION_NAMES = "taxonomy:region-names"
WIDENING = (TermMapping.Relation.EXACT, TermMapping.Relation.BROADER)


def _terms_key(list_slug: str) -> str:
    return f"taxonomy:terms:{list_slug}"


def cache_keys(list_slugs: Iterable[str]) -> list[str]:
    """Every cache key that holds code lists."""
    return [PROVINCES, INDUSTRIES, REGION_NAMES, *map(_terms_key, list_slugs)]


def _cached(key: str, read: Callable[[], list[Row]]) -> list[Row]:
    rows: list[Row] | None = cache.get(key)
    if rows is None:
        rows = read()
        cache.set(key, rows, CACHE_SECONDS)
    return rows


def terms(list_slug: str) -> list[Term]:
    """The active entries of a list in its order (cached). Empty for a list that is not loaded."""
    return _cached(_terms_key(list_slug), lambda: list(Term.objects.of(list_slug)))


def term(list_slug: str, code: str) -> Term | None:
    """One active entry by its code."""
    return next((entry for entry in terms(list_slug) if entry.code == code), None)


def term_named(list_slug: str, name: str) -> Term | None:
    """One active entry by its exact Chinese name, as importers meet it."""
    return next((entry for entry in terms(list_slug) if entry.name == name.strip()), None)


def term_choices(list_slug: str) -> list[tuple[str, str]]:
    """(code, name) of a list, for forms and filters."""
    return [(entry.code, entry.name) for entry in terms(list_slug)]


def code_lists() -> QuerySet[CodeList]:
    """All lists by name of slug, each with `term_count`, its active entries."""
    active = Count("terms", filter=Q(terms__is_active=True))
    return CodeList.objects.annotate(term_count=active).order_by("slug")


def provinces() -> list[Region]:
    """The 34 province-level divisions in the order of their codes (cached)."""
    in_order = Region.objects.active().filter(level=RegionLevel.PROVINCE).order_by("code")
    return _cached(PROVINCES, lambda: list(in_order))


def province_choices() -> list[tuple[str, str]]:
    """(code, short name) of the provinces."""
    return [(region.code, region.short_name) for region in provinces()]


def industries() -> list[Industry]:
    """Active 门类 and 大类, each 门类 followed by its 大类 (cached)."""

    def read() -> list[Industry]:
        rows = list(Industry.objects.filter(is_active=True).order_by("level", "code"))
        return sorted(rows, key=lambda row: (row.parent_id or row.code, row.level, row.code))

    return _cached(INDUSTRIES, read)


def regions_under(code: str, *, level: int | None = None) -> QuerySet[Region]:
    """Active regions strictly inside `code`, by pinyin; of one level when asked.

    Empty for an unknown code, and for 东莞 and 中山, which have no counties.
    """
    outer = Region.objects.filter(pk=code).first()
    if outer is None:
        return Region.objects.none()
    inside = Region.objects.active().under(outer.prefix).exclude(pk=code)
    if level is not None:
        inside = inside.filter(level=level)
    return inside.order_by("pinyin_key", "code")


def region_path(region: Region) -> list[Region]:
    """The region and what it lies in, province first: 广东省, 中山市."""
    path = [region]
    while path[0].parent is not None:
        path.insert(0, path[0].parent)
    return path


def resolve_region(name: str, *, within: str = "") -> Region | None:
    """The region a document means by `name`: full or short name, or a path 广东省中山市.

    `within` (a code) narrows the search. Wider levels win over narrower ones and present names
    over withdrawn ones; a name that stays ambiguous resolves to None.
    """
    text = "".join(name.split())
    scope = Region.objects.all()
    if within:
        outer = Region.objects.filter(pk=within).first()
        scope = scope.under(outer.prefix) if outer else scope.none()
    found = _named(scope, text)
    if found is not None or not text:
        return found
    return _by_path(scope, text)


def _named(scope: RegionQuerySet, text: str) -> Region | None:
    """The one region so named on the widest level that has any; withdrawn ones last."""
    matches = list(
        scope.filter(Q(name=text) | Q(short_name=text)).order_by("-is_active", "level", "code")
    )
    if not matches:
        return None
    first = matches[0]
    peers = [r for r in matches if (r.is_active, r.level) == (first.is_active, first.level)]
    exact = [r for r in peers if r.name == text] or peers
    return exact[0] if len(exact) == 1 else None


def _by_path(scope: RegionQuerySet, text: str) -> Region | None:
    """Resolve 广东省中山市, 四川成都: the longest leading region, then the rest inside it."""
    heads = scope.active().filter(level__in=(RegionLevel.PROVINCE, RegionLevel.CITY))
    candidates = [
        (label, region)
        for region in heads
        for label in {region.name, region.short_name}
        if text.startswith(label) and label != text
    ]
    for label, region in sorted(candidates, key=lambda pair: (-len(pair[0]), pair[1].level)):
        rest = resolve_region(text.removeprefix(label), within=region.code)
        if rest is not None:
            return rest
    return None


def mapped_terms(
    entries: Sequence[Term], list_slug: str, *, relations: Sequence[str] = WIDENING
) -> list[Term]:
    """Entries of `list_slug` that `entries` map to, in its order; both directions are followed.

    By default what contains them (等同, 上位). Read backwards, 上位 becomes 下位.
    """
    backwards = {
        TermMapping.Relation.BROADER: TermMapping.Relation.NARROWER,
        TermMapping.Relation.NARROWER: TermMapping.Relation.BROADER,
    }
    inverse = [backwards.get(TermMapping.Relation(r), TermMapping.Relation(r)) for r in relations]
    ids = [entry.pk for entry in entries]
    forward = TermMapping.objects.filter(source__in=ids, relation__in=relations)
    reverse = TermMapping.objects.filter(target__in=ids, relation__in=inverse)
    wanted = Q(pk__in=forward.values("target")) | Q(pk__in=reverse.values("source"))
    return list(Term.objects.of(list_slug).filter(wanted))


def mapping_rows(list_slug: str) -> QuerySet[TermMapping]:
    """Every mapping of a list's active entries, ready to show."""
    rows: Any = TermMapping.objects.filter(
        source__code_list=list_slug, source__is_active=True
    ).select_related("source", "target__code_list", "industry")
    return rows.order_by("source__order", "target__code_list", "target__order", "industry", "pk")
