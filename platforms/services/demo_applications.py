"""Invented applications at every stage, with what experts, departments and platforms say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from core.access import Access
from platforms.access import ApplicationAccess
from platforms.enums import ApplicationStatus as A
from platforms.enums import CheckResult, Stance
from platforms.ladders import STAGES, bid_types, check_application
from platforms.models import (
    Application,
    ChallengeItem,
    ExpertAssignment,
    OpinionRequest,
    Platform,
    Programme,
    Recognition,
)
from platforms.services.appeals import make_appeal
from platforms.services.applications import (
    attach_evidence,
    edit_application,
    move_application,
    start_application,
    submit_application,
)
from platforms.services.consulting import answer_request, ask_departments, merge_opinions
from platforms.services.publicity import object_to
from platforms.services.recognition_demo import CHALLENGE_SLUG, SLUG
from platforms.services.reviewing import (
    answer_invitation,
    assign_expert,
    hand_in_scores,
    record_visit,
)
from platforms.states import TRANSITION_TO
from platforms.states.recognition import LIVE

STEP = timedelta(days=3)  # what each stage takes
# the place of a platform among those without a status, where its application stands, for how many
# days; bids also say which item of the list they are for. The first is the demo operator's.
BATCH = ((1, A.CITY, 20), (2, A.PROVINCE, 40), (3, A.PUBLICITY, 2))
BIDS = ((0, 0, A.RETURNED, 3), (0, 1, A.EXPERTS, 4), (0, 2, A.EXPERTS, 12),
        (1, 3, A.REJECTED, 6), (1, -1, A.RECOGNISED, 30))  # fmt: skip
LAST = {A.RETURNED: STAGES[0], A.REJECTED: A.PROVINCE, A.RECOGNISED: A.DECISION}


@dataclass(frozen=True)
class DemoDesk:
    """Who does the work: the sign-ins first among experts and departments, the narrower level
    first among staff."""

    operators: Mapping[int, User]  # by platform
    staff: Sequence[User]
    experts: Sequence[User]
    departments: Sequence[tuple[Organisation, User]]

    def officer(self, access: type[Access], action: str, obj: Any) -> User:
        """The first of the staff who may do it; else the last, whom the service will refuse."""
        able = (person for person in self.staff if access(person).can(action, obj))
        return next(able, self.staff[-1])


@transaction.atomic
def attach_demo_applications(
    *, platforms: Sequence[Platform], desk: DemoDesk, now: datetime
) -> int:
    """Applications of the two demo batches at every stage, from what was asked of departments to
    the appeal. Returns how many.

    All hang on demo platforms and batches. Where a ladder asks for what the register of a demo
    platform does not show, the application stays a draft. Not to be called twice.
    """
    free = _without_status(platforms)
    batch = Programme.objects.filter(slug=SLUG).select_related("scheme__region").first()
    listed = list(ChallengeItem.objects.filter(programme__slug=CHALLENGE_SLUG).order_by("pk"))
    made = []
    if batch is None:
        return 0
    for place, until, days in BATCH:
        made.append(_application(batch, free[place], desk, until, days, now))
    for item, place, until, days in BIDS if len(listed) > 1 else ():
        programme = listed[item].programme
        made.append(_application(programme, free[place], desk, until, days, now, listed[item]))
    return len(made)


def _without_status(platforms: Sequence[Platform]) -> list[Platform]:
    held = Recognition.objects.filter(platform__in=platforms, status__in=LIVE)
    taken = set(held.values_list("platform", flat=True))
    return [row for row in platforms if row.pk not in taken]


def _application(
    programme: Programme,
    platform: Platform,
    desk: DemoDesk,
    until: A,
    days: int,
    now: datetime,
    item: ChallengeItem | None = None,
) -> Application:
    """One application that has stood at `until` for `days` days, where its ladder goes there."""
    begun = now - timedelta(days=days) - len(STAGES) * STEP
    application = _submitted(programme, platform, desk, begun, item)
    if application.status == A.DRAFT:
        return application
    at = now - timedelta(days=days)
    if until == A.PUBLICITY:
        application = _advance(application, A.PROVINCE, desk, begun)
        _consult(application, desk, begun + STEP, waits=False)
        _merge(application, desk, begun + STEP * 2)
    last = LAST.get(until, until)
    application = _advance(application, last, desk, at - STEP * _ahead(application, last))
    _stand(application, until, desk, at, now)
    return application


def _submitted(
    programme: Programme,
    platform: Platform,
    desk: DemoDesk,
    at: datetime,
    item: ChallengeItem | None,
) -> Application:
    """Filled in and submitted; a draft where the self-check still finds something missing."""
    actor, scheme = desk.operators[platform.pk], programme.scheme
    types = bid_types(scheme) if item else scheme.build_types
    application = start_application(
        actor=actor, programme=programme, platform=platform, challenge_item=item, now=at,
        build_type=types[0] if types else "",
    )  # fmt: skip
    declared = {
        row["name"]: ceil(row["minimum"] * 1.2) for row in scheme.criteria if not row.get("measure")
    }
    statement = "演示申报：场地、设备和团队齐备，参数、价格和排期对外公开，承诺按期完成建设内容。"
    application = edit_application(
        actor=actor, application=application, now=at,
        values={"statement": statement, "declared": declared, "has_no_veto": True},
    )  # fmt: skip
    papers = {item: [_paper()] for item in scheme.evidence}
    attach_evidence(actor=actor, application=application, uploads=papers, now=at)
    if all(check.passed for check in check_application(application)):
        return submit_application(actor=actor, application=application, now=at)
    return application


def _paper() -> SimpleUploadedFile:
    text = "演示材料：用来说明申报需要上传什么，内容为虚构。\n"
    return SimpleUploadedFile("演示材料.txt", text.encode())


def _ahead(application: Application, until: A) -> int:
    """How many stages lie before `until`."""
    path = [A(name) for name in application.path]
    here = path.index(A(application.status))
    return sum(STAGES.index(name) < STAGES.index(until) for name in path[here:])


def _advance(application: Application, until: A, desk: DemoDesk, at: datetime) -> Application:
    """From stage to stage until it is at `until`, or past it where its ladder has no such stage."""
    while STAGES.index(A(application.status)) < STAGES.index(until):
        at = _finish(application, desk, at)
        name = TRANSITION_TO[A(application.next_stage)]
        application = move_application(
            actor=desk.officer(ApplicationAccess, name, application), application=application,
            name=name, reason="材料齐全，同意（演示）。", now=at,
        )  # fmt: skip
        at += STEP
    return application


def _finish(application: Application, desk: DemoDesk, at: datetime) -> datetime:
    """Do what the present stage asks for; when it may be left."""
    if application.status == A.EXPERTS:
        for expert in desk.experts:
            score(_invite(application, expert, desk, at), at)
    elif application.status == A.SITE:
        actor = desk.officer(ApplicationAccess, "visit", application)
        record_visit(
            actor=actor, application=application, now=at,
            values={
                "visited_date": timezone.localdate(at), "members": "演示核查人员",
                "findings": "设备在用，账物相符（演示）。", "result": CheckResult.PASSED,
            },
        )  # fmt: skip
    elif application.publicity_ends_at:
        return max(at, application.publicity_ends_at + timedelta(hours=12))
    return at


def _invite(
    application: Application, expert: User, desk: DemoDesk, at: datetime
) -> ExpertAssignment:
    return assign_expert(
        actor=desk.officer(ApplicationAccess, "assign", application), application=application,
        reviewer=expert, due_date=timezone.localdate(at) + timedelta(days=20), now=at,
    )  # fmt: skip


def _declare(assignment: ExpertAssignment, at: datetime) -> ExpertAssignment:
    return answer_invitation(
        actor=assignment.reviewer, assignment=assignment, name="declare", now=at
    )


def score(assignment: ExpertAssignment, at: datetime) -> None:
    """The expert declares no interest and scores."""
    items = assignment.scheme.score_sheet or [{"name": "总体评价", "maximum": 100}]
    share = 16 + assignment.reviewer_id % 3  # of twenty
    hand_in_scores(
        actor=assignment.reviewer, assignment=_declare(assignment, at), is_supportive=True, now=at,
        scores={row["name"]: Decimal(row["maximum"] * share // 20) for row in items},
        comment="定位清楚，设施齐备，建议补充开放服务的计划（演示意见）。",
    )  # fmt: skip


def _stand(application: Application, until: A, desk: DemoDesk, at: datetime, now: datetime) -> None:
    """What is under way, or was decided, where it stands since `at`."""
    if until == A.CITY:
        _consult(application, desk, at + timedelta(days=1), waits=True)
    elif until == A.PROVINCE:
        _consult(application, desk, at + STEP, waits=False)
    elif until == A.EXPERTS and application.status == A.EXPERTS:
        _judge(application, desk, at, is_late=now - at > timedelta(days=10))
    elif until == A.PUBLICITY and application.status == A.PUBLICITY:
        other = next(p for pk, p in desk.operators.items() if pk != application.platform_id)
        object_to(
            actor=other, application=application, name=str(other.organisation or other),
            body="演示异议：所列设备请再核对。", now=at + timedelta(days=1),
        )  # fmt: skip
    elif until in {A.RETURNED, A.REJECTED, A.RECOGNISED}:
        _decide(application, until, desk, at)


def _judge(application: Application, desk: DemoDesk, at: datetime, *, is_late: bool) -> None:
    """The demo expert is invited, the others have scored; where it `is_late` she has declared, and
    a department has not answered in time."""
    mine = _invite(application, desk.experts[0], desk, at)
    for expert in desk.experts[1:]:
        score(_invite(application, expert, desk, at), at)
    if not is_late:
        return
    _declare(mine, at)
    late = ask_departments(
        actor=desk.officer(ApplicationAccess, "consult", application), application=application,
        departments=[desk.departments[0][0]], question="请就建设内容的环保要求提出意见（演示）。",
        workdays=3, now=at,
    )  # fmt: skip
    _asked_at(late, at)


def _decide(application: Application, until: A, desk: DemoDesk, at: datetime) -> None:
    names = {A.RETURNED: "return", A.REJECTED: "reject", A.RECOGNISED: "recognise"}
    reasons = {
        A.RETURNED: "请补充场地面积和产权证明（演示）。",
        A.REJECTED: "建设内容与榜单要求不符（演示）。",
        A.RECOGNISED: "评审和公示通过，同意（演示）。",
    }
    name, operator = names[until], desk.operators[application.platform_id]
    if application.publicity_ends_at:
        at = max(at, application.publicity_ends_at + timedelta(days=1))
    done = move_application(
        actor=desk.officer(ApplicationAccess, name, application), application=application,
        name=name, reason=reasons[until], now=at,
        decision_number=f"演示文号〔{at.year}〕101号" if until == A.RECOGNISED else "",
    )  # fmt: skip
    if until == A.REJECTED:
        body = "演示申诉：建设内容已按榜单调整，请重新审议。"
        make_appeal(actor=operator, application=done, body=body, now=at + STEP)


def _consult(application: Application, desk: DemoDesk, at: datetime, *, waits: bool) -> None:
    """Ask every department; all answer, or all but the first (`waits`)."""
    asked = ask_departments(
        actor=desk.officer(ApplicationAccess, "consult", application), application=application,
        departments=[body for body, _person in desk.departments], workdays=10, now=at,
        question="请就平台的建设条件和对外服务要求提出意见（演示）。",
    )  # fmt: skip
    _asked_at(asked, at)
    people = {body.pk: person for body, person in desk.departments}
    for number, request in enumerate(asked):
        if waits and number == 0:
            continue
        stance = Stance.CONDITIONS if number else Stance.AGREE
        body = "请在试运行前完成环保备案（演示）。" if number else ""
        answer_request(
            actor=people[request.department_id], request=request, stance=stance, body=body,
            now=at + timedelta(days=1),
        )  # fmt: skip


def _asked_at(asked: Sequence[OpinionRequest], at: datetime) -> None:
    """When they were asked is when the rows were made: that no service is told."""
    OpinionRequest.objects.filter(pk__in=[row.pk for row in asked]).update(created_at=at)


def _merge(application: Application, desk: DemoDesk, at: datetime) -> None:
    merge_opinions(
        actor=desk.officer(ApplicationAccess, "consult", application), application=application,
        body="各部门同意推荐；请申报单位在试运行前完成环保备案（演示汇总）。", now=at,
    )  # fmt: skip
