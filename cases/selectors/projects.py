"""Projects in lists and on their one screen (C13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case as SqlCase
from django.db.models import CharField, Model, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.enums import Role
from accounts.selectors import history_of
from cases.access import ENTERPRISE_ROLES
from cases.enums import CaseStatus, OutcomeStatus
from cases.enums import ProjectStatus as P
from cases.models import Case, Message, Outcome, Project, Quote, Receipt
from core.activity import sentence
from core.files import files_of
from core.models import ActivityLog, StoredFile
from core.states import Relation

STEPS = (P.ENQUIRY, P.IN_TALKS, P.QUOTED, P.CONTRACTED, P.PILOTING, P.DELIVERED, P.CLOSED)
STEP_NAMES = ("咨询", "洽谈", "报价", "签约", "中试", "交付", "办结")


def project_rows(rows: QuerySet[Project], user: Any, *, now: datetime) -> QuerySet[Project]:
    """Projects ready for a list: overdue ones first, then what changed last.

    `timing` is overdue, waiting (for the first reply) or empty; `side` is asked (the user's
    organisation asks), run (it runs the platform) or empty.
    """
    waiting = Q(status=P.ENQUIRY)
    timed = rows.annotate(
        timing=SqlCase(
            When(waiting & Q(reply_due_at__lt=now), then=Value("overdue")),
            When(waiting, then=Value("waiting")),
            default=Value(""),
            output_field=CharField(),
        ),
        side=SqlCase(
            When(enterprise__in=user.organisation_ids(*ENTERPRISE_ROLES), then=Value("asked")),
            When(
                platform__organisation__in=user.organisation_ids(Role.OPERATOR), then=Value("run")
            ),
            default=Value(""),
        ),
    )
    overdue_first = SqlCase(When(timing="overdue", then=Value(0)), default=Value(1))
    related = timed.select_related("platform__region", "enterprise", "demand", "capability")
    return related.order_by(overdue_first, "-status_changed_at", "-pk")


@dataclass(frozen=True)
class NextStep:
    """What happens next, told to this reader: whose turn it is and until when."""

    text: str
    due: date | datetime | None = None
    is_mine: bool = False
    is_late: bool = False


@dataclass(frozen=True)
class ProjectPage:
    """Everything the one screen of a project shows beside the project itself."""

    messages: list[Message]
    quotes: list[Quote]
    outcomes: list[Outcome]
    receipts: list[Receipt]
    cases: list[Case]
    files: list[dict[str, Any]]
    history: list[ActivityLog]
    steps: list[dict[str, str]]
    step: NextStep
    reason: str

    @property
    def received(self) -> Decimal:
        """Yuan that the enterprise confirmed."""
        confirmed = (r for r in self.receipts if r.status == OutcomeStatus.CONFIRMED)
        return sum((row.amount_yuan for row in confirmed), Decimal(0))


def project_page(
    project: Project, relations: Iterable[Relation], *, now: datetime, withheld: bool = False
) -> ProjectPage:
    """The parts of a project's screen. Eight queries, however long the thread. Where the thread is
    `withheld`, the platform's own messages are all that is left of it."""
    rows = thread_of(project, withheld=withheld)
    rows = rows.select_related("author", "organisation").order_by("sent_at", "pk")
    messages = list(rows)
    outcomes = list(project.outcomes.order_by("-created_at", "-pk"))
    quotes = list(project.quotes.select_related("quoted_by").order_by("-quoted_at", "-pk"))
    cases = list(project.cases.order_by("-pk"))
    receipts = list(project.receipts.order_by("-received_date", "-pk"))
    for receipt in receipts:
        receipt.project = project  # already read
    files = _attach_files(messages, outcomes, receipts)
    log = history(project, outcomes, receipts, cases)
    ended = f"cases.project.{'decline' if project.status == P.DECLINED else 'cancel'}"
    return ProjectPage(
        messages=messages,
        quotes=quotes,
        outcomes=outcomes,
        receipts=receipts,
        cases=cases,
        files=files,
        history=log,
        steps=project_steps(project),
        step=next_step(project, relations, quotes=quotes, outcomes=outcomes, now=now),
        reason=next((row.reason for row in log if row.action == ended), ""),
    )


def thread_of(project: Project, *, withheld: bool) -> QuerySet[Message]:
    """The messages of a project; only the platform's own where the thread is withheld (D08)."""
    rows = project.messages.all()
    return rows.filter(organisation=project.platform.organisation_id) if withheld else rows


def _attach_files(*lists: list[Any]) -> list[dict[str, Any]]:
    """Give each message, outcome and receipt its `file_items`; return all, newest first."""
    attached = [row for rows in lists for row in rows]
    ids = Q(pk__in=[])
    for row in attached:
        ids |= Q(target_type=row._meta.label_lower, target_id=str(row.pk))
    of_target = defaultdict(list)
    found = list(StoredFile.objects.filter(ids).select_related("uploaded_by").order_by("-pk"))
    found.sort(key=lambda file: file.created_at, reverse=True)
    items = [file_item(file) for file in found]
    for file, item in zip(found, items, strict=True):
        of_target[file.target_type, file.target_id].append(item)
    for row in attached:
        row.file_items = of_target[row._meta.label_lower, str(row.pk)][::-1]
    return items


def file_item(file: StoredFile) -> dict[str, Any]:
    """A file in the words of c-files."""
    return {
        "name": file.name,
        "url": file.get_absolute_url(),
        "size": file.size_bytes,
        "at": timezone.localtime(file.created_at),
        "note": str(file.uploaded_by),
    }


def history(*targets: Model | list[Any]) -> list[ActivityLog]:
    """What was done to these records, newest first; messages speak for themselves."""
    flat = [row for one in targets for row in (one if isinstance(one, list) else [one])]
    found = list(history_of(*flat).exclude(action="cases.project.message"))
    for row in found:
        row.said = sentence(row.action)  # type: ignore[attr-defined]
    return found


def project_steps(project: Project) -> list[dict[str, str]]:
    """The way of a project as c-steps; an ended one stops where it was."""
    status = P(project.status)
    if status == P.CLOSED:
        at = len(STEPS)
    elif status in STEPS:
        at = STEPS.index(status)
    else:
        at = _reached(project)
    return [
        {"label": name, "state": "done" if n < at else "current" if n == at else "todo"}
        for n, name in enumerate(STEP_NAMES)
    ]


def _reached(project: Project) -> int:
    """How far a declined or cancelled project came, as an index of STEPS."""
    if project.contract_date:
        return STEPS.index(P.CONTRACTED)
    return STEPS.index(P.IN_TALKS) if project.first_replied_at else 0


# status → whose turn; what the platform reads; what the enterprise reads
TURNS: dict[str, tuple[Relation, str, str]] = {
    P.ENQUIRY: (Relation.OWNER, "请回复、报价，或说明理由婉拒。", "等待平台回复。"),
    P.IN_TALKS: (
        Relation.OWNER,
        "与企业谈清范围后，请给出报价。",
        "平台已回复，谈清范围后等待报价。",
    ),
    P.QUOTED: (
        Relation.COUNTERPART,
        "等待企业确认签约。",
        "请核对报价；与平台签订合同后，在这里确认签约。",
    ),
    P.CONTRACTED: (Relation.OWNER, "准备就绪后，请标记开始中试。", "等待平台开始中试。"),
    P.PILOTING: (Relation.OWNER, "完成后，请标记交付并提出成果。", "中试进行中，等待平台交付。"),
    P.CLOSED: (
        Relation.OWNER,
        "已办结，可以撰写案例，企业同意后公开。",
        "已办结，感谢您的确认。",
    ),
    P.DECLINED: (
        Relation.COUNTERPART,
        "已婉拒。",
        "平台婉拒了这次咨询，可以看看其他合适的平台。",
    ),
    P.CANCELLED: (Relation.COUNTERPART, "企业已取消。", "已取消，需要时可以重新发起咨询。"),
}
CLAIMED = (Relation.COUNTERPART, "等待企业确认成果。", "请核对平台提出的成果，确认是否属实。")
UNCLAIMED = (Relation.OWNER, "请提出成果并附证据，由企业确认。", "已交付，等待平台提出成果。")
CONFIRMED = (Relation.COUNTERPART, "成果已确认，等待企业办结。", "成果已确认，可以办结。")


def next_step(
    project: Project,
    relations: Iterable[Relation],
    *,
    quotes: list[Quote],
    outcomes: list[Outcome],
    now: datetime,
) -> NextStep:
    """The next step in one sentence for who reads it, with its due time when there is one."""
    turn, for_platform, for_enterprise = _turn(P(project.status), outcomes)
    due: date | datetime | None = {
        P.ENQUIRY: project.reply_due_at,
        P.QUOTED: quotes[0].valid_until_date if quotes else None,
        P.CONTRACTED: project.promised_date,
        P.PILOTING: project.promised_date,
    }.get(P(project.status))
    limit = now if isinstance(due, datetime) else timezone.localdate(now)
    is_late = due is not None and due < limit
    relations = set(relations)
    text = for_enterprise if Relation.COUNTERPART in relations else for_platform
    if is_late and project.status == P.ENQUIRY and Relation.COUNTERPART in relations:
        text = "平台超过了承诺的时间，系统已催办；您可以再留言，也可以取消后咨询其他平台。"
    if not relations & {Relation.OWNER, Relation.COUNTERPART} and not project.is_ended:
        text = f"{'平台' if turn == Relation.OWNER else '企业'}的下一步：{text}"
    return NextStep(
        text=text,
        due=due,
        is_mine=turn in relations and not project.is_ended,
        is_late=is_late,
    )


def _turn(status: P, outcomes: list[Outcome]) -> tuple[Relation, str, str]:
    if status in {P.PILOTING, P.DELIVERED, P.CLOSED} and any(
        outcome.status == OutcomeStatus.CLAIMED for outcome in outcomes
    ):
        return CLAIMED
    if status == P.DELIVERED:
        is_confirmed = any(row.status == OutcomeStatus.CONFIRMED for row in outcomes)
        return CONFIRMED if is_confirmed else UNCLAIMED
    return TURNS[status]


def case_in_question(cases: list[Case]) -> Case | None:
    """The case that waits for the enterprise's consent."""
    return next((case for case in cases if case.status == CaseStatus.IN_CONSENT), None)


def file_items(target: Model) -> list[dict[str, Any]]:
    """The files of one record, oldest first, in the words of c-files."""
    return [file_item(file) for file in files_of(target).select_related("uploaded_by")]
