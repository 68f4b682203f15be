"""Reading recognition: batches, applications with what stands in their way, the roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import mean, pstdev
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet

from accounts.enums import Role
from accounts.models import User
from accounts.selectors import history_of, reviewers
from core.files import files_of
from core.models import ActivityLog, StoredFile
from core.states import Relation, Transition
from platforms.access import (
    ApplicationAccess,
    PlatformAccess,
    ProgrammeAccess,
)
from platforms.access.recognition import LEVELS
from platforms.enums import ApplicationStatus as A
from platforms.enums import AssignmentStatus, OpinionKind
from platforms.ladders import SelfCheck, check_application, path_of
from platforms.models import (
    Appeal,
    Application,
    Assessment,
    ExpertAssignment,
    Platform,
    Programme,
    Recognition,
    ReviewOpinion,
    SiteCheck,
)
from platforms.models.reviewing import OPEN_ASSIGNMENTS
from platforms.states.recognition import LIVE
from taxonomy.models import RegionLevel

# who is asked for an opinion and is nothing else to an application
ASKED = frozenset({Relation.COUNTERPART, Relation.MEMBER, Relation.VISITOR})
INTERNAL = (OpinionKind.COSIGN, OpinionKind.MERGED)
AFTER_REVIEW = (A.EXPERTS, A.SITE, A.PUBLICITY, A.DECISION)
REVIEW_OF = {
    RegionLevel.COUNTY: A.COUNTY,
    RegionLevel.CITY: A.CITY,
    RegionLevel.PROVINCE: A.PROVINCE,
}


def programme_rows(rows: QuerySet[Programme]) -> QuerySet[Programme]:
    """Batches for a list, the newest first, with how many applied (drafts do not count)."""
    applied = Count("applications", filter=~Q(applications__status__in=[A.DRAFT, A.WITHDRAWN]))
    return (
        rows.select_related("scheme__region")
        .annotate(application_count=applied)
        .order_by("-opens_date", "-pk")
    )


def own_platforms(user: Any, programme: Programme) -> list[Platform]:
    """The user's platforms in the batch's region that may apply: no status yet, no application."""
    inside = programme.scheme.region.prefix
    rows = PlatformAccess(user).manageable().filter(region__code__startswith=inside)
    live = programme.applications.exclude(status__in=[A.WITHDRAWN, A.REJECTED])
    held = Recognition.objects.filter(scheme=programme.scheme, status__in=LIVE)
    rows = rows.exclude(pk__in=live.values("platform")).exclude(pk__in=held.values("platform"))
    return list(rows.order_by("pinyin_key", "pk"))


@dataclass(frozen=True)
class Applying:
    """Whether the user can begin an application to a batch; else why each platform cannot."""

    is_possible: bool = False
    obstacles: tuple[tuple[Platform, str], ...] = ()


def applying(user: Any, programme: Programme) -> Applying:
    """For those who run platforms; nobody else is told anything."""
    if not ApplicationAccess(user).can("create"):
        return Applying()
    if own_platforms(user, programme):
        return Applying(is_possible=True)
    rows = PlatformAccess(user).manageable().order_by("pinyin_key", "pk")
    held = rows.filter(recognitions__scheme=programme.scheme, recognitions__status__in=LIVE)
    ids, region = set(held.values_list("pk", flat=True)), programme.scheme.region
    return Applying(obstacles=tuple(
        (row, f"已是{programme.scheme}" if row.pk in ids else "已在本批次申报"
         if region.contains(row.region_id) else f"不在适用地区（{region}）")
        for row in rows
    ))  # fmt: skip


def application_rows(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Applications for a list, the latest move first."""
    related = ("platform__region__parent", "programme__scheme", "organisation")
    return rows.select_related(*related).order_by(
        F("status_changed_at").desc(nulls_first=True), "pk"
    )


def own_applications(user: Any) -> QuerySet[Application]:
    """Applications of the platforms that the user runs."""
    ids = user.organisation_ids(Role.OPERATOR)
    return application_rows(Application.objects.filter(platform__organisation__in=ids))


def waiting_applications(user: Any) -> QuerySet[Application]:
    """Applications that wait for the user's own level, the longest waiting first."""
    condition = Q(pk__in=[])
    levels = {level: name for name, level in LEVELS.items()}
    for row in user.assignments:
        if row.role != Role.GOVERNMENT or row.region is None:
            continue
        level = RegionLevel(row.region.level)
        turn = Q(status__in=AFTER_REVIEW, programme__scheme__level=levels[level])
        if level in REVIEW_OF:
            turn |= Q(status=REVIEW_OF[level])
        condition |= Q(platform__region__code__startswith=row.region.prefix) & turn
    rows = application_rows(Application.objects.filter(condition))
    return rows.order_by("status_changed_at", "pk")


def applications_in_publicity(now: datetime) -> QuerySet[Application]:
    """What is made public now, the soonest to end first."""
    rows = Application.objects.in_publicity().filter(publicity_ends_at__gte=now)
    return application_rows(rows).order_by("publicity_ends_at", "pk")


@dataclass(frozen=True)
class Button:
    """A transition the user may perform, or what must be done before."""

    row: Transition
    obstacle: str = ""


@dataclass(frozen=True)
class Spread:
    """The experts' totals: how many, mean, lowest, highest, standard deviation."""

    count: int
    mean: Decimal
    low: Decimal
    high: Decimal
    deviation: Decimal

    @property
    def is_wide(self) -> bool:
        """Experts differ so much that the panel should talk again."""
        return self.high - self.low >= 20


def spread_of(assignments: list[ExpertAssignment]) -> Spread | None:
    """The spread of handed-in scores; None without any."""
    totals = [
        row.total
        for row in assignments
        if row.status == AssignmentStatus.SCORED and row.total is not None
    ]
    if not totals:
        return None
    tenth = Decimal("0.1")
    return Spread(
        len(totals), Decimal(mean(totals)).quantize(tenth), min(totals), max(totals),
        Decimal(pstdev(totals)).quantize(tenth),
    )  # fmt: skip


@dataclass(frozen=True)
class ApplicationPage:
    """Everything the page of one application shows to this user."""

    steps: list[dict[str, str]]
    checks: list[SelfCheck]
    facts: list[dict[str, str]]
    files: list[StoredFile]
    opinions: list[ReviewOpinion]
    assignments: list[ExpertAssignment]
    spread: Spread | None
    visits: list[SiteCheck]
    appeals: list[Appeal]
    history: list[ActivityLog]


def application_page(application: Application, user: Any) -> ApplicationPage:
    """The page of an application. What experts and departments say is for the staff alone.

    A department that is asked for its opinion sees what is applied for, not how it is judged.
    """
    access = ApplicationAccess(user)
    is_party = bool(access.relations(application) - ASKED)
    is_frozen = bool(application.self_check) and application.status not in {A.DRAFT, A.RETURNED}
    checks = (
        [SelfCheck(**row) for row in application.self_check]
        if is_frozen
        else check_application(application)
    )
    sees_panel = bool(access.can("opine", application))
    assignments = panel_of(application) if sees_panel else []
    opinions = application.opinions.select_related("author").order_by("pk")
    shown = opinions if sees_panel else opinions.exclude(kind__in=INTERNAL)
    quiet = ["edit", "attach", "detach", "assign", "opine", "consult", "merge"]
    log = history_of(application).exclude(
        action__in=[f"platforms.application.{name}" for name in quiet]
    )
    return ApplicationPage(
        steps=steps_of(application),
        checks=checks,
        facts=application.facts,
        files=list(files_of(application)),
        opinions=list(shown) if is_party else [],
        assignments=assignments,
        spread=spread_of(assignments),
        visits=list(application.site_checks.order_by("-visited_date", "-pk")) if sees_panel else [],
        appeals=list(application.appeals.order_by("-pk")) if is_party else [],
        history=list(log[:30]) if is_party else [],
    )


def last_return(application: Application) -> ReviewOpinion | None:
    """What a returned application was returned for."""
    said = application.opinions.filter(stage=application.returned_from, kind=OpinionKind.REVIEW)
    return said.order_by("-pk").first() if application.returned_from else None


def steps_of(application: Application) -> list[dict[str, str]]:
    """The path for people: what is done, where it stands, what is still to come."""
    scheme = application.programme.scheme
    path = application.path or path_of(
        scheme, application.build_type, application.platform.region.level
    )
    done = application.status == A.RECOGNISED
    at = application.returned_from or application.status
    here = path.index(at) if at in path else (len(path) if done else -1)
    rows = [{"label": "申报", "state": "done" if here >= 0 else "current"}]
    for place, stage in enumerate(path):
        state = "done" if place < here else "current" if place == here else "todo"
        label = scheme.word if stage == A.DECISION else str(A(stage).label)
        rows.append({"label": label, "state": state})
    return rows


def panel_of(subject: Application | Assessment) -> list[ExpertAssignment]:
    """The experts invited to judge it, in the order of their invitations."""
    return list(subject.assignments.select_related("reviewer").order_by("pk"))


def possible_experts(subject: Application | Assessment) -> QuerySet[User]:
    """Active experts who are not of the platform's organisation and not invited yet."""
    bodies = {subject.platform.organisation_id, getattr(subject, "organisation_id", None)} - {None}
    own = User.objects.filter(role_assignments__organisation__in=bodies)
    rows = reviewers().exclude(pk__in=own.values("pk"))
    return rows.exclude(pk__in=subject.assignments.values("reviewer"))


def own_assignments(user: Any) -> QuerySet[ExpertAssignment]:
    """Invitations of an expert: open ones first, the most urgent first."""
    rows = ExpertAssignment.objects.filter(reviewer=user)
    rows = rows.select_related(
        "application__platform", "application__programme__scheme",
        "assessment__recognition__platform", "assessment__recognition__scheme",
    )  # fmt: skip
    is_open = ExpressionWrapper(Q(status__in=OPEN_ASSIGNMENTS), output_field=BooleanField())
    return rows.order_by(is_open.desc(), "due_date", "pk")


def granted_by(programme: Programme) -> list[Recognition]:
    """What a batch granted, by certificate number."""
    rows = Recognition.objects.filter(application__programme=programme)
    related = ("scheme", "platform__organisation", "application")
    return list(rows.select_related(*related).order_by("certificate_number"))


def managed_programmes(user: Any) -> QuerySet[Programme]:
    """Batches on the schemes of the user's region."""
    schemes = ProgrammeAccess(user).schemes()
    granted = Count("applications", filter=Q(applications__status=A.RECOGNISED))
    rows = programme_rows(Programme.objects.filter(scheme__in=schemes))
    return rows.annotate(granted_count=granted)
