"""Chains over code lists."""

from __future__ import annotations

from typing import Any

from django.db import models


class RegionQuerySet(models.QuerySet[Any]):
    def active(self) -> RegionQuerySet:
        return self.filter(is_active=True)

    def under(self, prefix: str) -> RegionQuerySet:
        """Regions whose code starts with `prefix` (`Region.prefix` of the outer one)."""
        return self.filter(code__startswith=prefix)


class TermQuerySet(models.QuerySet[Any]):
    def of(self, list_slug: str) -> TermQuerySet:
        """Active entries of a list, in its order."""
        return self.filter(code_list_id=list_slug, is_active=True).order_by("order", "code", "pk")
