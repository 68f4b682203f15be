"""What waits for somebody today: counts with a link each, by role. Nobody hunts for work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.enums import ADMIN_ROLES, Role
from accounts.models import Organisation
from notifications.models import Notification
from portal.selectors.workbench import administrators, organisations, staff
from portal.selectors.workbench.parts import Panel

SHOWN = 6  # messages
BUILDERS = (
    ((Role.ENTERPRISE,), organisations.enterprise),
    ((Role.OPERATOR,), organisations.operator),
    ((Role.GOVERNMENT,), staff.government),
    ((Role.DEPARTMENT,), staff.department),
    ((Role.BROKER,), staff.broker),
    ((Role.REVIEWER,), staff.reviewer),
    ((Role.PARTNER,), administrators.partner),
    (tuple(ADMIN_ROLES), administrators.administrator),
)


@dataclass(frozen=True)
class WorkbenchPage:
    panels: list[Panel]
    messages: list[Notification]
    organisations: list[Organisation]


def workbench_page(user: Any) -> WorkbenchPage:
    """The panels of every role the user holds, and the newest messages."""
    panels = [build(user) for roles, build in BUILDERS if user.has_role(*roles)]
    newest = Notification.objects.filter(user=user).order_by("read_at", "-created_at", "-pk")
    return WorkbenchPage(panels, list(newest[:SHOWN]), user.organisations)
