"""Reactions to events. The only way to cause a side effect: no signals, no mail from views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Payload = dict[str, Any]


@dataclass(frozen=True)
class Reaction:
    """One subscriber: `run(event_id, name, payload)` must be safe to run twice."""

    name: str
    event_names: frozenset[str]
    run: Callable[..., None]


_reactions: dict[str, Reaction] = {}


def on(*event_names: str, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function in an app's `tasks.py` as the reaction `name` to `event_names`.

    The function is called as `run(event_id=…, name=…, payload=…)` in a worker.
    `"*"` reacts to every event.
    """

    def register(run: Callable[..., None]) -> Callable[..., None]:
        _reactions[name] = Reaction(name, frozenset(event_names), run)
        return run

    return register


def reactions_for(event_name: str) -> list[Reaction]:
    """Reactions to `event_name`, by name."""
    return sorted(
        (r for r in _reactions.values() if event_name in r.event_names or "*" in r.event_names),
        key=lambda reaction: reaction.name,
    )


def reaction(name: str) -> Reaction | None:
    """The reaction called `name`, if its code is still here."""
    return _reactions.get(name)
