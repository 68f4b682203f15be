"""Chains over matches."""

from __future__ import annotations

from typing import Any

from django.db import models


class MatchQuerySet(models.QuerySet[Any]):
    def possible(self) -> MatchQuerySet:
        """Pairs whose known constraints all hold (unknown ones are shown as unknown)."""
        return self.filter(is_possible=True)

    def ranked(self) -> MatchQuerySet:
        return self.order_by("rank", "pk")
