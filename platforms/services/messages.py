"""What people are told of changes to platforms, claims and reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.enums import Role
from accounts.selectors import history_of, people_of_organisation, staff_for_region
from core.events import Payload
from notifications.services import notify
from platforms.kinds import KINDS, PLATFORM
from platforms.models import ListingReport, PlatformClaim
from platforms.services.deadlines import operators

NAMES = {kind.name: kind for kind in KINDS.values()}
SAID = {"published": "已通过并发布", "returned": "被退回修改", "withdrawn": "已下架"}


def _listing(name: str, payload: Payload) -> Any:
    """The listing of the event `platforms.<name>.<verb>`; None when it is gone."""
    kind = NAMES[name.split(".")[1]]
    return kind.model._default_manager.filter(pk=payload[f"{kind.name}_id"]).first()


def tell_staff(*, event_id: str, name: str, payload: Payload, now: datetime) -> None:
    """A listing waits for review: tell the staff nearest to it."""
    listing = _listing(name, payload)
    if listing is None:
        return
    kind = NAMES[name.split(".")[1]]
    platform = getattr(listing, "platform", listing)
    notify(
        users=staff_for_region(platform.region_id),
        event_id=event_id,
        kind="platforms.submitted",
        title=f"待审核：{kind.label}“{listing}”",
        body=f"{platform} 提交了{kind.label}“{listing}”，请审核。",
        url=reverse("platforms:review_listing", args=[kind.key, listing.slug]),
        now=now,
    )


def tell_operator(*, event_id: str, name: str, payload: Payload, now: datetime) -> None:
    """A decision on a listing: tell its operator, with the reason, unless they did it."""
    listing = _listing(name, payload)
    if listing is None:
        return
    kind = NAMES[name.split(".")[1]]
    platform = getattr(listing, "platform", listing)
    label = listing._meta.label_lower
    quiet = [f"{label}.edit", f"{label}.confirm"]
    row = history_of(listing).exclude(action__in=quiet).first()
    actor_id, reason = (row.actor_id, row.reason) if row else (None, "")
    words = SAID[name.split(".")[2]]
    url = (
        reverse("platforms:workbench", args=[listing.slug])
        if kind is PLATFORM
        else reverse("platforms:offers", args=[platform.slug, kind.key])
    )
    notify(
        users=[user for user in operators(platform) if user.pk != actor_id],
        event_id=event_id,
        kind=f"platforms.{name.split('.')[2]}",
        title=f"{kind.label}“{listing}”{words}",
        body=reason or f"{platform} 的{kind.label}“{listing}”{words}。",
        url=url,
        now=now,
    )


def tell_claim(*, event_id: str, payload: Payload, now: datetime) -> None:
    """An organisation claims a platform: tell the staff of its region."""
    claim = _claim(payload)
    notify(
        users=staff_for_region(claim.platform.region_id),
        event_id=event_id,
        kind="platforms.claim",
        title=f"认领申请：{claim.platform}",
        body=f"{claim.organisation} 申请认领“{claim.platform}”：{claim.note}",
        url=reverse("platforms:review"),
        now=now,
    )


def tell_claimant(*, event_id: str, payload: Payload, now: datetime) -> None:
    """A claim was decided: tell the claiming organisation's operators."""
    claim = _claim(payload)
    row = history_of(claim).first()
    is_approved = claim.status == "approved"
    notify(
        users=people_of_organisation(claim.organisation_id, [Role.OPERATOR]),
        event_id=event_id,
        kind="platforms.claim_decided",
        title=f"认领“{claim.platform}”{'已通过' if is_approved else '未通过'}",
        body=(row.reason if row else "") or "现在可以补充能力、价格和档期，并直接答复企业。",
        url=reverse("platforms:workbench", args=[claim.platform.slug])
        if is_approved
        else claim.platform.get_absolute_url(),
        now=now,
    )


def tell_report(*, event_id: str, payload: Payload, now: datetime) -> None:
    """Somebody reports that a listing is wrong: tell its operator and the staff."""
    report = ListingReport.objects.select_related("platform").get(pk=payload["report_id"])
    platform = report.platform
    for users, url in (
        (operators(platform), reverse("platforms:workbench", args=[platform.slug])),
        (staff_for_region(platform.region_id), reverse("platforms:review")),
    ):
        notify(
            users=users,
            event_id=event_id,
            kind="platforms.report",
            title=f"有人反映“{platform}”{report.get_kind_display()}",
            body=report.note or "请核实并更正。",
            url=url,
            now=now,
        )


def _claim(payload: Payload) -> PlatformClaim:
    rows = PlatformClaim.objects.select_related("platform", "organisation")
    return rows.get(pk=payload["claim_id"])
