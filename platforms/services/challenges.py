"""Challenge lists: drafted, corrected, taken out; and what bidding for an item asks (C05)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from core.activity import register_actions
from core.errors import Conflict, DomainError
from core.services import assign, check_record, lock, log_activity
from platforms.access import ChallengeItemAccess
from platforms.enums import ApplicationStatus
from platforms.ladders import bid_types
from platforms.models import Application, ChallengeItem, Programme

register_actions(
    {
        "platforms.challengeitem.create": "起草了榜单项目",
        "platforms.challengeitem.edit": "修改了榜单项目",
        "platforms.challengeitem.delete": "删除了榜单项目",
    }
)


@transaction.atomic
def save_challenge_item(
    *,
    actor: Any,
    values: Mapping[str, Any],
    now: datetime,
    unmet_count: int | None,
    item: ChallengeItem | None = None,
    version: str = "",
) -> ChallengeItem:
    """Draft an item of a batch that is not published, or change it; its batch stays.

    `unmet_count`: open demands of its process, field and region without a fitting capability now.
    Raises Refused, Conflict (`version`: the `updated_at` that was read), DomainError `invalid` or
    at `finish_by_date`.
    """
    row, action = ChallengeItem(), "create"
    if item is not None:
        row, action = lock(item, "programme__scheme__region"), "edit"
        if version and version != row.updated_at.isoformat():
            raise Conflict
    assign(row, values, values.keys() - ({"programme"} if item else set()))
    row.unmet_count = unmet_count
    # whoever publishes the batch meanwhile waits, or is seen here
    row.programme = Programme.objects.select_for_update(of=("self",)).select_related(
        "scheme__region"
    ).get(pk=row.programme_id)  # fmt: skip
    ChallengeItemAccess(actor).require(action, row)
    if row.finish_by_date <= row.programme.closes_date:
        raise DomainError("too_early", "建成期限须晚于批次的截止日。", "finish_by_date")
    if row.region and not row.programme.scheme.region.contains(row.region.pk):
        where = row.programme.scheme.region.name
        raise DomainError("out_of_region", f"本批次在{where}受理，请选其中的地区。", "region")
    check_record(row)
    row.save()
    log_activity(actor=actor, action=f"platforms.challengeitem.{action}", target=row, now=now)
    return row


@transaction.atomic
def delete_challenge_item(*, actor: Any, item: ChallengeItem, now: datetime) -> None:
    """Take an item out of a list that is not published. Raises Refused."""
    row = lock(item, "programme__scheme__region")
    ChallengeItemAccess(actor).require("delete", row)
    log_activity(
        actor=actor, action="platforms.challengeitem.delete", target=row.programme, now=now,
        reason=row.title,
    )  # fmt: skip
    row.delete()


def check_bid(application: Application) -> None:
    """Whether an application names what it must: one item of its batch that nobody has won, and
    (as soon as it states one) a build type that is built.

    Raises DomainError at `challenge_item` or `build_type`.
    """
    item, programme = application.challenge_item, application.programme
    if item is None:
        if programme.challenge_items.exists():
            raise DomainError("field_required", "请选择要揭榜的项目。", "challenge_item")
    elif item.programme_id != programme.pk:
        raise DomainError("other_list", "这个项目不在本批次的榜单上。", "challenge_item")
    elif error := won_already(application):
        raise error
    elif application.build_type not in ["", *bid_types(programme.scheme)]:
        raise DomainError("not_built", "揭榜是要建设平台，请选需要建设的类型。", "build_type")


def won_already(application: Application) -> DomainError | None:
    """Why it cannot win its item any more; None while nobody else has."""
    if application.challenge_item_id is None:
        return None
    rows = Application.objects.filter(
        challenge_item=application.challenge_item_id, status=ApplicationStatus.RECOGNISED
    )
    winner = rows.exclude(pk=application.pk).select_related("platform").first()
    if winner is None:
        return None
    return DomainError("won_already", f"该榜单项目已由{winner.platform}揭榜。", "challenge_item")


def lock_item(application: Application) -> None:
    """Let one decision on an item wait for the other."""
    pk = application.challenge_item_id
    list(ChallengeItem.objects.select_for_update().filter(pk=pk).values_list("pk"))
