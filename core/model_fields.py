"""Model fields that any app needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


def user_field(label: Any = None, *, required: bool = False) -> models.ForeignKey[Any, Any]:
    """The person who did something; none when it was nobody in particular."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=not required, blank=not required,
        related_name="+", verbose_name=label,
    )  # fmt: skip
