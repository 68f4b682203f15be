"""Loading code lists: complete, idempotent, never deleting."""

import shutil

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from core.errors import DomainError
from taxonomy.codefiles import FOLDER
from taxonomy.models import CodeList, Industry, Region, Term, TermMapping
from taxonomy.selectors import terms
from taxonomy.services import LoadResult, load_code_lists


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped files that a test may edit."""
    return shutil.copytree(settings.BASE_DIR / FOLDER, tmp_path / "taxonomy")


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def load(folder=None):
    return load_code_lists(now=timezone.now(), folder=folder)


def test_load_code_lists_loads_every_list(code_lists):
    assert Region.objects.active().filter(level=1).count() == 34
    assert Region.objects.active().filter(level=2).count() == 333
    assert Region.objects.active().filter(level=3).count() == 2846
    assert Industry.objects.filter(level=1).count() == 20
    assert Industry.objects.filter(level=2).count() == 97
    assert Term.objects.of("field-gd").count() == 8
    assert CodeList.objects.filter(terms__isnull=True).count() == 2
    assert CodeList.objects.filter(source="").count() == 0
    assert TermMapping.objects.filter(source__code_list="field-gd").exists()


def test_load_code_lists_twice_changes_nothing(code_lists, django_assert_num_queries):
    with django_assert_num_queries(10):
        result = load()

    assert result == LoadResult(created=0, updated=0, deactivated=0, mappings=0)
    assert result.is_unchanged


def test_load_code_lists_updates_a_changed_row(code_lists, folder):
    before = Term.objects.get(code_list="trl", code="3").pk
    edit(folder / "terms.csv", "trl,3,概念验证,", "trl,3,概念验证阶段,")

    result = load(folder)

    assert result == LoadResult(created=0, updated=1, deactivated=0, mappings=0)
    assert Term.objects.get(pk=before).name == "概念验证阶段"


def test_load_code_lists_deactivates_what_is_gone_and_brings_it_back(code_lists, folder):
    term = Term.objects.get(code_list="certificate", code="haccp")
    line = "certificate,haccp,危害分析与关键控制点（HACCP）,,,11\n"
    edit(folder / "terms.csv", line, "")

    gone = load(folder)
    term.refresh_from_db()
    was_active = term.is_active
    still_gone = load(folder)
    back = load()
    term.refresh_from_db()

    assert (gone.deactivated, was_active) == (1, False)
    assert still_gone.is_unchanged
    assert (back.updated, term.is_active) == (1, True)


def test_load_code_lists_follows_changed_mappings(code_lists, folder):
    mappings = folder / "mappings.csv"
    edit(mappings, "field-cd,aero-engine,field-gd,low-altitude,related\n", "")
    same = "field-cd,biomedicine,field-gd,biomedicine,"
    edit(mappings, same + "exact", same + "related")

    result = load(folder)

    assert result == LoadResult(created=0, updated=0, deactivated=0, mappings=2)
    relation = TermMapping.objects.get(
        source__code_list="field-cd", source__code="biomedicine", target__code_list="field-gd"
    ).relation
    assert relation == "related"


def test_load_code_lists_links_children_to_parents(code_lists, folder):
    with (folder / "terms.csv").open("a", encoding="utf-8") as stream:
        stream.write("field-gd,solid-battery,固态电池,new-energy-storage,,9\n")

    load(folder)

    child = Term.objects.get(code="solid-battery")
    assert child.parent == Term.objects.get(code_list="field-gd", code="new-energy-storage")


def test_load_code_lists_drops_cached_lists(code_lists, folder, django_capture_on_commit_callbacks):
    names = [term.name for term in terms("build-type")]
    edit(folder / "terms.csv", "build-type,upgrade,提升,", "build-type,upgrade,改造提升,")

    with django_capture_on_commit_callbacks(execute=True):
        load(folder)

    assert names == ["直接认定", "新建", "提升"]
    assert [term.name for term in terms("build-type")] == ["直接认定", "新建", "改造提升"]
    cache.clear()


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("regions.csv", "442000,中山市,中山,2,440000", "442000,中山市,中山,2,990000", "990000"),
        ("regions.csv", "442000,中山市", "441900,中山市", "441900"),
        ("terms.csv", "trl,2,", "trl,1,", "重复"),
        ("terms.csv", "trl,2,", "unknown-list,2,", "unknown-list"),
        ("terms.csv", "trl,2,技术方案,", "trl,2,技术方案,nowhere", "上级不存在"),
        (
            "mappings.csv",
            "field-zs,low-altitude,field-gd",
            "field-zs,high-altitude,field-gd",
            "high-altitude",
        ),
        ("industries.csv", "97,国际组织,2,T", "97,国际组织", "列数"),
    ],
)
def test_load_code_lists_refuses_files_that_do_not_fit(db, folder, name, old, new, message):
    edit(folder / name, old, new)

    with pytest.raises(DomainError, match=message):
        load(folder)

    assert not Region.objects.exists()


def test_load_code_lists_command_reports_and_repeats(db, capsys):
    call_command("load_code_lists")
    call_command("load_code_lists")

    lines = [row for row in capsys.readouterr().out.splitlines() if row.startswith("代码表")]
    assert [row.startswith("代码表：新增 0") for row in lines] == [False, True]
    assert lines[1] == "代码表：新增 0，更新 0，停用 0，对应关系变动 0。"


def test_load_code_lists_command_names_the_broken_file(db, settings, folder):
    root = folder.parent / "root" / "data"
    shutil.copytree(folder, root / "taxonomy")
    edit(root / "taxonomy" / "terms.csv", "trl,2,", "trl,1,")
    settings.BASE_DIR = root.parent

    with pytest.raises(CommandError, match=r"terms\.csv"):
        call_command("load_code_lists")
