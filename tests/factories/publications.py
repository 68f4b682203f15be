"""A cycle of 2026 with accepted reports, and publications made of it by the services."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import Role
from reporting.models import AnnualReport, Publication, PublishedList, ReportingJob
from reporting.services import compiling, issuing, publications, published_lists, rendering
from reporting.services.snapshots import freeze
from tests.factories.accounts import person
from tests.factories.taxonomy import guangdong

NOW = datetime(2027, 2, 1, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def go_on(done: int, total: int) -> bool:
    """Progress that nobody watches."""
    return True


def accepted(report: AnnualReport, *, actor: Any, now: datetime = NOW) -> AnnualReport:
    """The report frozen as it is and archived."""
    freeze(report=report, actor=actor, now=now)
    AnnualReport.objects.filter(pk=report.pk).update(status="accepted", submitted_at=now)
    return report


def staff() -> Any:
    """Who publishes for the province."""
    return person(Role.GOVERNMENT, region=guangdong())


def frozen(actor: Any, **values: Any) -> Publication:
    """A draft with its data frozen, without waiting for a worker."""
    values = {"kind": "annual", "region": guangdong(), "year": 2026, "now": NOW} | values
    made = publications.create_publication(actor=actor, **values)
    ReportingJob.objects.update(status="done")  # what `refrozen` does in its place
    return refrozen(made)


def refrozen(publication: Publication, now: datetime = NOW) -> Publication:
    Publication.objects.filter(pk=publication.pk).update(frozen_at=None)
    compiling.freeze_publication(
        cycle=None, now=now, tell=go_on, since=now, publication=publication.pk
    )
    return Publication.objects.select_related("region", "cycle").get(pk=publication.pk)


def handed_in(publication: Publication, actor: Any) -> Publication:
    """In review, with all its files."""
    publications.submit_publication(actor=actor, publication=publication, now=NOW)
    ReportingJob.objects.update(status="done")
    rendering.render_publication(
        cycle=None, now=NOW, tell=go_on, since=NOW, publication=publication.pk
    )
    return Publication.objects.select_related("region", "cycle").get(pk=publication.pk)


def published(publication: Publication, actor: Any) -> Publication:
    if publication.status == "draft":
        publication = handed_in(publication, actor)
    return publications.publish_publication(actor=actor, publication=publication, now=NOW)


def issued(actor: Any, kind: str, criteria: dict[str, Any] | None = None,
           now: datetime = NOW) -> PublishedList:  # fmt: skip
    """The next edition of a list, without waiting for a worker."""
    made = published_lists.issue_list(actor=actor, kind=kind, criteria=criteria or {}, now=now)
    issuing.fill_list(cycle=None, now=now, tell=go_on, since=now, published_list=made.pk)
    return PublishedList.objects.select_related("region", "previous").get(pk=made.pk)
