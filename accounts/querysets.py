"""Chains over people, organisations and their roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q


class UserManager(BaseUserManager[Any]):
    """Users are made by services; the framework needs these two names."""

    use_in_migrations = True

    def get_by_natural_key(self, email: str | None) -> Any:
        return self.get(email__iexact=email)


class OrganisationQuerySet(models.QuerySet[Any]):
    def approved(self) -> OrganisationQuerySet:
        return self.filter(status="approved")

    def in_region(self, prefix: str) -> OrganisationQuerySet:
        """Organisations registered inside the region prefix (see Region.prefix)."""
        return self.filter(region__code__startswith=prefix)


class RoleAssignmentQuerySet(models.QuerySet[Any]):
    def current(self, *, now: datetime) -> RoleAssignmentQuerySet:
        """Assignments in force at `now`: granted and not ended."""
        return self.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=now), granted_at__isnull=False)

    def waiting(self) -> RoleAssignmentQuerySet:
        """Requests to join that nobody has answered."""
        return self.filter(granted_at__isnull=True, ended_at__isnull=True)
