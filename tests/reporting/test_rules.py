"""Each house rule violated once, and not violated by its neighbour."""

from dataclasses import replace
from decimal import Decimal

import pytest

from reporting.catalogue import declared
from reporting.models import Indicator
from reporting.rules import Entry, Sheet, blocking, findings
from reporting.services.indicators import _indicator

D = Decimal
KNOWN: dict[str, Indicator] = {row.code: _indicator(row) for row in declared()}
SENTENCE = "新设备投产，合同均已核对。"


def found(*entries: Entry, planned: tuple[str, ...] = ("SRV-02", "SRV-04", "SRV-12", "TRF-02")):
    sheet = Sheet(
        {entry.indicator.code: entry for entry in entries}, {code: D(1) for code in planned}
    )
    return [(row.rule, row.level, row.code) for row in findings(sheet)]


def entry(code: str, value=None, **more) -> Entry:
    return Entry(KNOWN[code], value, **more)


def test_rule_1_enterprises_are_not_visits():
    assert found(entry("SRV-04", D(9)), entry("SRV-07", D(8))) == [(1, "error", "SRV-04")]
    assert found(entry("SRV-04", D(8)), entry("SRV-07", D(8))) == []


@pytest.mark.parametrize("value", ["-1", "1.234"])
def test_rule_2_money_has_two_decimals(value):
    assert found(entry("SRV-12", D(value))) == [(2, "error", "SRV-12")]


def test_rule_2_percentages_end_at_100():
    assert found(entry("SRV-13", D("100.01"))) == [(2, "error", "SRV-13")]
    assert found(entry("SRV-13", D(100))) == []


def test_rule_3_totals_do_not_fall():
    assert found(entry("SRV-04T", D(4), last=D(5))) == [(3, "error", "SRV-04T")]
    assert found(entry("SRV-04T", D(5), last=D(5))) == []


def test_rule_4_nothing_is_not_zero():
    assert found(entry("TAL-07")) == [(4, "error", "TAL-07")]
    assert found(entry("TAL-07", null_reason="na")) == []
    assert found(entry("TAL-07", D(0))) == []
    assert found(entry("TAL-07", D(0), null_reason="na")) == [(4, "error", "TAL-07")]


def test_rule_4_the_plan_has_its_targets():
    rows = found(entry("SRV-02", D(5)), planned=())

    assert rows == [(4, "error", "SRV-02")]


def test_rule_5_computed_values_are_not_typed():
    assert found(entry("SRV-01", D(5), typed=True)) == [(5, "error", "SRV-01")]


def test_rule_5_open_corrections_want_a_sentence():
    pending = entry("SRV-01", D(5), correction_answer="pending")

    assert found(pending) == [(5, "warning", "SRV-01")]
    assert found(replace(pending, note=SENTENCE)) == []


@pytest.mark.parametrize(
    ("value", "last", "is_odd"),
    [("31", "10", True), ("30", "10", False), ("3", "10", True), ("4", "10", False),
     ("5", "0", False)],
)  # fmt: skip
def test_rule_8_leaps(value, last, is_odd):
    rows = found(entry("TAL-07", D(value), last=D(last)))

    assert rows == ([(8, "warning", "TAL-07")] if is_odd else [])


def test_rule_8_the_same_to_the_cent():
    assert found(entry("FIN-01", D("12.34"), last=D("12.34"))) == [(8, "warning", "FIN-01")]
    assert found(entry("TAL-07", D(12), last=D(12))) == []  # a count may well stay


def test_rule_8_a_part_is_within_its_whole():
    assert found(entry("SRV-12a", D(9)), entry("SRV-12", D(8))) == [(8, "warning", "SRV-12a")]


def test_rule_8_external_hours_are_within_all_hours():
    assert found(entry("SHR-03a", D(9)), entry("SHR-02a", D(8))) == [(8, "warning", "SHR-03a")]


def test_rule_8_children_make_the_parent():
    rows = [{"kind": "自筹", "amount": "60"}, {"kind": "财政", "amount": "30.5"}]

    assert found(entry("CON-09a", rows), entry("CON-09", D(100))) == [(8, "warning", "CON-09a")]
    assert found(entry("CON-09a", rows), entry("CON-09", D("90.5"))) == []


def test_a_warning_with_a_sentence_does_not_block():
    odd = entry("TAL-07", D(99), last=D(1))
    explained = replace(odd, note=SENTENCE)

    assert len(blocking(findings(Sheet({"TAL-07": odd})))) == 1
    assert blocking(findings(Sheet({"TAL-07": explained}))) == []
    assert blocking(findings(Sheet({"TAL-07": replace(odd, note="对")})))


def test_an_error_blocks_whatever_is_said():
    wrong = entry("SRV-12", D("-1"), note=SENTENCE)

    assert len(blocking(findings(Sheet({"SRV-12": wrong}, {"SRV-12": D(1)})))) == 1


def test_each_finding_says_what_to_do():
    sheet = Sheet({"TAL-07": entry("TAL-07"), "SRV-12": entry("SRV-12", D(9), last=D(1))})

    assert all(row.advice.endswith("。") and row.message for row in findings(sheet))
