"""The jurisdiction files fit the code and the code lists."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from taxonomy.codefiles import read_code_files
from taxonomy.jurisdiction import (
    current_jurisdiction,
    jurisdiction_slugs,
    load_jurisdiction,
    regions_keeping,
)


def test_jurisdiction_slugs_are_the_five_files():
    assert jurisdiction_slugs() == ["chengdu", "dongguan", "guangdong", "linyi", "zhongshan"]


@pytest.mark.parametrize("slug", jurisdiction_slugs())
def test_jurisdiction_uses_only_known_codes(slug):
    files = read_code_files()

    jurisdiction = load_jurisdiction(slug)

    assert jurisdiction.slug == slug
    assert files.regions[jurisdiction.region]["name"] == jurisdiction.name
    assert jurisdiction.field_list in files.lists
    for kind in jurisdiction.platform_kinds:
        assert ("platform-kind", kind) in files.terms
    for ladder in jurisdiction.ladders:
        assert [("build-type", code) in files.terms for code in ladder.build_types] == [
            True for _code in ladder.build_types
        ]


@pytest.mark.parametrize("slug", jurisdiction_slugs())
def test_jurisdiction_facts_carry_their_source(slug):
    jurisdiction = load_jurisdiction(slug)

    facts = (*jurisdiction.targets, *jurisdiction.ladders, *jurisdiction.rewards)

    assert jurisdiction.source
    assert [fact.source for fact in facts if not fact.source] == []


def test_current_jurisdiction_is_the_one_of_the_settings(settings):
    settings.JURISDICTION = "zhongshan"

    assert current_jurisdiction().name == "中山市"
    assert current_jurisdiction().has_module("challenges")
    assert [reward.slug for reward in current_jurisdiction().rewards] == ["performance"]


def test_guangdong_targets_are_those_of_the_document():
    targets = load_jurisdiction("guangdong").targets

    assert [(t.code, t.minimum, t.maximum, t.year) for t in targets if not t.scope] == [
        ("TGT-G1", 30, 50, 2025),
        ("TGT-G2", 5, 8, 2025),
        ("TGT-G3", 2, 3, 2025),
        ("TGT-G4", 100, None, 2027),
    ]


def test_national_targets_stand_beside_with_what_is_known_of_them():
    national = {t.code: t for t in load_jurisdiction("guangdong").targets if t.scope == "national"}

    assert {code: (t.minimum, t.year) for code, t in national.items()} == {
        "TGT-M1": (5, 2025), "TGT-M2": (50, 2027), "TGT-M2b": (100, 2030),
    }  # fmt: skip
    known = national["TGT-M1"].known
    assert (known.value, known.as_of.isoformat()) == (21, "2025-12-21")
    assert "人民网" in known.source


def test_a_scheme_is_kept_by_who_uses_it():
    assert regions_keeping("running") == ["440000"]  # the deployment's own
    assert regions_keeping("city-reward") == ["442000"]
    assert regions_keeping("annual-performance") == ["371300"]
    assert regions_keeping("nobody") == ["440000"]


def test_load_jurisdiction_names_the_files_there_are():
    with pytest.raises(ImproperlyConfigured, match="guangdong"):
        load_jurisdiction("atlantis")


def test_load_jurisdiction_refuses_an_unknown_key(settings, tmp_path):
    folder = tmp_path / "data" / "jurisdictions"
    folder.mkdir(parents=True)
    (folder / "odd.toml").write_text('slug = "odd"\ncolour = "red"\n', encoding="utf-8")
    settings.BASE_DIR = tmp_path

    with pytest.raises(ImproperlyConfigured, match=r"odd\.toml"):
        load_jurisdiction("odd")
