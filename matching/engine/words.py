"""Where words begin and end: ranking counts characters and pairs, people are shown words.

A pair such as 成放 in 合成放大 is shared by two texts as much as 合成 is, and being rare it weighs
more; as a reason it says nothing. What is marked is therefore widened or trimmed to whole words.
"""

from collections.abc import Iterator, Set
from itertools import pairwise

import rjieba

from .quantities import is_measure
from .text import Span, is_han, normalise_with_positions, run_places, tokens_of_normal


def word_runs(text: str, wanted: Set[str], shared: Set[str]) -> list[Span]:
    """Where ``text`` holds whole words of two characters or more that another text holds too.

    ``shared`` are the tokens of both texts, ``wanted`` those of them that count: a word is found
    when all its pairs are shared and a wanted token is in it or crosses its edge. Neighbours that
    stand side by side in both texts are one stretch. Mere measures (公斤) and numbers are left out.
    """
    normal, positions = normalise_with_positions(text)
    found = []
    for run, begin in run_places(normal):
        stretches = _han(run, wanted, shared) if is_han(run[0]) else _latin(run, wanted, shared)
        for start, end in stretches:
            if not is_measure(run[start:end]):
                last = positions[begin + end - 1]
                found.append(Span(positions[begin + start], last + 1))
    return found


def _latin(run: str, wanted: Set[str], shared: Set[str]) -> Iterator[tuple[int, int]]:
    is_word = any(map(str.isalpha, run))
    if is_word and run in shared and not wanted.isdisjoint(tokens_of_normal(run)):
        yield 0, len(run)


def _han(run: str, wanted: Set[str], shared: Set[str]) -> Iterator[tuple[int, int]]:
    pairs = [one + other for one, other in pairwise(run)]
    is_shared = [pair in shared for pair in pairs]
    is_wanted = [pair in wanted for pair in pairs]
    start = end = 0  # of the stretch that is being put together
    for first, last in _words(run, is_shared):
        is_single = last - first == 1
        is_kept = all(is_shared[first : last - 1]) and any(is_wanted[max(first - 1, 0) : last])
        touches = end == first > start and is_shared[first - 1]
        if is_kept and touches:
            end = last
        elif is_kept and not is_single:
            yield from _long_enough(start, end)
            start, end = first, last
    yield from _long_enough(start, end)


def _long_enough(start: int, end: int) -> Iterator[tuple[int, int]]:
    if end - start > 1:
        yield start, end


def _words(run: str, is_shared: list[bool]) -> Iterator[tuple[int, int]]:
    """The words of a run, first to last; a long one that is not shared whole, by its parts."""
    at = 0
    for word in rjieba.cut(run):
        end = at + len(word)
        if len(word) < 3 or all(is_shared[at : end - 1]):
            yield at, end
        else:
            reached = at
            for first, last in sorted(_parts(word, at)):
                if first >= reached:
                    yield first, last
                    reached = last
        at = end


def _parts(word: str, at: int) -> set[tuple[int, int]]:
    """Places of the shorter words within a long one."""
    parts = {part for part in rjieba.cut_for_search(word) if part != word}
    return {(at + word.find(part), at + word.find(part) + len(part)) for part in parts}
