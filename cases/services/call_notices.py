"""What people are told about calls for cases."""

from __future__ import annotations

from datetime import datetime

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import last_reason, people_of_organisation
from cases.models import CaseCall
from cases.services.notices import enterprise_people
from notifications.services import notify


def tell_invited(*, event_id: str, call_id: int, user_ids: list[int], now: datetime) -> None:
    """Experts are asked for their marks."""
    call = CaseCall.objects.get(pk=call_id)
    notify(
        users=User.objects.filter(pk__in=user_ids, is_active=True).order_by("pk"),
        event_id=event_id, kind="casecall_invited", title=f"请为案例评分：{call}",
        body=f"“{call}”共有 {call.entries.count()} 个案例报名，请按评分标准打分并写一句理由。",
        url=call.get_absolute_url(), now=now,
    )  # fmt: skip


def tell_selected(*, event_id: str, call_id: int, now: datetime) -> None:
    """Both sides of a selected case are told; of the others, who runs the platform."""
    call = CaseCall.objects.get(pk=call_id)
    told: dict[tuple[User, bool], list[str]] = {}
    rows = call.entries.select_related("case__platform", "case__project__enterprise")
    for entry in rows.order_by("pk"):
        case = entry.case
        people: list[User] = []
        if case.platform and case.platform.organisation_id:
            people += people_of_organisation(case.platform.organisation_id, [Role.OPERATOR])
        if entry.is_selected and case.project:
            people += enterprise_people(case.project)
        for user in dict.fromkeys(people):  # somebody may belong to both sides
            told.setdefault((user, entry.is_selected), []).append(f"“{case}”")
    for (user, is_selected), names in told.items():
        kind, word = ("selected", "入选") if is_selected else ("not_selected", "未入选")
        notify(
            users=[user], event_id=event_id, kind=f"casecall_{kind}", title=f"案例{word}：{call}",
            body=f"{'、'.join(names)}{word}“{call}”。", url=call.get_absolute_url(), now=now,
        )  # fmt: skip


def tell_cancelled(*, event_id: str, call_id: int, now: datetime) -> None:
    """Who runs a platform whose case was entered, who entered it, and the experts."""
    call = CaseCall.objects.get(pk=call_id)
    entered = call.entries.all()
    held = entered.filter(case__platform__organisation__isnull=False)
    organisations = set(held.values_list("case__platform__organisation", flat=True))
    people = [one for pk in sorted(organisations)
              for one in people_of_organisation(pk, [Role.OPERATOR])]  # fmt: skip
    others = [*User.objects.filter(pk__in=entered.values("entered_by")), *call.reviewers.all()]
    notify(
        users=[*people, *others], event_id=event_id, kind="casecall_cancelled",
        title=f"案例征集已取消：{call}", body=f"原因：{last_reason(call, 'cancel')}",
        url=call.get_absolute_url(), now=now,
    )  # fmt: skip
