"""Wishes to be told of what is published, and the telling."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.selectors import staff_for_region
from cases.models import Case
from core.errors import DomainError
from core.templatetags.portal_format import plain
from notifications.services import notify
from platforms.models import Platform
from reporting.access import ReleaseSubscriptionAccess
from reporting.enums import PublicationKind
from reporting.lists import LIST_TYPES
from reporting.lists.base import operators_of
from reporting.models import Publication, PublishedList, ReleaseSubscription
from reporting.selectors.published_lists import added_rows, removed_rows, rows_of
from reporting.selectors.releases import PUBLICATIONS, subscribers_of

EVENTS = ("reporting.publication.published", "reporting.list.published")
KIND, GONE = "reporting.release", "reporting.release.gone"


@transaction.atomic
def subscribe_releases(*, actor: Any, kind: str, now: datetime) -> ReleaseSubscription:
    """Ask to be told of each new release of a kind. Asking twice is asking once.

    Errors: Refused, `unknown_kind`.
    """
    ReleaseSubscriptionAccess(actor).require("create")
    if kind != PUBLICATIONS and kind not in LIST_TYPES:
        raise DomainError("unknown_kind", "没有这一类发布。", "kind")
    found, _ = ReleaseSubscription.objects.get_or_create(user=actor, kind=kind)
    return found


@transaction.atomic
def unsubscribe_releases(*, actor: Any, subscription: ReleaseSubscription, now: datetime) -> None:
    """Stop being told. Errors: Refused."""
    ReleaseSubscriptionAccess(actor).require("cancel", subscription)
    subscription.delete()


def tell(*, event_id: str, name: str, payload: dict[str, Any], now: datetime) -> int:
    """Write the messages of a release: to those it shows, then to staff and subscribers who were
    not told yet. Safe to run twice. How many were written."""
    if name == "reporting.list.published":
        rows = PublishedList.objects.select_related("previous", "issued_by")
        return _tell_list(event_id, rows.get(pk=payload["list_id"]), now)
    found = Publication.objects.select_related("region", "made_by")
    return _tell_publication(event_id, found.get(pk=payload["publication_id"]), now)


def _tell_list(event_id: str, edition: PublishedList, now: datetime) -> int:
    """Of those on the list only who came or went: nobody reads the same news every month."""
    known, count = LIST_TYPES[edition.kind], 0
    message = _Message(event_id, edition, now)
    if known.concern is not None:
        came = added_rows(edition) if edition.previous else rows_of(edition)
        mine = f"您的{known.concern.noun}"
        count += message.send(
            known.concern.people(came.order_by().values("key")), f"{mine}列入{edition}",
            "请核对内容，有误请联系发布单位。",
        )  # fmt: skip
        if edition.removed_count:
            gone = removed_rows(edition).order_by().values("key")
            count += message.send(
                known.concern.people(gone), f"{mine}不再列入{edition}",
                f"上一期列有的内容这一期没有。入选条件：{'；'.join(edition.criteria_words)}",
                kind=GONE,
            )  # fmt: skip
    body = f"共 {plain(edition.row_count)} 条"
    if edition.previous:
        body += f"；新增 {plain(edition.added_count)}，移出 {plain(edition.removed_count)}"
    count += message.send(subscribers_of(edition.kind), f"{edition}已发布", f"{body}。")
    return count + message.send(
        [*staff_for_region(edition.region_id), edition.issued_by], f"{edition}已发布", f"{body}。"
    )


def _tell_publication(event_id: str, publication: Publication, now: datetime) -> int:
    message = _Message(event_id, publication, now)
    keys = publication.entries.order_by().values("key")
    if publication.kind == PublicationKind.CASES:
        cases = Case.objects.filter(slug__in=keys)
        shown = operators_of(Platform.objects.filter(pk__in=cases.values("platform")))
        clients = User.objects.filter(
            is_active=True, pk__in=cases.filter(project__isnull=False).values("project__started_by")
        )
        count = message.send([*shown, *clients], f"{publication}收录了您的案例", publication.note)
    else:
        shown = operators_of(Platform.objects.filter(slug__in=keys))
        count = message.send(shown, f"{publication}收录了您的平台", publication.note)
    people = [*subscribers_of(PUBLICATIONS), *staff_for_region(publication.region_id),
              publication.made_by]  # fmt: skip
    return count + message.send(people, f"{publication}已发布", publication.note)


class _Message:
    """One release's messages: all lead to its page."""

    def __init__(self, event_id: str, release: Any, now: datetime) -> None:
        self.event_id, self.now, self.url = event_id, now, release.get_absolute_url()

    def send(self, users: Iterable[User], title: str, body: str, kind: str = KIND) -> int:
        return notify(
            users=users, kind=kind, event_id=self.event_id, title=title, body=body, url=self.url,
            now=self.now,
        )  # fmt: skip
