"""The small language: what it gives, and everything it refuses."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reporting.formulas import FormulaError, in_order, parse, rounded

VALUES = {"SRV-01": Decimal(8), "SRV-12a": Decimal("30.5"), "SRV-12": Decimal(122)}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("SRV-01", Decimal(8)),
        ("SRV-01 + 2 * 3", Decimal(14)),
        ("(SRV-01 - 2) / 4", Decimal("1.5")),
        ("-SRV-01", Decimal(-8)),
        ("pct(SRV-12a, SRV-12)", Decimal(25)),
        ("SRV-12 * 10000 / SRV-01", Decimal(152500)),
        ("pct(SRV-12a, 0)", None),
        ("SRV-01 / (SRV-01 - 8)", None),
        ("0 / 0", None),
        ("SRV-99 + 1", None),
        ("-SRV-99", None),
        ("pct(SRV-99, SRV-01)", None),
    ],
)
def test_value(text, result):
    assert parse(text).value(VALUES) == result


def test_past_asks_for_the_year():
    formula = parse("pct(SRV-01, past(SRV-12, 2))")

    assert formula.past == {("SRV-12", 2)}
    assert formula.value(VALUES, lambda code, years: Decimal(32)) == Decimal(25)
    assert formula.value(VALUES) is None


@pytest.mark.parametrize(
    "text",
    [
        "", "SRV-1", "SRV-01 +", "__import__('os')", "open('x')", "SRV-01 ** 9", "a", "'x'", "True",
        "SRV-01 if SRV-02 else 1", "[SRV-01]", "pct(SRV-01)", "pct(SRV-01, b=SRV-02)",
        "past(SRV-01)",        "past(SRV-01, 0)", "past(SRV-01, SRV-02)", "SRV-01 and SRV-02",
        "SRV-01 // 2", "SRV-01.real",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text):
    with pytest.raises(FormulaError):
        parse(text)


def test_order_puts_what_is_needed_first():
    formulas = {"A": "SRV-02 + 1", "SRV-02": "SRV-03 * 2", "SRV-03": "SRV-01"}

    assert in_order({code: parse(text) for code, text in formulas.items()}) == [
        "SRV-03", "SRV-02", "A",
    ]  # fmt: skip


def test_order_refuses_a_circle():
    with pytest.raises(FormulaError):
        in_order({"SRV-01": parse("SRV-02"), "SRV-02": parse("SRV-01")})


@pytest.mark.parametrize(
    ("value", "decimals", "result"),
    [("2.345", 2, "2.35"), ("-2.345", 2, "-2.35"), ("2.5", 0, "3"), ("1", 2, "1.00")],
)
def test_rounded_is_half_up(value, decimals, result):
    assert str(rounded(Decimal(value), decimals)) == result
    assert rounded(None, decimals) is None


@given(st.text(max_size=40))
@example("\x00")
def test_any_text_is_a_formula_or_a_refusal(text):
    with suppress(FormulaError):
        parse(text).value(VALUES)
