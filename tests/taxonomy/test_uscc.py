"""GB 32100-2015 vectors and properties."""

import contextlib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import DomainError
from taxonomy.uscc import (
    ALPHABET,
    DEPARTMENTS,
    check_uscc,
    normalise_uscc,
    uscc_check_character,
)

VALID = ["91350100M000100Y43", "91310115591693856A", "91110000600037341L"]

bodies = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(sorted(DEPARTMENTS)),
    st.sampled_from(ALPHABET),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)
codes = bodies.map(lambda body: body + uscc_check_character(body))


def complaint(value: str) -> str:
    with pytest.raises(DomainError) as caught:
        check_uscc(value)
    assert caught.value.field == "uscc"
    return caught.value.code


@pytest.mark.parametrize("value", VALID)
def test_check_uscc_accepts_known_codes(value):
    assert check_uscc(value) == value


def test_check_uscc_normalises_pasted_text():
    assert check_uscc(" ９１３１０１１５-591693856a\n") == "91310115591693856A"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("91350100M000100Y4Z", "uscc_character"),  # the widespread example is not valid
        ("91350100M000100Y44", "uscc_check"),
        ("91350100M000100Y4", "uscc_length"),
        ("", "uscc_length"),
        ("9135010OM000100Y43", "uscc_character"),
        ("01350100M000100Y43", "uscc_department"),
        ("9135A100M000100Y43", "uscc_region"),
    ],
)
def test_check_uscc_says_what_is_wrong(value, code):
    assert complaint(value) == code


@pytest.mark.parametrize("prefix", ["12", "51", "A1", "N2", "Y1"])
def test_check_uscc_accepts_every_department(prefix):
    body = prefix + "440000" + "45535090X"

    code = body + uscc_check_character(body)

    assert check_uscc(code) == code


@given(codes)
def test_check_uscc_accepts_every_code_with_its_check_character(code):
    assert check_uscc(code.lower()) == code


@given(codes, st.integers(8, 17), st.sampled_from(ALPHABET))
def test_check_uscc_finds_every_single_wrong_character(code, position, char):
    assume(code[position] != char)

    wrong = code[:position] + char + code[position + 1 :]

    assert complaint(wrong) == "uscc_check"


@given(codes, st.integers(8, 16))
def test_check_uscc_finds_swapped_neighbours(code, position):
    assume(code[position] != code[position + 1])

    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]

    assert complaint(swapped) == "uscc_check"


@given(st.text(max_size=30))
def test_check_uscc_refuses_any_other_text_with_a_domain_error(value):
    assume(len(normalise_uscc(value)) != 18)

    assert complaint(value) == "uscc_length"


@given(st.text(ALPHABET + "IOSVZ甲", min_size=18, max_size=18))
def test_check_uscc_returns_the_code_or_raises_a_domain_error(value):
    with contextlib.suppress(DomainError):
        assert check_uscc(value) == value
