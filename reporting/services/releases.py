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

EVENTS = (
    "reporting.publication.published", "reporting.publication.withdrawn",
    "reporting.list.published", "reporting.list.withdrawn",
)  # fmt: skip
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
    not told yet; of one that was withdrawn, why. Safe to run twice. How many were written."""
    is_out = name.endswith(".published")
    if name.startswith("reporting.list."):
        rows = PublishedList.objects.select_related("previous", "issued_by")
        edition = rows.get(pk=payload["list_id"])
        return (_tell_list if is_out else _tell_of_withdrawn_list)(event_id, edition, now)
    found = Publication.objects.select_related("region", "made_by")
    publication = found.get(pk=payload["publication_id"])
    tell_all = _tell_publication if is_out else _tell_of_withdrawn_publication
    return tell_all(event_id, publication, now)


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
    return count + message.send(_list_readers(edition), f"{edition}已发布", f"{body}。")


def _list_readers(edition: PublishedList) -> list[User]:
    staff = staff_for_region(edition.region_id)
    return [*subscribers_of(edition.kind), *staff, edition.issued_by]


def _tell_of_withdrawn_list(event_id: str, edition: PublishedList, now: datetime) -> int:
    concern = LIST_TYPES[edition.kind].concern
    shown = concern.people(rows_of(edition).order_by().values("key")) if concern else []
    return _Message(event_id, edition, now).withdrawn([*shown, *_list_readers(edition)])


def _tell_publication(event_id: str, publication: Publication, now: datetime) -> int:
    message = _Message(event_id, publication, now)
    noun = "案例" if publication.kind == PublicationKind.CASES else "平台"
    shown = _shown_in(publication)
    count = message.send(shown, f"{publication}收录了您的{noun}", publication.note)
    readers = _publication_readers(publication)
    return count + message.send(readers, f"{publication}已发布", publication.note)


def _shown_in(publication: Publication) -> list[User]:
    """Who runs the platforms it shows; of a compilation also the clients of its cases."""
    keys = publication.entries.order_by().values("key")
    if publication.kind != PublicationKind.CASES:
        return list(operators_of(Platform.objects.filter(slug__in=keys)))
    cases = Case.objects.filter(slug__in=keys)
    started = cases.filter(project__isnull=False).values("project__started_by")
    shown = operators_of(Platform.objects.filter(pk__in=cases.values("platform")))
    return [*shown, *User.objects.filter(is_active=True, pk__in=started)]


def _publication_readers(publication: Publication) -> list[User]:
    staff = staff_for_region(publication.region_id)
    return [*subscribers_of(PUBLICATIONS), *staff, publication.made_by]


def _tell_of_withdrawn_publication(event_id: str, publication: Publication, now: datetime) -> int:
    people = [*_shown_in(publication), *_publication_readers(publication)]
    return _Message(event_id, publication, now).withdrawn(people)


class _Message:
    """One release's messages: all lead to its page."""

    def __init__(self, event_id: str, release: Any, now: datetime) -> None:
        self.event_id, self.now, self.release = event_id, now, release
        self.url = release.get_absolute_url()

    def send(self, users: Iterable[User], title: str, body: str, kind: str = KIND) -> int:
        return notify(
            users=users, kind=kind, event_id=self.event_id, title=title, body=body, url=self.url,
            now=self.now,
        )  # fmt: skip

    def withdrawn(self, users: Iterable[User]) -> int:
        body = f"原因：{self.release.reason} 已引用或下载的请停止使用。"
        return self.send(users, f"{self.release}已撤回", body)
