"""The six kinds of listing, once: the word in addresses, the model, what search looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from platforms.models import Capability, Equipment, Expert, Line, Platform, Solution


@dataclass(frozen=True)
class Kind:
    """`key` is plural (addresses, reverse relation of the platform), `name` singular (url name)."""

    key: str
    name: str
    model: type[Any]
    icon: str
    search_body: tuple[str, ...]

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)


PLATFORM = Kind(
    "platforms", "platform", Platform, "building-2", ("operator_name", "summary", "niche")
)
CAPABILITY = Kind(
    "capabilities",
    "capability",
    Capability,
    "flask-conical",
    ("description", "process", "materials", "standards", "equipment_names", "platform"),
)
EQUIPMENT = Kind(
    "equipment",
    "equipment",
    Equipment,
    "microscope",
    ("model_number", "maker", "specification", "platform"),
)
LINE = Kind("lines", "line", Line, "factory", ("description", "scale_text", "platform"))
EXPERT = Kind("experts", "expert", Expert, "users", ("title", "employer", "expertise", "platform"))
SOLUTION = Kind(
    "solutions",
    "solution",
    Solution,
    "package",
    ("problem", "summary", "deliverables", "platform"),
)

OFFERS = (CAPABILITY, EQUIPMENT, LINE, EXPERT, SOLUTION)  # what belongs to a platform
RESOURCES = (EQUIPMENT, LINE, EXPERT, SOLUTION)  # one directory with tabs
KINDS = {kind.key: kind for kind in (PLATFORM, *OFFERS)}


def kind_of(listing: Model | type[Model]) -> Kind:
    """The kind of a listing or of its model."""
    model = listing if isinstance(listing, type) else type(listing)
    return next(kind for kind in KINDS.values() if kind.model is model)


def search_body(listing: Any) -> str:
    """The words, besides the name, by which the listing is found."""
    parts: list[str] = []
    for name in kind_of(listing).search_body:
        value = getattr(listing, name)
        parts += map(str, value) if isinstance(value, list) else [str(value or "")]
    return " ".join(parts)
