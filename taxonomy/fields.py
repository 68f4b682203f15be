"""A form field for a region, typed by name with suggestions; works without JavaScript."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region, RegionLevel
from taxonomy.selectors import CACHE_SECONDS, REGION_NAMES, region_path, resolve_region


def region_name(region: Region) -> str:
    """The whole path in one word, as people write it: 广东省中山市."""
    return "".join(part.name for part in region_path(region))


def region_names() -> list[str]:
    """Every province and city, and the counties of this jurisdiction, by code (cached)."""

    def read() -> list[str]:
        home = current_jurisdiction().region[:2]
        rows = Region.objects.active().filter(level__gt=RegionLevel.COUNTRY).order_by("code")
        rows = rows.select_related("parent__parent")
        return [
            region_name(row)
            for row in rows
            if row.level < RegionLevel.COUNTY or row.code.startswith(home)
        ]

    return cache.get_or_set(REGION_NAMES, read, CACHE_SECONDS) or []


class RegionInput(forms.TextInput):
    template_name = "taxonomy/_region_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs'].get('id', name)}_names"
        context["names"] = region_names()
        return context


class RegionField(forms.CharField):
    """A region by its name: 中山市, 广东省中山市, 东莞. A stored code is shown as its path."""

    widget = RegionInput

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) and value.isdigit():
            known = Region.objects.select_related("parent__parent").filter(pk=value)
            value = known.first() or value
        return region_name(value) if isinstance(value, Region) else value

    def clean(self, value: Any) -> Region | None:
        text = super().clean(value)
        if text.isdigit():  # a disabled field gives back the code it was shown for
            region = Region.objects.filter(pk=text).first()
        else:
            region = resolve_region(text) if text else None
        if text and region is None:
            raise forms.ValidationError(
                _("没有找到“%(name)s”，请写全称，如“广东省中山市”。"), params={"name": text}
            )
        return region
