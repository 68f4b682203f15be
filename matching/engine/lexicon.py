"""Domain knowledge in readable files: what special words belong to, which industries are close."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from .documents import CapabilityDoc, Doc, body_text
from .text import is_han, normalise, tokens, tokens_of_normal

FAMILY = "#"
"""Begins the token that stands for a family; no token of a text begins so."""
LINES = Path(__file__).with_name("lexicon_lines")
"""Folder of the lexicon's lines: ``trades.txt``, and ``ipc-a.txt`` … by section of the IPC."""
RELATED_INDUSTRY = 0.4
"""How close two related industries stand, where the same one is 1."""
_SAME_NAME = 0.3
_BODY_CHARACTERS = 150
_BODY_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Special word → wider words, wider word → special words, word → other names of the same
    thing, word → its families, pairs of related industries, and everyday words that say nothing
    of a need. The words of one line are a family, named by its first."""

    wider: Mapping[str, tuple[str, ...]]
    narrower: Mapping[str, tuple[str, ...]]
    same: Mapping[str, tuple[str, ...]]
    families: Mapping[str, tuple[str, ...]]
    related: frozenset[tuple[str, str]]
    common: frozenset[str]


def read_lexicon(text: str) -> Lexicon:
    """A lexicon out of its lines: ``wide words: special words``, ``= word word`` of one meaning,
    ``~ industry industry``, ``! everyday words``, ``# note``."""
    wider: dict[str, list[str]] = {}
    narrower: dict[str, list[str]] = {}
    same: dict[str, list[str]] = {}
    families: dict[str, list[str]] = {}
    related: set[tuple[str, str]] = set()
    common: set[str] = set()
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            continue
        if line.startswith("~"):
            one, other = line[1:].split()
            related |= {(one, other), (other, one)}
            continue
        if line.startswith("!"):
            common.update(line[1:].split())
            continue
        if line.startswith("="):
            names = line[1:].split()
            for name in names:
                same.setdefault(name, []).extend(other for other in names if other != name)
            continue
        heads, members = (part.split() for part in line.split(":"))
        for member in members:
            wider.setdefault(member, []).extend(heads)
        for head in heads:
            narrower.setdefault(head, []).extend(members)
        for word in (heads[0], *members):
            families.setdefault(word, []).append(FAMILY + heads[0])
    _add_other_names(families, same)
    sides = (_tuples(wider), _tuples(narrower), _tuples(same), _tuples(families))
    return Lexicon(*sides, frozenset(related), frozenset(common))


def _add_other_names(families: dict[str, list[str]], same: Mapping[str, Sequence[str]]) -> None:
    """A word is also of the families of its other names, and of one with each of them."""
    classes = {word: tuple(found) for word, found in families.items()}
    for word, others in same.items():
        found = families.setdefault(word, [])
        for other in others:
            found += [*classes.get(other, ()), FAMILY + "=".join(sorted((word, other)))]


def _tuples(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {word: tuple(dict.fromkeys(others)) for word, others in table.items()}


def _lines() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(LINES.glob("*.txt")))


@lru_cache(maxsize=1)
def shipped_lexicon() -> Lexicon:
    """The lexicon that comes with the package."""
    return read_lexicon(_lines())


@lru_cache(maxsize=1)
def lexicon_digest() -> str:
    """Of the shipped lexicon: saved indexes hold its families."""
    return hashlib.sha256(_lines().encode()).hexdigest()[:16]


_Side = Literal["wider", "narrower"]


@lru_cache(maxsize=1)
def _heads() -> dict[str, tuple[str, ...]]:
    """First token of a word (its first character pair, or a Latin word) → such words of the
    lexicon."""
    heads: dict[str, list[str]] = {}
    lexicon = shipped_lexicon()
    for word in {**lexicon.same, **lexicon.wider, **lexicon.narrower}:
        head = word[:2] if is_han(word[0]) else tokens_of_normal(word)[0]
        heads.setdefault(head, []).append(word)
    return {head: tuple(words) for head, words in heads.items()}


def _named(normal: str, held: Collection[str]) -> list[str]:
    """The words of the lexicon that a normalised text says; its tokens are ``held``."""
    heads = _heads()
    return sorted({w for head in heads.keys() & held for w in heads[head] if w in normal})


def _families(named: Sequence[str]) -> set[str]:
    families = shipped_lexicon().families
    return {one for word in named for one in families.get(word, ())}


def families_of(normal: str, held: Collection[str]) -> set[str]:
    """The families to which the words of a normalised text belong; its tokens are ``held``."""
    return _families(_named(normal, held))


def _said(text: str) -> list[str]:
    """The words of the lexicon that a text says."""
    normal = normalise(text)
    return _named(normal, tokens_of_normal(normal))


def _implied(named: Sequence[str], side: _Side) -> dict[str, str]:
    """What words imply, each with the word that implies it: other names of what they name, and the
    words on the other ``side`` of the lexicon."""
    lexicon = shipped_lexicon()
    table: Mapping[str, tuple[str, ...]] = getattr(lexicon, side)
    others = {other: word for word in named for other in lexicon.same.get(word, ())}
    words = {word: word for word in named if word in table}
    words |= {other: word for other, word in others.items() if other in table}
    return {other: said for word, said in words.items() for other in table[word]} | others


def linked_words(asked: str, offered: str) -> dict[str, list[str]]:
    """Words of a demand's text, each with the words of a capability's text that it implies or is
    of one family with, and does not say: what the lexicon feature rests on. Of words within one
    another the longest."""
    mine, theirs = normalise(asked), normalise(offered)
    held = set(tokens_of_normal(theirs))
    links: dict[str, list[str]] = {}
    for other, said in sorted(_implied(_said(asked), "wider").items()):
        if other not in mine and (other in theirs if is_han(other[0]) else other in held):
            links.setdefault(said, []).append(other)
    known = [word for words in links.values() for word in words]
    for said, other in _kin(mine, theirs):
        if other not in mine and not any(other in word for word in known):
            links.setdefault(said, []).append(other)
            known.append(other)
    return {
        said: [word for word in words if not any(word != w and word in w for w in words)]
        for said, words in sorted(links.items())
    }


def _kin(mine: str, theirs: str) -> list[tuple[str, str]]:
    """Pairs of a word of one text and a word of the other that share a family."""
    offered = sorted(_said(theirs), key=len, reverse=True)
    return [
        (said, other)
        for said in _said(mine)
        for other in offered
        if not _families([said]).isdisjoint(_families([other]))
    ]


@lru_cache(maxsize=4096)
def _word_tokens(word: str) -> tuple[str, ...]:
    return tuple(tokens(word))


def implied_tokens(query: Doc) -> dict[str, float]:
    """Families of the words that a query says, and tokens of those it implies without saying them,
    with how strongly.

    A demand implies the wider words of the special ones it names; a capability, which offers a wide
    field, implies the special words within it; both imply other names of the same thing. What the
    title names counts fully, what the description names half.
    """
    side: _Side = "narrower" if isinstance(query, CapabilityDoc) else "wider"
    implied: dict[str, float] = {}
    asked: dict[str, float] = {}
    texts = ((query.title, 1.0), (body_text(query)[:_BODY_CHARACTERS], _BODY_SHARE))
    for text, share in texts:
        named = _said(text)
        for other in _implied(named, side):
            implied[other] = max(implied.get(other, 0.0), share)
        for family in _families(named):
            asked.setdefault(family, share)
    for word in sorted(implied):
        for token in _word_tokens(word):
            asked[token] = asked.get(token, 0.0) + implied[word]
    return asked


def industry_similarity(one: str, other: str) -> float:
    """How close two industries stand, from 0 (far or unknown) to 1 (the same).

    Related ones stand at `RELATED_INDUSTRY`; names of different lists that share most of their
    character pairs (高端装备, 高端装备制造) as close as the share says.
    """
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    mine, theirs = ({name[i : i + 2] for i in range(len(name) - 1)} for name in (one, other))
    shared = len(mine & theirs) / max(len(mine | theirs), 1)
    related = RELATED_INDUSTRY if (one, other) in shipped_lexicon().related else 0.0
    return max(related, shared if shared >= _SAME_NAME else 0.0)
