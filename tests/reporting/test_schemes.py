"""Versions of a scheme: drafted, compared, tried, put in force, taken back. Refusals change
nothing."""

from copy import deepcopy
from decimal import Decimal

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import Conflict, DomainError, Refused
from core.models import ActivityLog
from reporting.access import SchemeAccess
from reporting.catalogue import declared_schemes
from reporting.models import EvaluationResult, EvaluationRun, EvaluationScheme
from reporting.selectors.schemes import changes
from reporting.services import evaluation_schemes as services
from reporting.services.trials import try_scheme
from tests.factories.accounts import person
from tests.factories.evaluations import SMALL, a_run, accepted, compute, open_year, small_scheme
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import chengdu, guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture
def staff():
    return person(Role.GOVERNMENT, region=guangdong())


@pytest.fixture
def scheme():
    return small_scheme()


def altered(**values):
    return deepcopy(SMALL) | values


def draft(staff, base, definition=None, **values):
    given = {"reason": "突出机制", "seen_digest": base.digest, "now": timezone.now()} | values
    return services.save_draft(
        actor=staff, base=base, definition=definition or altered(flat_score=50), **given
    )


def activate(staff, scheme, **values):
    return services.activate_scheme(actor=staff, scheme=scheme, now=timezone.now(), **values)


def fresh(scheme):
    return EvaluationScheme.objects.get(pk=scheme.pk)


def refused(act, words, field=None):
    before = list(EvaluationScheme.objects.order_by("pk").values("digest", "is_current"))
    with pytest.raises(DomainError, match=words) as caught:
        act()
    if field:
        assert caught.value.field == field
    after = list(EvaluationScheme.objects.order_by("pk").values("digest", "is_current"))
    assert after == before


def test_a_draft_judges_nothing_until_it_is_put_in_force(staff, scheme):
    made = draft(staff, scheme)

    assert (made.version, made.is_draft, made.is_current) == (2, True, False)
    assert (made.created_by, made.reason) == (staff, "突出机制")
    assert fresh(scheme).is_current
    activate(staff, made)

    assert (fresh(made).is_draft, fresh(made).is_current) == (False, True)
    assert not fresh(scheme).is_current
    log = ActivityLog.objects.get(action="reporting.evaluationscheme.activate")
    assert (log.data, log.reason) == ({"from": 1, "to": 2}, "突出机制")


def test_a_draft_is_saved_anew_and_dropped(staff, scheme):
    first = draft(staff, scheme)
    again = draft(staff, first, altered(flat_score=40))

    assert again.pk == first.pk
    assert fresh(first).definition["flat_score"] == 40
    refused(lambda: draft(staff, first, altered(flat_score=30)), "已被他人修改")
    services.drop_draft(actor=staff, scheme=first, now=timezone.now())
    assert list(EvaluationScheme.objects.all()) == [scheme]
    refused(lambda: activate(staff, first), "已经删除")
    refused(lambda: services.drop_draft(actor=staff, scheme=first, now=timezone.now()), "已经删除")


def test_what_cannot_be_saved(staff, scheme):
    refused(lambda: draft(staff, scheme, SMALL), "没有变化")
    refused(lambda: draft(staff, scheme, reason=" "), "理由", "reason")
    with pytest.raises(Conflict):
        draft(staff, scheme, seen_digest="0")
    with pytest.raises(Refused):
        draft(person(Role.OPERATOR), scheme)
    made = draft(staff, scheme)
    refused(lambda: draft(staff, scheme), "已有草稿")
    activate(staff, made)
    refused(lambda: draft(staff, fresh(scheme)), "现行版本或草稿")


@pytest.mark.parametrize(
    ("path", "value", "words", "field"),
    [
        (("headings", 0, "weight"), 60, "之和须为 100，现在是 90", "headings.0.weight"),
        (("headings", 0, "items", 1, "formula"), "SRV-12 /", "无法解析",
         "headings.0.items.1.formula"),
        (("headings", 0, "items", 1, "formula"), "ZZZ-99", "没有这样的指标",
         "headings.0.items.1.formula"),
        (("headings", 0, "items", 1, "formula"), "SRV-04 + BAS-06", "只能单独使用",
         "headings.0.items.1.formula"),
        (("headings", 0, "items", 1, "formula"), "SRV-04", "两次", "headings.0.items.1.formula"),
        (("headings", 1, "items", 0, "weight"), -1, "不能小于 0", "headings.1.items.0.weight"),
        (("headings", 1, "items", 0, "full"), 0, "参数", "headings.1.items.0.full"),
        (("headings", 1, "name"), "服务", "不能重复", "headings.1.name"),
        (("grades", 1, "minimum"), 90, "由高到低", "grades.1.minimum"),
        (("grades", 0, "share"), 0, "名次比例", "grades.0.share"),
        (("vetoes", 0, "code"), "ZZZ-99", "没有这样的指标", "vetoes.0.code"),
        (("vetoes", 0, "code"), "", "哪个指标", "vetoes.0.code"),
        (("vetoes", 2, "code"), "SRV-04", "不看指标", "vetoes.2.code"),
        (("vetoes", 0, "years"), 11, "年数", "vetoes.0.years"),
        (("vetoes", 0, "more_than"), -1, "界限", "vetoes.0.more_than"),
        (("groups",), [[], ["kind"]], "逐级放宽", "groups.1"),
        (("minimum_group",), 0, "至少 1 家", "minimum_group"),
        (("flat_score",), 101, "0 至 100", "flat_score"),
        (("ties",), ["SRV-99"], "不在指标中", "ties.0"),
        (("size", "bands"), [{"name": "a", "below": 9}, {"name": "b", "below": 9}], "由小到大",
         "size.bands.1.below"),
        (("missing",), {"na": "guess"}, "缺数处理", "missing.na"),
    ],
)  # fmt: skip
def test_what_cannot_be_computed_is_refused_at_its_field(staff, scheme, path, value, words, field):
    definition = deepcopy(SMALL)
    place = definition
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    refused(lambda: draft(staff, scheme, definition), words, field)


def test_an_indicator_that_is_no_number_is_read_by_its_kind(staff, scheme):
    definition = altered()
    definition["headings"][1]["items"] += [
        {"name": "独立法人", "formula": "BAS-06", "weight": 5},
        {"name": "资质", "formula": "BAS-11", "weight": 5},
        {"name": "总结", "formula": "PLN-07", "weight": 5},
        {"name": "中试线", "formula": "CON-05", "weight": 5},
    ]

    made = draft(staff, scheme, definition)

    added = made.definition["headings"][1]["items"][2:]
    assert [item.get("value") for item in added] == ["bool", "count", "present", None]


def test_going_back_needs_a_reason_and_keeps_every_version(staff, scheme):
    second = activate(staff, draft(staff, scheme))

    refused(lambda: activate(staff, scheme), "理由", "reason")
    refused(lambda: activate(staff, second, reason="x"), "正在使用")
    with pytest.raises(Refused):
        activate(person(Role.OPERATOR), scheme, reason="x")
    activate(staff, scheme, reason="试行效果不好")

    assert fresh(scheme).is_current
    assert EvaluationScheme.objects.count() == 2
    # the file itself did not change: what staff put in force stays
    services.load_schemes(actor=SYSTEM, definitions=[SMALL], now=timezone.now())
    assert EvaluationScheme.objects.get(is_current=True).pk == scheme.pk
    assert small_scheme(flat_score=10).version == 3


def test_what_was_in_force_is_never_edited_or_deleted(staff, scheme):
    made = activate(staff, draft(staff, scheme))
    refused(lambda: services.drop_draft(actor=staff, scheme=made, now=timezone.now()), "不能删除")
    rows = EvaluationScheme.objects.filter(pk=made.pk)
    for act in (lambda: rows.update(definition={}), rows.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    with pgtrigger.ignore("reporting.EvaluationScheme:never_deleted"):
        assert rows.exists()


def test_a_run_keeps_its_version(staff, scheme):
    run = a_run(open_year(), scheme)
    activate(staff, draft(staff, scheme))

    assert EvaluationRun.objects.get(pk=run.pk).scheme_id == scheme.pk


def test_the_region_that_keeps_a_scheme_changes_it(scheme):
    people = {
        "province": person(Role.GOVERNMENT, region=guangdong()),
        "city": person(Role.GOVERNMENT, region=zhongshan()),
        "elsewhere": person(Role.GOVERNMENT, region=chengdu()),
        "operator": person(Role.OPERATOR),
    }
    rows = {
        slug: small_scheme(slug=slug) for slug in ("running", "city-reward", "operating-benefit")
    } | {"small": scheme}

    def may(slug):
        return {who for who, user in people.items() if SchemeAccess(user).can("revise", rows[slug])}

    assert may("running") == {"province"}  # this deployment's own, though the city names it too
    assert may("city-reward") == {"province", "city"}
    assert may("operating-benefit") == {"elsewhere"}
    assert may("small") == {"province"}
    draft(people["province"], scheme)
    seen = {who for who, user in people.items()
            if SchemeAccess(user).visible().filter(is_draft=True).exists()}  # fmt: skip
    assert seen == {"province", "city", "elsewhere"}


def test_what_differs_is_said_in_words():
    after = altered(flat_score=50)
    after["headings"][0]["items"][0] |= {"weight": 35, "method": "percentile"}
    after["vetoes"][0] |= {"more_than": 2}
    after["grades"][0].pop("share")

    assert [(row.name, row.before, row.after) for row in changes(SMALL, after)] == [
        ("服务企业数（SRV-04）", "服务，同组极差，份额 40", "服务，同组百分位，份额 35"),
        ("事故", "近 3 年任一年 SAF-01 大于 0", "近 3 年任一年 SAF-01 大于 2"),
        ("优秀", "80 分及以上，且名次在前 40%", "80 分及以上"),
        ("数值全部相同时", "60 分", "50 分"),
    ]
    assert changes(SMALL, SMALL) == []


@pytest.fixture
def computed(scheme):
    """a 48, b 68, c 35 points, as in the group counted by hand; c had one accident."""
    cycle = open_year()
    for slug, values in {
        "a": {"SRV_04": 4, "SRV_12": 300, "TAL_01": 10, "SRV_13": 50, "FIN_05": 20},
        "b": {"SRV_04": 8, "SRV_12": 200, "TAL_01": 20, "SRV_13": 90, "FIN_05": 0},
        "c": {"SRV_04": 6, "SRV_12": 100, "TAL_01": 5, "SRV_13": 0, "FIN_05": 100,
              "CON_05": 7},
    }.items():  # fmt: skip
        accepted(cycle, PlatformFactory(slug=slug), **values)
    run = a_run(cycle, scheme)
    compute(run)
    return run.rounds.select_related("run__scheme", "run__cycle", "run__region").get()


def tried(staff, round_, definition):
    made = draft(staff, EvaluationScheme.objects.get(is_current=True), definition)
    return try_scheme(actor=staff, scheme=made, round_=round_)


def test_a_trial_says_what_would_have_come_out_and_stores_nothing(staff, computed):
    definition = altered()
    for heading, weight in zip(definition["headings"], (30, 70), strict=True):
        heading["weight"] = weight

    trial = tried(staff, computed, definition)

    # a: (0·40 + 100·30)·30/70 + (50·20 + 80·10)·70/30; b: 40·30/70 + (18 + 10)·70/30; c: 35·30/70
    assert {row.slug: (str(row.before.score), str(row.after.score)) for row in trial.rows} == {
        "b": ("68.00", "82.48"), "a": ("48.00", "54.86"), "c": ("35.00", "15"),
    }  # fmt: skip
    assert [row.slug for row in trial.rows] == ["b", "a", "c"]
    assert {row.slug: (row.before.grade, row.after.grade) for row in trial.changed} == {
        "b": ("良好", "优秀"), "c": ("合格", "较差"),
    }  # fmt: skip
    assert trial.grades == [("优秀", 0, 1), ("良好", 1, 0), ("合格", 2, 1), ("较差", 0, 1)]
    assert (trial.regraded, trial.moved) == (2, 0)
    assert computed.run.rounds.count() == 1
    assert EvaluationResult.objects.get(platform__slug="b").score == Decimal("68.00")


def test_a_trial_reads_new_indicators_and_longer_years_from_what_was_frozen(staff, computed):
    older = open_year(year=computed.run.cycle.year - 4)
    platform = EvaluationResult.objects.get(platform__slug="a").platform
    accepted(older, platform, SAF_01=1)
    definition = altered()
    definition["headings"][1]["items"] = [{"name": "中试线", "formula": "CON-05", "weight": 1}]
    definition["ties"] = []
    definition["vetoes"][0] |= {"years": 5}

    with CaptureQueriesContext(connection) as queries:
        trial = tried(staff, computed, definition)

    found = {row.slug: row.after for row in trial.rows}
    assert found["a"].vetoes == ("事故",)
    assert (found["a"].rank, found["a"].score) == (None, None)
    assert found["c"].score is not None
    assert "reporting_reportversion" in " ".join(row["sql"] for row in queries)


def test_a_trial_is_for_those_who_see_every_score(computed, scheme):
    for stranger in (person(Role.OPERATOR), person(Role.GOVERNMENT, region=zhongshan())):
        with pytest.raises(Refused):
            try_scheme(actor=stranger, scheme=scheme, round_=computed)


def test_shipped_schemes_rule_out_major_accidents_as_the_source_says():
    for definition in declared_schemes():
        rule = {veto["slug"]: veto for veto in definition["vetoes"]}.get("accident")
        if rule is not None:
            assert (rule["code"], rule["years"]) == ("SAF-01a", 3)
            assert "重大" in rule["name"]
