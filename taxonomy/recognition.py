"""Which entry of a code list a text is about, by the words that its entries are described with."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from taxonomy.models import Term
from taxonomy.selectors import terms

SEPARATOR = "、"
WORDS_IN_TEXT = 2  # a single word in passing says nothing


def recognised_term(list_slug: str, *, title: str, text: str = "") -> Term | None:
    """The entry most of whose words stand in `title`, the last named among equals: 熔铸件退火 is
    about 退火. A title without any is read on in `text`, where two words of one entry are needed,
    and among equals the first of the list is taken. None when nothing is recognised."""
    entries = terms(list_slug)
    words = tuple((entry.code, entry.description) for entry in entries if entry.description)
    if not words:
        return None
    code = _of_title(_found(words, title)) or _of_text(_found(words, text), words)
    return next((entry for entry in entries if entry.code == code), None)


Found = dict[str, tuple[frozenset[str], int]]  # code → its words, where the last of them ends
Words = tuple[tuple[str, str], ...]


def _of_title(found: Found) -> str:
    return max(found, key=lambda code: (len(found[code][0]), found[code][1]), default="")


def _of_text(found: Found, words: Words) -> str:
    enough = {code: len(seen) for code, (seen, _) in found.items() if len(seen) >= WORDS_IN_TEXT}
    order = [code for code, _ in words]
    return min(enough, key=lambda code: (-enough[code], order.index(code)), default="")


def _found(words: Words, text: str) -> Found:
    pattern, codes = _compiled(words)
    found: Found = {}
    for match in pattern.finditer(_folded(text)):
        code = codes[match[0]]
        seen, _ = found.get(code, (frozenset(), 0))
        found[code] = (seen | {match[0]}, match.end())
    return found


@lru_cache(maxsize=4)
def _compiled(words: Words) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern of all words, longer ones first, and the entry each belongs to."""
    codes = {_folded(word): code for code, text in words for word in text.split(SEPARATOR)}
    longest_first = sorted(codes, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), codes


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
