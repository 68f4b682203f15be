"""What was published last, and who wants to be told of it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from accounts.models import User
from reporting.access import PublicationAccess, PublishedListAccess, ReleaseSubscriptionAccess
from reporting.enums import ListStatus
from reporting.models import ReleaseSubscription

PUBLICATIONS = "publications"  # the kind of subscription to reports, handbooks, compilations


def newest_releases(limit: int) -> list[Any]:
    """Editions of reports and of lists that the public sees, the newest first. Two queries."""
    public: Any = AnonymousUser()
    editions = PublicationAccess(public).visible().published().light()  # type: ignore[attr-defined]
    lists = PublishedListAccess(public).visible().filter(status=ListStatus.PUBLISHED)
    newest = [*editions.order_by("-published_at", "-pk")[:limit],
              *lists.order_by("-published_at", "-pk")[:limit]]  # fmt: skip
    return sorted(newest, key=lambda row: row.published_at, reverse=True)[:limit]


def subscription_of(user: Any, kind: str) -> ReleaseSubscription | None:
    """The user's wish to be told of a kind of release."""
    return ReleaseSubscriptionAccess(user).visible().filter(kind=kind).first()


def subscribers_of(kind: str) -> QuerySet[User]:
    """Active people who want to be told of a kind of release."""
    return User.objects.filter(is_active=True, release_subscriptions__kind=kind)
