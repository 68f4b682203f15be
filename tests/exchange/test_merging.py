"""What becomes of values of two sides, as laws."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.merging import merge

VALUES = st.dictionaries(
    st.sampled_from("abcd"), st.sampled_from(["", None, "x", "y", 1, [], ["x"]]), max_size=4
)


def after(base, theirs, ours):
    """Both the row and the agreement as they are after a merge."""
    merged = merge(base=base, theirs=theirs, ours=ours)
    return merged, {**ours, **merged.adopted}


@given(VALUES, VALUES, VALUES)
def test_merging_twice_changes_nothing(base, theirs, ours):
    first, row = after(base, theirs, ours)

    again, same = after(first.base, theirs, row)

    assert (again.adopted, again.conflicts, again.base) == ({}, first.conflicts, first.base)
    assert same == row


@given(VALUES)
def test_sides_that_agree_have_no_conflict(values):
    merged = merge(base={}, theirs=values, ours=values)

    assert (merged.adopted, merged.conflicts, merged.base) == ({}, [], values)


@given(VALUES, VALUES)
def test_what_changed_there_alone_is_adopted(agreed, theirs):
    merged, row = after(agreed, theirs, {**dict.fromkeys(theirs), **agreed})

    assert merged.conflicts == []
    assert all(row[name] == theirs[name] for name in theirs if name in agreed)


@given(VALUES, VALUES, VALUES)
def test_nothing_that_changed_here_is_overwritten(base, theirs, ours):
    merged = merge(base=base, theirs=theirs, ours=ours)

    changed_here = {name for name in base if ours.get(name) != base[name]}
    assert not changed_here & set(merged.adopted)


@given(VALUES, VALUES, VALUES)
def test_the_order_of_two_neighbours_does_not_matter_where_they_tell_different_fields(a, b, ours):
    b = {name: value for name, value in b.items() if name not in a}
    agreed = dict(ours)

    _, first = after(agreed, a, ours)
    _, one = after(agreed, b, first)
    _, second = after(agreed, b, ours)
    _, other = after(agreed, a, second)

    assert one == other


def test_both_changed_differently_is_a_conflict_until_one_side_gives_in():
    base = {"summary": "旧"}

    merged = merge(base=base, theirs={"summary": "甲"}, ours={"summary": "乙"})
    back = merge(base=merged.base, theirs={"summary": "旧"}, ours={"summary": "乙"})
    same = merge(base=merged.base, theirs={"summary": "乙"}, ours={"summary": "乙"})

    assert (merged.adopted, merged.conflicts, merged.base) == ({}, ["summary"], base)
    assert back.conflicts == []
    assert (same.conflicts, same.base) == ([], {"summary": "乙"})


def test_rows_that_never_agreed_fill_gaps_and_contradict_openly():
    merged = merge(
        base={}, theirs={"a": "甲", "b": "乙", "c": ""}, ours={"a": "", "b": "丙", "c": "丁"}
    )

    assert (merged.adopted, merged.conflicts) == ({"a": "甲"}, ["b"])
