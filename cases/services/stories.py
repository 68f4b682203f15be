"""The story told of a project: written by the platform, agreed by the enterprise, reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cases.access import CaseAccess, ProjectAccess
from cases.enums import CaseStatus
from cases.models import Case, Project
from core.errors import Conflict, DomainError
from core.search import search_vector
from core.services import assign, emit, lock, log_activity
from core.states import perform

TEXT_FIELDS = ("title", "client_name", "field", "summary", "result")
EVENTS = {
    "ask_consent": "cases.case.consent_asked",
    "consent": "cases.case.consented",
    "refuse": "cases.case.refused",
    "publish": "cases.case.published",
    "return": "cases.case.returned",
    "withdraw": "cases.case.withdrawn",
}


@transaction.atomic
def write_case(*, actor: Any, project: Project, values: Mapping[str, Any], now: datetime) -> Case:
    """Draft the case of a delivered project with an outcome that the enterprise confirmed.

    `values`: title, client_name, field, summary, result. One living case a project. Errors:
    Refused, `wrong_state`, `unconfirmed`, `case_exists`.
    """
    locked = lock(project)
    ProjectAccess(actor).require_now("write_case", locked)
    if not locked.outcomes.confirmed().exists():
        raise DomainError("unconfirmed", "成果经企业确认以后才能撰写案例。")
    written = locked.cases.count()
    if locked.cases.exclude(status=CaseStatus.WITHDRAWN).exists():
        raise DomainError("case_exists", "这个项目已经有案例，请在原案例上修改。")
    case = Case(
        slug=f"{locked.number.lower()}{f'-{written + 1}' if written else ''}",
        project=locked,
        platform=locked.platform,
        region=locked.platform.region,
        written_by=actor,
        status_changed_at=now,
    )
    assign(case, values, TEXT_FIELDS)
    case.full_clean(exclude=["search"])
    case.search = case_search(case)
    case.save()
    log_activity(actor=actor, action="cases.case.create", target=case, now=now)
    return case


@transaction.atomic
def edit_case(
    *,
    actor: Any,
    case: Case,
    values: Mapping[str, Any],
    now: datetime,
    version: datetime | None = None,
) -> Case:
    """Change a draft; `version` is the `updated_at` the actor saw.

    Errors: Refused, `wrong_state`, Conflict.
    """
    locked = lock(case)
    CaseAccess(actor).require_now("edit", locked)
    if version is not None and version != locked.updated_at:
        raise Conflict
    assign(locked, values, TEXT_FIELDS)
    locked.full_clean(exclude=["search"])
    locked.search = case_search(locked)
    locked.save(update_fields=[*TEXT_FIELDS, "search", "updated_at"])
    log_activity(actor=actor, action="cases.case.edit", target=locked, now=now)
    return locked


@transaction.atomic
def move_case(*, actor: Any, case: Case, name: str, now: datetime, reason: str = "") -> Case:
    """Perform the transition `name`: ask_consent, consent, refuse, publish, return, withdraw.

    A returned case must be agreed to again, because its words change. `published_at` is set the
    first time only. Errors: Refused, `wrong_state`, `reason_required`.
    """
    moved = perform(CaseAccess(actor), name, case, now=now, reason=reason)
    if name == "consent":
        moved.consented_at = now
    elif name == "return":
        moved.consented_at = None
    elif name == "publish":
        moved.published_at = moved.published_at or now
    moved.save(update_fields=["consented_at", "published_at", "updated_at"])
    emit(EVENTS[name], case_id=moved.pk)
    return moved


def case_search(case: Case) -> Any:
    """What a case is found by: its title first, then its text and everybody it names."""
    words = (case.summary, case.result, case.client_name, case.shown_platform)
    return search_vector(title=case.title, body=" ".join(words))
