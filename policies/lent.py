"""Pieces that apps above lend to topics: of them is known what a topic shows, no more (G24)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class LentPiece:
    """What a topic shows of a piece; `kind` and `slug` name it."""

    kind: str
    kind_label: str
    slug: str
    title: str
    summary: str
    issuer: str
    shown_date: str
    url: str
    is_published: bool
    is_demo: bool = False

    def get_absolute_url(self) -> str:
        return self.url


# of these slugs whatever their state, or (None) all that are published, the newest first
Lender = Callable[[Iterable[str] | None], list[LentPiece]]
_lenders: dict[str, Lender] = {}


def register_lender(kind: str, lender: Lender) -> None:
    """An app above says how its pieces are read; called when apps are ready."""
    _lenders[kind] = lender


def lent_pieces(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], LentPiece]:
    """Pieces by (kind, slug); those that are gone are left out. One call a kind."""
    wanted: dict[str, list[str]] = {}
    for kind, slug in names:
        wanted.setdefault(kind, []).append(slug)
    return {
        (kind, piece.slug): piece
        for kind, slugs in wanted.items() if kind in _lenders
        for piece in _lenders[kind](slugs)
    }  # fmt: skip


def pieces_on_offer() -> list[LentPiece]:
    """All that may be lent now."""
    return [piece for lender in _lenders.values() for piece in lender(None)]
