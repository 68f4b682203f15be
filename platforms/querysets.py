"""Chains over listings. They know no user: access objects do."""

from __future__ import annotations

from typing import Any

from django.db import models

from platforms.enums import ListingStatus


class ListingQuerySet(models.QuerySet[Any]):
    def published(self) -> ListingQuerySet:
        return self.filter(status=ListingStatus.PUBLISHED)


class PlatformQuerySet(ListingQuerySet):
    def in_region(self, prefix: str) -> PlatformQuerySet:
        return self.filter(region_id__startswith=prefix)


class CapabilityQuerySet(ListingQuerySet):
    def shown(self) -> CapabilityQuerySet:
        """Published capabilities of published platforms: what the public and the matcher see."""
        return self.published().filter(platform__status=ListingStatus.PUBLISHED)
