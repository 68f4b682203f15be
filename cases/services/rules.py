"""What the services of this app ask alike."""

from __future__ import annotations

from typing import Any

from core.access import Access
from core.errors import DomainError


def require_now(access: Access, action: str, obj: Any) -> None:
    """As `access.require`, but the wrong moment is `wrong_state`, not a missing right."""
    decision = access.can(action, obj)
    if decision.code == "wrong_state":
        raise DomainError("wrong_state", decision.reason)
    access.require(action, obj)
