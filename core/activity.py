"""Sentences of the activity log: each action is registered once with what people read."""

from __future__ import annotations

_sentences: dict[str, str] = {}


def register_actions(sentences: dict[str, str]) -> None:
    """Register `{"demands.demand.publish": "发布了需求", …}`; called at import of services."""
    _sentences.update(sentences)


def sentence(action: str) -> str:
    """What the action reads like for a person; the bare name when nobody registered it."""
    return _sentences.get(action, action)
