"""The arithmetic alone: a group counted by hand, each veto once, properties of scores."""

import tomllib
from copy import deepcopy
from decimal import Decimal

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as rules
from hypothesis import strategies as st

from reporting.scoring import Candidate, SchemeError, Value, evaluate, read_scheme
from tests.factories.evaluations import SMALL

SCHEME = read_scheme(SMALL)
FILES = sorted((settings.BASE_DIR / "data/evaluations").glob("*.toml"))


def candidate(key, srv04="4", srv12="300", tal01="10", srv13="50", fin05="20", **more):
    values = {
        "SRV-04": srv04, "SRV-12": srv12, "TAL-01": tal01, "SRV-13": srv13, "FIN-05": fin05,
        "SAF-01": "0", "SAF-02": False, "SRV-03": "3",
    } | more.pop("values", {})  # fmt: skip
    boxed = {c: v if isinstance(v, Value) else Value(v) for c, v in values.items()}
    return Candidate(key, boxed, **more)


def by_key(scheme, candidates):
    return {result.key: result for result in evaluate(scheme, candidates)}


def items(result):
    return {item.key: item for heading in result.headings for item in heading.items}


def test_a_group_counted_by_hand():
    # SRV-04: 4, 8, 6 → 0, 100, 50; income a head: 30, 10, 20 → 100, 0, 50
    found = by_key(
        SCHEME,
        [
            candidate("a", srv13="50", fin05="20"),
            candidate("b", srv04="8", srv12="200", tal01="20", srv13="90", fin05="0"),
            candidate("c", srv04="6", srv12="100", tal01="5", srv13="0", fin05="100"),
        ],
    )

    # a: 0·40 + 100·30 + 50·20 + 80·10 = 30 + 10 + 8; b: 40 + 0 + 18 + 10; c: 20 + 15 + 0 + 0
    assert {key: one.score for key, one in found.items()} == {"a": "48", "b": "68", "c": "35"}
    assert {key: one.rank for key, one in found.items()} == {"a": 2, "b": 1, "c": 3}
    assert {key: one.grade for key, one in found.items()} == {"a": "fair", "b": "good", "c": "fair"}
    income = items(found["a"])["SRV-12 / TAL-01"]
    assert (income.value, income.normalised, income.weight, income.points) == (
        "30", "100", "30", "30",
    )  # fmt: skip
    assert (income.low, income.high) == ("10", "30")
    assert [heading.points for heading in found["a"].headings] == ["30", "18"]


def test_not_applicable_gives_its_weight_to_its_heading():
    found = by_key(SCHEME, [candidate("a", srv13=Value(None, "na"), fin05="0"), candidate("b")])

    left_out = items(found["a"])["SRV-13"]
    assert (left_out.state, left_out.weight, left_out.points) == ("left_out", "0", "0")
    assert items(found["a"])["FIN-05"].weight == "30"
    assert items(found["a"])["FIN-05"].points == "30"


def test_a_heading_without_anything_gives_its_weight_to_the_others():
    nothing = Value(None, "na")
    found = by_key(SCHEME, [candidate("a", srv13=nothing, fin05=nothing), candidate("b")])

    assert [heading.weight for heading in found["a"].headings] == ["100", "0"]
    assert found["a"].score == "60"  # both compared values are alike: the flat score


def test_not_counted_is_zero():
    found = by_key(SCHEME, [candidate("a", srv13=Value(None, "uncounted")), candidate("b")])

    zero = items(found["a"])["SRV-13"]
    assert (zero.state, zero.weight, zero.points) == ("zero", "20", "0")


def test_a_division_by_zero_is_not_applicable():
    found = by_key(SCHEME, [candidate("a", tal01="0"), candidate("b")])

    assert items(found["a"])["SRV-12 / TAL-01"].state == "left_out"


@pytest.mark.parametrize(
    ("slug", "changes"),
    [
        ("accident", {"values": {"SAF-01": "1"}}),
        ("accident", {"past": {"SAF-01": (Value(None, "na"), Value("2"))}}),
        ("violation", {"values": {"SAF-02": True}}),
        ("violation", {"past": {"SAF-02": (Value(True),)}}),
        ("false-data", {"false_data": "查实"}),
        ("no-report", {"has_report": False}),
        ("no-service", {"values": {"SRV-03": "0"}}),
    ],
)
def test_each_veto_rules_out(slug, changes):
    found = by_key(SCHEME, [candidate("bad", **changes), candidate("b"), candidate("c")])

    assert [veto[0] for veto in found["bad"].vetoes] == [slug]
    assert (found["bad"].grade, found["bad"].score, found["bad"].rank) == ("poor", None, None)
    assert found["b"].vetoes == ()


def test_a_veto_has_a_limit_that_can_be_moved():
    definition = deepcopy(SMALL)
    definition["vetoes"][0]["more_than"] = 1
    found = by_key(
        read_scheme(definition),
        [candidate("one", values={"SAF-01": "1"}), candidate("two", values={"SAF-01": "2"}),
         candidate("three", past={"SAF-01": (Value("3"),)})],
    )  # fmt: skip

    assert [bool(found[key].vetoes) for key in ("one", "two", "three")] == [False, True, True]


def test_what_is_older_or_unknown_vetoes_nobody():
    older = {"SAF-01": (Value("0"), Value("0"), Value("5"))}
    found = by_key(
        SCHEME,
        [candidate("a", past=older), candidate("b", values={"SRV-03": Value(None, "na")})],
    )

    assert [found[key].vetoes for key in "ab"] == [(), ()]


def test_a_vetoed_platform_moves_nobody_elses_score():
    others = [candidate("b", srv04="8"), candidate("c", srv04="6")]
    huge = candidate("huge", srv04="999999", values={"SAF-01": "1"})

    assert by_key(SCHEME, [huge, *others])["b"] == by_key(SCHEME, others)["b"]


def test_ties_are_broken_by_the_declared_rule():
    definition = deepcopy(SMALL) | {"ties": ["SRV-13"]}
    scheme = read_scheme(definition)
    same = {"srv04": "4", "srv12": "300"}
    # 20 points for 50 % and 5 for 50 % dependence: the same sum made differently
    found = by_key(
        scheme,
        [
            candidate("a", srv13="50", fin05="0", **same),
            candidate("b", srv13="100", fin05="100", **same),
            candidate("c", srv13="50", fin05="0", **same),
        ],
    )

    assert {key: one.score for key, one in found.items()} == {"a": "62", "b": "62", "c": "62"}
    assert {key: one.rank for key, one in found.items()} == {"b": 1, "a": 2, "c": 2}


def test_small_groups_fall_back_to_wider_ones():
    definition = deepcopy(SMALL) | {"groups": [["kind", "size"], ["kind"], []], "minimum_group": 3}
    scheme = read_scheme(definition)
    base = {"facets": {"kind": ("base", "中试基地")}}
    found = by_key(
        scheme,
        [
            *(candidate(f"s{n}", tal01="5", **base) for n in range(3)),
            candidate("big", tal01="50", **base),
            candidate("odd", facets={"kind": ("lab", "小试平台")}),
        ],
    )

    assert found["s0"].group.label == "中试基地 · 小"
    assert (found["big"].group.label, found["big"].group.size) == ("中试基地", 4)
    assert (found["odd"].group.label, found["odd"].group.size) == ("全部平台", 5)
    assert (found["big"].group_rank, found["big"].rank) == (4, 5)


def test_a_share_of_the_best_counts_at_least_one():
    many = [candidate(f"p{n:02}", srv04=str(n), srv13="100", fin05="0", srv12=str(n))
            for n in range(1, 11)]  # fmt: skip
    top = [one.key for one in evaluate(SCHEME, many) if one.grade == "excellent"]
    two = evaluate(SCHEME, [candidate("a", srv04="9", srv13="100", fin05="0", srv12="900"),
                            candidate("b")])  # fmt: skip

    assert top == ["p08", "p09", "p10"]  # p07 has no 80 points, though 40 % is four
    assert [one.grade for one in two] == ["excellent", "poor"]  # 18 points


def test_percentile_and_other_values():
    definition = deepcopy(SMALL)
    definition["headings"][1]["items"] = [
        {"name": "制度", "formula": "BAS-08", "method": "percentile", "weight": 10},
        {"name": "法人", "formula": "BAS-06", "value": "bool", "method": "absolute", "weight": 5},
        {"name": "类型", "formula": "CAP-03", "value": "share", "of": 5, "method": "absolute",
         "weight": 5},
        {"name": "层级", "formula": "BAS-12", "value": "choice", "method": "absolute", "weight": 5,
         "points": {"city": 40}},
        {"name": "完成率", "formula": "PLN-02", "value": "mean", "column": "percent",
         "method": "absolute", "weight": 3},
        {"name": "目标", "formula": "PLN-01", "value": "count", "method": "absolute", "full": 4,
         "weight": 1},
        {"name": "机制", "formula": "BAS-07", "value": "present", "method": "absolute",
         "weight": 1},
    ]  # fmt: skip
    definition["ties"] = []
    values = {
        "BAS-06": True, "CAP-03": ["a", "b"], "BAS-12": "city", "BAS-07": "other",
        "PLN-02": [{"percent": "150"}, {"percent": "50"}, {"percent": None}], "PLN-01": [{}, {}],
    }  # fmt: skip
    rows = [candidate(key, values=values | {"BAS-08": str(n)})
            for key, n in [("a", 1), ("b", 3), ("c", 3), ("d", 9)]]  # fmt: skip
    found = items(by_key(read_scheme(definition), rows)["b"])

    normalised = {key: found[key].normalised for key in list(found)[2:]}
    assert normalised == {
        "BAS-08": "50", "BAS-06": "100", "CAP-03": "40", "BAS-12": "40", "PLN-02": "75",
        "PLN-01": "50", "BAS-07": "100",
    }  # fmt: skip


numbers = st.decimals(min_value=0, max_value=1000, places=2).map(str)
people = st.lists(st.tuples(numbers, numbers, st.integers(1, 90).map(str)), min_size=2, max_size=9)


def field_of(rows):
    return [candidate(f"p{n}", srv04=a, srv12=b, tal01=c) for n, (a, b, c) in enumerate(rows)]


@rules(max_examples=60)
@given(people, st.randoms())
def test_the_order_of_platforms_makes_no_difference(rows, random):
    listed = field_of(rows)
    shuffled = listed[:]
    random.shuffle(shuffled)

    assert evaluate(SCHEME, listed) == evaluate(SCHEME, shuffled)


@rules(max_examples=60)
@given(people)
def test_scores_are_the_sum_of_points_and_within_bounds(rows):
    for result in evaluate(SCHEME, field_of(rows)):
        points = sum(Decimal(item.points) for item in items(result).values())
        weights = sum(Decimal(item.weight) for item in items(result).values())
        assert abs(points - Decimal(result.score)) <= Decimal("0.0052")
        assert abs(weights - 100) <= Decimal("0.0004")
        assert 0 <= Decimal(result.score) <= 100


@rules(max_examples=60)
@given(people, st.decimals(min_value=1, max_value=500, places=2))
def test_more_of_a_good_thing_never_costs_points(rows, more):
    before = evaluate(SCHEME, field_of(rows))[0]
    a, b, c = rows[0]
    after = evaluate(SCHEME, field_of([(str(Decimal(a) + more), b, c), *rows[1:]]))[0]

    if before.headings and items(before)["SRV-04"].low != items(before)["SRV-04"].high:
        assert Decimal(after.score) >= Decimal(before.score)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_schemes_can_be_computed_and_say_what_is_an_example(path):
    definition = tomllib.loads(path.read_text("utf-8"))
    scheme = read_scheme(definition)

    assert definition["slug"] == path.stem
    assert definition["example"] is True
    assert definition["sources"]
    assert definition["basis"]
    for heading in scheme.headings:
        assert sum(item.weight for item in heading.items) == heading.weight, heading.name


def test_five_schemes_are_shipped():
    assert [path.stem for path in FILES] == [
        "annual-performance", "city-reward", "operating-benefit", "running", "sharing-check",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"headings": SMALL["headings"][:1]}, "100"),
        ({"grades": SMALL["grades"][::-1]}, "由高到低"),
        ({"vetoes": [{"slug": "x", "name": "x", "test": "odd"}]}, "否决规则"),
        ({"groups": [["colour"]]}, "同类组"),
        ({"groups": []}, "同类组"),
        ({"headings": [{"name": "全", "weight": 100, "items": [
            {"name": "a", "formula": "SRV-04", "weight": 0}]}]}, "大于 0"),
        ({"headings": [{"name": "全", "weight": 100, "items": [
            {"name": "a", "formula": "SRV-04 +", "weight": 1}]}]}, "无法解析"),
        ({"headings": [{"name": "全", "weight": 100, "items": [
            {"name": "a", "formula": "past(SRV-04, 1)", "weight": 1}]}]}, "往年"),
        ({"headings": [{"name": "全", "weight": 100, "items": [
            {"name": "a", "formula": "CAP-03", "value": "share", "weight": 1}]}]}, "参数"),
        ({"headings": [{"name": "全", "weight": 100, "items": [
            {"name": "a", "formula": "CAP-03 + 1", "value": "count", "weight": 1}]}]}, "一个指标"),
        ({"headings": [{"name": "全", "weight": 100, "items": [
            {"name": "a", "formula": "SRV-04", "method": "odd", "weight": 1}]}]}, "有误"),
        ({"headings": [{"name": "全", "weight": 100, "items": [
            {"name": "a", "formula": "SRV-04", "weight": 1},
            {"name": "b", "formula": "SRV-04", "weight": 1}]}]}, "两次"),
        ({"headings": [{"name": "全"}]}, "不完整"),
    ],
)  # fmt: skip
def test_impossible_schemes_are_refused(change, words):
    with pytest.raises(SchemeError, match=words):
        read_scheme(deepcopy(SMALL) | change)
