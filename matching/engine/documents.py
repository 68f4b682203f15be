"""What the engine ranks: capabilities on offer, demands asked for.

None, an empty text or an empty tuple mean "not known". What is not known is never treated as met.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from .quantities import Quantity, find_quantities


def _words(value: object) -> tuple[str, ...]:
    """A tuple of non-empty strings out of a list, one string or nothing."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(str(item) for item in value if item not in (None, ""))
    raise ValueError("应为文字或文字列表")


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"“{key}”应为文字")
    return value


def _identity(record: Mapping[str, Any]) -> str:
    value = record.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError("缺少“id”")
    return str(value)


class _FromRecord:
    """Reading of the plain records of the offline face; unknown keys are ignored."""

    __slots__ = ()

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """A document out of ``id title description industry equipment scale platform``;
        ValueError (Chinese) if wrong."""
        if not isinstance(record, Mapping):
            raise ValueError("应为一个 JSON 对象")  # a wrong value, reported to people
        known = {field.name for field in fields(cls)}  # type: ignore[arg-type]
        given: dict[str, Any] = {"id": _identity(record), "title": _text(record, "title")}
        for key in ("description", "industry", "platform", "parameters"):
            if key in known:
                given[key] = _text(record, key)
        for key in ("equipment", "materials"):
            given[key] = _words(record.get(key))
        scale = " ".join(_words(record.get("scale")))
        given["scale"] = find_quantities(scale)
        given["scale_text"] = scale
        if not (given["title"].strip() or given["description"].strip()):
            raise ValueError("“title”和“description”都是空的")
        return cls(**given)


@dataclass(frozen=True, slots=True)
class CapabilityDoc(_FromRecord):
    """One thing a platform can do for others.

    ``scale`` holds one quantity per dimension; a single value is the most it can do, a range is
    from–to. ``region_code`` is a GB/T 2260 code of six digits. Prices are yuan, the lowest it is
    offered for.
    """

    id: str
    title: str
    description: str = ""
    platform_id: str = ""
    platform: str = ""
    industry: str = ""
    field_codes: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()
    parameters: str = ""
    scale: tuple[Quantity, ...] = ()
    scale_text: str = ""
    trl_low: int | None = None
    trl_high: int | None = None
    certificates: frozenset[str] | None = None
    hazard_classes: frozenset[str] | None = None
    region_code: str | None = None
    is_open: bool | None = None
    in_chemical_park: bool | None = None
    accepts_confidential: bool | None = None
    available_from: date | None = None
    price_yuan: int | None = None


@dataclass(frozen=True, slots=True)
class DemandDoc(_FromRecord):
    """What an enterprise asks for. A constraint that is not stated constrains nothing.

    ``scale`` is what is wanted, one quantity per dimension; ``trl_low``–``trl_high`` the stages
    to be covered; the region counts as a constraint only with ``region_required`` and is then a
    prefix of the capability's (province or city).
    """

    id: str
    title: str
    description: str = ""
    organisation_id: str = ""
    industry: str = ""
    field_codes: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    scale: tuple[Quantity, ...] = ()
    scale_text: str = ""
    trl_low: int | None = None
    trl_high: int | None = None
    required_certificates: frozenset[str] = frozenset()
    hazard_class: str | None = None
    region_code: str | None = None
    region_required: bool = False
    needs_open: bool = True
    needs_chemical_park: bool = False
    is_confidential: bool = False
    needed_by: date | None = None
    budget_yuan: int | None = None


Doc = CapabilityDoc | DemandDoc


def title_text(doc: Doc) -> str:
    """The words that say most about a document."""
    return doc.title


def body_text(doc: Doc) -> str:
    """The description and what else is written about the thing itself."""
    parts = [doc.description, *doc.materials]
    if isinstance(doc, CapabilityDoc):
        parts += [*doc.standards, doc.parameters]
    return "\n".join(part for part in parts if part)


def context_text(doc: Doc) -> str:
    """What surrounds the thing: industry, platform, equipment, scale."""
    parts = [doc.industry, *doc.equipment, doc.scale_text]
    if isinstance(doc, CapabilityDoc):
        parts.append(doc.platform)
    return "\n".join(part for part in parts if part)
