"""The home page: true figures with their moment, and the newest of each module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from cases.access import CaseAccess
from cases.enums import OutcomeStatus
from cases.models import Outcome
from demands.access import DemandAccess
from platforms.access import CapabilityAccess, PlatformAccess
from policies.access import DocumentAccess, NewsAccess
from reporting.selectors.releases import newest_releases

FIGURES_KEY = "portal:home-figures"
FIGURES_SECONDS = 60
SHOWN = 5  # titles in a list
CARDS = 4  # cards in a row


@dataclass(frozen=True)
class Figures:
    """Counts of what the public can see at `counted_at`, demo data left out.

    Definitions stand on the about page.
    """

    counted_at: datetime
    platforms: int
    confirmed_platforms: int
    capabilities: int
    open_demands: int
    confirmed_outcomes: int
    cases: int
    documents: int
    news: int


def home_figures() -> Figures:
    """The figures of the home page, counted at most once a minute. Counts, no units."""
    figures: Figures | None = cache.get(FIGURES_KEY)
    if figures is None:
        figures = _count()
        cache.set(FIGURES_KEY, figures, FIGURES_SECONDS)
    return figures


def _count() -> Figures:
    public: Any = AnonymousUser()
    now = timezone.now()
    platforms = PlatformAccess(public).visible().filter(is_demo=False)
    since = now - timedelta(days=settings.CONFIRM_EVERY_DAYS)
    return Figures(
        counted_at=now,
        platforms=platforms.count(),
        confirmed_platforms=platforms.filter(confirmed_at__gte=since).count(),
        capabilities=CapabilityAccess(public).visible().filter(platform__is_demo=False).count(),
        open_demands=DemandAccess(public).visible().open().filter(is_demo=False).count(),
        confirmed_outcomes=Outcome.objects.filter(
            status=OutcomeStatus.CONFIRMED, project__is_demo=False
        ).count(),
        cases=CaseAccess(public).visible().exclude(project__is_demo=True).count(),
        documents=DocumentAccess(public).visible().count(),
        news=NewsAccess(public).visible().count(),
    )


@dataclass(frozen=True)
class HomePage:
    figures: Figures
    demands: list[Any]
    capabilities: list[Any]
    cases: list[Any]
    documents: list[Any]
    news: list[Any]
    releases: list[Any]


def home_page() -> HomePage:
    """Everything the home page shows, as a visitor sees it: eight queries beside the figures."""
    public: Any = AnonymousUser()
    demands = (
        DemandAccess(public).visible().open().select_related("field", "region", "organisation")
    )
    capabilities = CapabilityAccess(public).visible().filter(platform__is_demo=False)
    return HomePage(
        figures=home_figures(),
        demands=list(demands.order_by("-published_at", "-pk")[:CARDS]),
        capabilities=list(
            capabilities.select_related("platform__region", "field").order_by(
                F("confirmed_at").desc(nulls_last=True), "-completeness", "pk"
            )[:CARDS]
        ),
        cases=list(
            CaseAccess(public)
            .visible()
            .exclude(project__is_demo=True)
            .select_related("platform", "field")
            .order_by("-source_date", "-published_at", "-pk")[:SHOWN]
        ),
        documents=list(DocumentAccess(public).visible().newest_first()[:SHOWN]),
        news=list(NewsAccess(public).visible().newest_first()[:SHOWN]),
        releases=newest_releases(SHOWN),
    )
