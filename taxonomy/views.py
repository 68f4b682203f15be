"""Public pages: which lists the portal uses, from where, in which edition, and what is in them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from taxonomy import selectors
from taxonomy.codefiles import INDUSTRY_LIST, REGION_LIST
from taxonomy.models import Region, RegionLevel


def code_lists(request: HttpRequest) -> HttpResponse:
    """Every list with its source and edition."""
    return render(request, "taxonomy/code_lists.html", {"rows": selectors.code_lists()})


def code_list(request: HttpRequest, slug: str) -> HttpResponse:
    """One list: its entries and what they correspond to."""
    terms = selectors.terms(slug)
    context = {
        "code_list": get_object_or_404(selectors.code_lists(), pk=slug),
        "terms": terms,
        "has_descriptions": any(term.description for term in terms),
        "mappings": selectors.mapping_rows(slug),
    }
    return render(request, "taxonomy/code_list.html", context)


def regions(request: HttpRequest, code: str = "") -> HttpResponse:
    """The provinces, or what lies directly below one region."""
    region = get_object_or_404(Region, pk=code) if code else None
    below = selectors.provinces()
    if region and region.level != RegionLevel.COUNTRY:
        below = list(region.children.active().order_by("code"))
    context = {
        "code_list": get_object_or_404(selectors.code_lists(), pk=REGION_LIST),
        "region": region,
        "path": selectors.region_path(region) if region else [],
        "below": below,
    }
    return render(request, "taxonomy/regions.html", context)


def industries(request: HttpRequest) -> HttpResponse:
    """门类 with their 大类."""
    context = {
        "code_list": get_object_or_404(selectors.code_lists(), pk=INDUSTRY_LIST),
        "industries": selectors.industries(),
    }
    return render(request, "taxonomy/industries.html", context)
