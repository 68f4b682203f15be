"""Model fields that hold terms of a code list, by the code list's slug, and regions."""

from __future__ import annotations

from typing import Any

from django.db import models


def term_field(code_list: str, label: Any) -> models.ForeignKey[Any, Any]:
    """One term of the list, or none known."""
    return models.ForeignKey(
        "taxonomy.Term",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"code_list": code_list},
        verbose_name=label,
    )


def terms_field(code_list: str, label: Any) -> models.ManyToManyField[Any, Any]:
    """Any number of terms of the list."""
    return models.ManyToManyField(
        "taxonomy.Term",
        blank=True,
        related_name="+",
        limit_choices_to={"code_list": code_list},
        verbose_name=label,
    )


def region_field(label: Any, *, required: bool = False) -> models.ForeignKey[Any, Any]:
    """A region, or none known."""
    return models.ForeignKey(
        "taxonomy.Region", models.PROTECT, null=not required, blank=not required,
        related_name="+", verbose_name=label,
    )  # fmt: skip
