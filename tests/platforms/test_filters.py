"""What each filter leaves, and what each facet counts."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from core.search import search_vector
from platforms.filters import (
    CapabilityFilter,
    EquipmentFilter,
    ExpertFilter,
    LineFilter,
    PlatformFilter,
)
from platforms.models import Capability, Equipment, Expert, Line, Platform
from platforms.selectors import capability_rows, platform_rows
from tests.factories.platforms import (
    CapabilityFactory,
    EquipmentFactory,
    ExpertFactory,
    LineFactory,
    PlatformFactory,
)
from tests.factories.taxonomy import TermFactory, chengdu


def left(filter_class, rows, query):
    found = filter_class(QueryDict(query), queryset=rows)
    assert found.is_valid(), found.errors
    return set(found.qs)


def facet(filter_class, rows, name, query=""):
    found = filter_class(QueryDict(query), queryset=rows)
    choices = next(facet for facet in found.facet_list if facet.name == name).choices
    return {choice.value: choice.count for choice in choices}


def term(code_list, code):
    return TermFactory(code_list__slug=code_list, code=code, name=code)


def test_platforms_by_region(db):
    here, there = PlatformFactory(), PlatformFactory(region=chengdu())
    rows = platform_rows(Platform.objects.all())

    assert left(PlatformFilter, rows, "province=440000") == {here}
    assert left(PlatformFilter, rows, "city=510100") == {there}
    assert left(PlatformFilter, rows, "province=440000&province=510000") == {here, there}
    assert facet(PlatformFilter, rows, "province") == {"440000": 1, "510000": 1}
    assert facet(PlatformFilter, rows, "city", "province=510000") == {"510100": 1}


def test_platforms_by_terms(db):
    fields = [term("field-data", "new-materials"), term("field-data", "ocean")]
    both = PlatformFactory(kind=term("platform-kind", "pilot-base"), is_open=True)
    both.fields.set(fields)
    one = PlatformFactory(level=term("platform-level", "province"))
    one.fields.set(fields[:1])
    rows = platform_rows(Platform.objects.all())

    assert left(PlatformFilter, rows, "field=new-materials&field=ocean") == {both, one}
    assert left(PlatformFilter, rows, "field=ocean") == {both}
    assert left(PlatformFilter, rows, "kind=pilot-base") == {both}
    assert left(PlatformFilter, rows, "level=province") == {one}
    assert left(PlatformFilter, rows, "open=on") == {both}
    assert facet(PlatformFilter, rows, "field") == {"new-materials": 2, "ocean": 1}


def test_listings_by_freshness(db, now):
    fresh = PlatformFactory(confirmed_at=now)
    old = PlatformFactory(confirmed_at=now - timedelta(days=400))
    never = PlatformFactory()
    rows = platform_rows(Platform.objects.all())

    assert left(PlatformFilter, rows, "freshness=fresh") == {fresh}
    assert left(PlatformFilter, rows, "freshness=overdue&freshness=never") == {old, never}
    assert facet(PlatformFilter, rows, "freshness") == {"fresh": 1, "overdue": 1, "never": 1}


def test_words_come_best_first(db):
    for title, body in (("表面处理", "树脂涂层"), ("树脂合成", "")):
        CapabilityFactory(title=title, search=search_vector(title=title, body=body))
    rows = capability_rows(Capability.objects.all())

    found = CapabilityFilter(QueryDict("q=树脂"), queryset=rows).qs

    assert [row.title for row in found] == ["树脂合成", "表面处理"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("trl=5", {"interval", "open end"}),
        ("trl=9", {"open end"}),
        ("trl=1", {"open start"}),
        ("known=price", {"interval"}),
        ("known=price&known=scale", {"interval"}),
        ("known=scale", {"interval", "open end"}),
        ("known=trl&known=lead", {"open start"}),
        ("free_by=2026-12-31", {"interval"}),
        ("open=on", {"open end"}),
        ("service=product-trial", {"interval"}),
        ("certificate=cma", {"open end"}),
        ("field=ocean", {"open start"}),
    ],
)
def test_capabilities_by_conditions(db, query, names):
    interval = CapabilityFactory(
        title="interval", trl_low=4, trl_high=6, price_low_yuan=1, scale_text="公斤级",
        next_free_date="2026-12-01",
    )  # fmt: skip
    open_end = CapabilityFactory(title="open end", trl_low=5, scale_low=3, is_open=True)
    open_start = CapabilityFactory(title="open start", trl_high=3, lead_days_high=9)
    CapabilityFactory(title="nothing")
    interval.service_types.add(term("service-type", "product-trial"))
    open_end.certificates.add(term("certificate", "cma"))
    Capability.objects.filter(pk=open_start.pk).update(field=term("field-data", "ocean"))

    found = left(CapabilityFilter, capability_rows(Capability.objects.all()), query)

    assert {row.title for row in found} == names


def test_resources_by_their_own_facts(db):
    domestic = EquipmentFactory(origin="domestic")
    EquipmentFactory()
    lab = LineFactory(kind="lab")
    LineFactory()
    mentor = ExpertFactory(engagement_modes=["mentor"])
    ExpertFactory()

    assert left(EquipmentFilter, Equipment.objects.all(), "origin=domestic") == {domestic}
    assert left(LineFilter, Line.objects.all(), "line_kind=lab") == {lab}
    assert left(ExpertFilter, Expert.objects.all(), "engagement=mentor") == {mentor}


def test_a_wrong_choice_is_an_error(db):
    found = PlatformFilter(QueryDict("province=99"), queryset=Platform.objects.all())

    assert "province" in found.errors
    assert found.facet_list == []


def test_counts_over_many_rows_are_kept(db, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("core.counts.MANY_ROWS", 2)
    CapabilityFactory.create_batch(2)
    rows = Capability.objects.all()
    first = CapabilityFilter(QueryDict(), queryset=rows).facet_list

    with django_assert_num_queries(3):  # of services, ways and certificates there are none
        kept = CapabilityFilter(QueryDict(), queryset=rows).facet_list
    other = CapabilityFilter(QueryDict("city=442000"), queryset=rows).facet_list

    assert kept == first
    assert other != first
