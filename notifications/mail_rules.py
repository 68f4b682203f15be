"""When a message is mailed: by its kind, the person's choice and their quiet hours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from notifications.enums import MailChoice, MailGroup

DIGEST_HOUR = 8
QUIET_HOURS = (22, 8)  # from, until; the same hour twice: none
DEFAULTS = {
    MailGroup.PROJECTS: MailChoice.NOW,
    MailGroup.MATCHING: MailChoice.DAILY,
    MailGroup.LISTINGS: MailChoice.NOW,
    MailGroup.REPORTING: MailChoice.NOW,
    MailGroup.RELEASES: MailChoice.DAILY,
}
# how kinds begin; accounts, rights and stopped webhooks are mailed always, as is what nobody sorted
GROUPS: dict[str, MailGroup | None] = {
    "organisation": None, "role": None, "join": None, "webhook": None,
    "matching": MailGroup.MATCHING,
    "project": MailGroup.PROJECTS, "message": MailGroup.PROJECTS, "outcome": MailGroup.PROJECTS,
    "receipt": MailGroup.PROJECTS, "booking": MailGroup.PROJECTS, "case": MailGroup.PROJECTS,
    "casecall": MailGroup.PROJECTS, "cases": MailGroup.PROJECTS,
    "disclosure": MailGroup.PROJECTS, "voucher": MailGroup.PROJECTS,
    "challenge": MailGroup.PROJECTS,
    "platforms": MailGroup.LISTINGS, "demands": MailGroup.LISTINGS,
    "reporting": MailGroup.REPORTING,
}  # fmt: skip
# words in a kind of what must not be missed: deadlines, reminders, what was sent back
ALWAYS = frozenset({"due", "overdue", "reminded", "return", "returned"})


@dataclass(frozen=True)
class MailRules:
    """What one person chose; what they did not choose is as in DEFAULTS."""

    choices: Mapping[str, str] = field(default_factory=dict)
    quiet_from: int = QUIET_HOURS[0]
    quiet_until: int = QUIET_HOURS[1]

    def choice(self, group: str) -> str:
        """How messages of the group are mailed."""
        return self.choices.get(group) or DEFAULTS[MailGroup(group)]

    def plan(self, kind: str, now: datetime) -> tuple[datetime | None, bool]:
        """When a message of `kind` written now is mailed (None: never), and whether in a digest."""
        group = group_of(kind)
        if group is None:
            return now, False
        choice = self.choice(group)
        if choice == MailChoice.NEVER:
            return None, False
        if choice == MailChoice.DAILY:
            return self._after_quiet(_next_hour(now, DIGEST_HOUR)), True
        return self._after_quiet(now), False

    def _after_quiet(self, at: datetime) -> datetime:
        start, end, hour = self.quiet_from, self.quiet_until, timezone.localtime(at).hour
        is_quiet = start <= hour < end if start <= end else hour >= start or hour < end
        return _next_hour(at, end) if is_quiet else at


def group_of(kind: str) -> MailGroup | None:
    """The group of a kind of message; None for what is always mailed at once."""
    first, *rest = words = kind.replace("_", ".").split(".")
    if ALWAYS.intersection(words):
        return None
    if first == "reporting" and rest[:1] == ["release"]:
        return MailGroup.RELEASES
    return GROUPS.get(first)


def _next_hour(at: datetime, hour: int) -> datetime:
    """The next time after `at` that clocks here show the full hour."""
    local = timezone.localtime(at)
    day = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return day if day > local else day + timedelta(days=1)
