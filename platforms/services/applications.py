"""Applications: filled in, submitted, reviewed along their path, decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from core.access import SYSTEM
from core.activity import register_actions
from core.errors import Conflict, DomainError
from core.files import register_guard, store_file
from core.models import StoredFile
from core.services import assign, check_record, emit, log_activity
from core.states import perform
from core.workdays import end_of_workdays
from platforms.access import ApplicationAccess
from platforms.enums import ApplicationStatus as A
from platforms.enums import AssignmentStatus, CheckResult, OpinionKind
from platforms.facts import fact_rows
from platforms.ladders import as_rows, check_application, path_of
from platforms.models import Application, ChallengeItem, Platform, Programme, ReviewOpinion
from platforms.services.challenges import check_bid, lock_item, won_already
from platforms.services.consulting import open_opinions, withdraw_moot
from platforms.services.deadlines import set_stage_due
from platforms.services.roster import enter_roster
from platforms.states import APPLICATION, STAGES, TRANSITION_TO
from platforms.states.recognition import LIVE

register_actions(
    {
        "platforms.application.create": "开始申报",
        "platforms.application.edit": "填写了申报",
        "platforms.application.attach": "上传了申报材料",
        "platforms.application.detach": "删除了申报材料",
        "platforms.application.opine": "填写了意见",
        **{f"platforms.application.{row.name}": row.label for row in APPLICATION.transitions},
    }
)
register_guard(
    "platforms.application",
    lambda user, pk: ApplicationAccess(user).visible().filter(pk=pk).exists(),
)
MAX_FILES = 30


@dataclass(frozen=True)
class Advanced:
    """How many applications went on, and why the others did not."""

    done: int
    refused: list[str]


@transaction.atomic
def start_application(
    *,
    actor: Any,
    programme: Programme,
    platform: Platform,
    now: datetime,
    build_type: str = "",
    challenge_item: ChallengeItem | None = None,
) -> Application:
    """Begin an application: a draft with everything that the register knows.

    A batch with a challenge list asks for the one item that is bid for. Raises Refused, DomainError
    `programme_closed`, `out_of_region`, `held` (has the status), `invalid` (already there) or at
    `challenge_item`.
    """
    application = Application(
        programme=programme, platform=platform, organisation=platform.organisation,
        build_type=build_type, created_by=actor, challenge_item=challenge_item,
    )  # fmt: skip
    ApplicationAccess(actor).require("create", application)
    _require_open(programme, now)
    if not programme.scheme.region.contains(platform.region_id):
        where = programme.scheme.region.name
        raise DomainError("out_of_region", f"本批次只受理{where}的平台。", "platform")
    if platform.recognitions.filter(scheme=programme.scheme, status__in=LIVE).exists():
        raise DomainError("held", f"该平台已是{programme.scheme}，不必重复申报。", "platform")
    check_bid(application)
    year = programme.year
    # one number after another: whoever applies to a batch of this year waits for the other
    list(Programme.objects.select_for_update().filter(year=year).order_by("pk").values_list("pk"))
    with_number = Application.objects.filter(number__startswith=f"A{year}-")
    last = with_number.order_by("-number").first()
    application.number = f"A{year}-{(last.serial if last else 0) + 1:05d}"
    check_record(application)
    application.save()
    log_activity(actor=actor, action="platforms.application.create", target=application, now=now)
    return application


def _require_open(programme: Programme, now: datetime) -> None:
    if not programme.takes_applications(timezone.localdate(now)):
        first, last = programme.opens_date, programme.closes_date
        raise DomainError("programme_closed", f"本批次受理期为 {first} 至 {last}，现在不受理。")


@transaction.atomic
def edit_application(
    *,
    actor: Any,
    application: Application,
    values: Mapping[str, Any],
    now: datetime,
    version: str = "",
) -> Application:
    """Change what the applicant fills in. Raises Refused, Conflict or DomainError `invalid`."""
    locked = lock_application(application)
    ApplicationAccess(actor).require("edit", locked)
    if version and version != locked.updated_at.isoformat():
        raise Conflict
    changed = assign(locked, values)
    if not changed:
        return locked
    check_record(locked)
    locked.save(update_fields=[*changed, "updated_at"])
    log_activity(
        actor=actor, action="platforms.application.edit", target=locked, now=now,
        data={"fields": changed},
    )  # fmt: skip
    return locked


@transaction.atomic
def attach_evidence(
    *,
    actor: Any,
    application: Application,
    uploads: Mapping[str, Sequence[UploadedFile]],
    now: datetime,
) -> list[StoredFile]:
    """Keep files as evidence: by the item of the ladder that they prove, "" for any other.

    Raises Refused, DomainError `no_item`, `too_many_files` or at the item's name.
    """
    locked = lock_application(application)
    ApplicationAccess(actor).require("edit", locked)
    if unknown := set(uploads) - {"", *locked.programme.scheme.evidence}:
        raise DomainError("no_item", f"本办法不要求这项材料：{'、'.join(sorted(unknown))}。")
    kept = StoredFile.objects.filter(
        target_type="platforms.application", target_id=str(locked.pk)
    ).count()
    if kept + sum(len(files) for files in uploads.values()) > MAX_FILES:
        raise DomainError("too_many_files", f"最多 {MAX_FILES} 份材料，请合并后上传。", "")
    stored = [
        store_file(actor=actor, upload=upload, target=locked, field=item, label=item)
        for item, files in uploads.items()
        for upload in files
    ]
    names = [file.name for file in stored]
    log_activity(
        actor=actor, action="platforms.application.attach", target=locked, now=now,
        data={"files": names},
    )  # fmt: skip
    return stored


@transaction.atomic
def remove_evidence(*, actor: Any, application: Application, file_id: Any, now: datetime) -> None:
    """Take a file back while the application may be edited. Raises Refused or DomainError."""
    locked = lock_application(application)
    ApplicationAccess(actor).require("edit", locked)
    row = StoredFile.objects.filter(
        pk=file_id, target_type="platforms.application", target_id=str(locked.pk)
    ).first()
    if row is None:
        raise DomainError("not_found", "没有这份材料。")
    log_activity(
        actor=actor, action="platforms.application.detach", target=locked, now=now,
        data={"file": row.name},
    )  # fmt: skip
    row.delete()


@transaction.atomic
def submit_application(*, actor: Any, application: Application, now: datetime) -> Application:
    """Freeze facts and self-check, and send it to the first reviewer (or who returned it).

    Raises Refused, DomainError `programme_closed` (a returned one may still come back) or
    `self_check` with everything that is missing, or what `check_bid` refuses.
    """
    locked = lock_application(application)
    ApplicationAccess(actor).require("submit", locked)
    if locked.status == A.DRAFT:
        _require_open(locked.programme, now)
    check_bid(locked)
    checks = check_application(locked)
    open_checks = [check for check in checks if not check.passed]
    if open_checks:
        listed = "；".join(f"{c.label}：{c.advice or '未满足'}" for c in open_checks)
        raise DomainError("self_check", f"还不能提交。{listed}")
    scheme = locked.programme.scheme
    locked.path = path_of(scheme, locked.build_type, locked.platform.region.level)
    locked.facts = [
        {"label": row.label, "value": row.value} for row in fact_rows(locked.platform) if row.value
    ]
    locked.self_check = as_rows(checks)
    locked.submitted_at = now
    locked.save(update_fields=["path", "facts", "self_check", "submitted_at", "updated_at"])
    perform(ApplicationAccess(actor), "submit", locked, now=now)
    locked.refresh_from_db()
    route = TRANSITION_TO[A(locked.next_stage)]
    perform(ApplicationAccess(SYSTEM), route, locked, now=now)
    locked.refresh_from_db()
    if locked.returned_from:
        locked.returned_from = ""
        locked.save(update_fields=["returned_from", "updated_at"])
    set_stage_due(locked, now=now)
    emit("platforms.application.submitted", application_id=locked.pk)
    return locked


@transaction.atomic
def move_application(
    *,
    actor: Any,
    application: Application,
    name: str,
    now: datetime,
    reason: str = "",
    decision_number: str = "",
) -> Application:
    """Review, decide or withdraw: every transition but `submit`.

    `reason` is the opinion; reviewing stages keep it as one. Recognising needs
    `decision_number` and makes the certificate. Raises Refused or DomainError.
    """
    if name == "submit":
        return submit_application(actor=actor, application=application, now=now)
    locked = lock_application(application)
    access = ApplicationAccess(actor)
    source = locked.status
    if name == "recognise":
        lock_item(locked)
    if access.can(name, locked) and (error := obstacle(locked, name, now)):
        raise error
    if name == "recognise":
        locked.decision_number = decision_number.strip()
        locked.save(update_fields=["decision_number", "updated_at"])
    perform(access, name, locked, now=now, reason=reason)
    locked.refresh_from_db()
    if name == "return":
        locked.returned_from = source
        locked.save(update_fields=["returned_from", "updated_at"])
    elif name == "to_publicity":
        days = locked.programme.publicity_workdays
        locked.publicity_starts_at, locked.publicity_ends_at = now, end_of_workdays(now, days)
        locked.save(update_fields=["publicity_starts_at", "publicity_ends_at", "updated_at"])
    elif name == "recognise":
        enter_roster(application=locked, now=now)
    set_stage_due(locked, now=now)
    withdraw_moot(application=locked, stage=source, now=now)
    if reason.strip() and source in STAGES and name != "withdraw":
        ReviewOpinion.objects.create(
            application=locked, stage=source, body=reason.strip(), author=actor
        )
    emit("platforms.application.moved", application_id=locked.pk, to=locked.status)
    return locked


def advance_applications(
    *,
    actor: Any,
    applications: Iterable[Application],
    now: datetime,
    reason: str = "",
    decision_number: str = "",
) -> Advanced:
    """Take each application its next step, by one opinion and one document for the decisions.

    What is refused stays and says why; the others go on. Each is a transaction of its own.
    """
    done, refused = 0, []
    for application in applications:
        is_last = application.status == A.DECISION
        name = "recognise" if is_last else TRANSITION_TO.get(application.next_stage, "")
        try:
            move_application(
                actor=actor, application=application, name=name, now=now, reason=reason,
                decision_number=decision_number if is_last else "",
            )  # fmt: skip
        except DomainError as error:
            refused.append(f"{application.platform}（{application.number}）：{error.message}")
        else:
            done += 1
    return Advanced(done, refused)


def obstacle(application: Application, name: str, now: datetime) -> DomainError | None:
    """What must be done before an otherwise allowed step; None when nothing."""
    leaves = name.startswith("to_") or name == "recognise"
    if not leaves:
        return None
    if error := open_opinions(application):
        return error
    if name == "recognise" and (error := won_already(application)):
        return error
    if application.status == A.EXPERTS:
        rows = application.assignments.all()
        if not rows.filter(status=AssignmentStatus.SCORED).exists():
            return DomainError("no_scores", "还没有专家评分。")
        if rows.filter(status__in=[AssignmentStatus.INVITED, AssignmentStatus.SCORING]).exists():
            return DomainError("scores_open", "还有专家没有评分或声明回避。")
    if application.status == A.SITE:
        last = application.site_checks.order_by("-visited_date", "-pk").first()
        if last is None or last.result != CheckResult.PASSED:
            return DomainError("no_site_check", "现场核查通过后才能继续。")
    return _publicity_obstacle(application, now) if application.status == A.PUBLICITY else None


def _publicity_obstacle(application: Application, now: datetime) -> DomainError | None:
    ends_at = application.publicity_ends_at
    if ends_at and now <= ends_at:
        day = timezone.localtime(ends_at).date()
        return DomainError("publicity_running", f"公示到 {day} 结束，之后才能提请决定。")
    open_ones = application.opinions.filter(kind=OpinionKind.OBJECTION, answered_at=None).count()
    if open_ones:
        return DomainError("objections_open", f"还有 {open_ones} 条公示异议没有核实答复。")
    return None


@transaction.atomic
def add_opinion(
    *,
    actor: Any,
    application: Application,
    body: str,
    department: str,
    now: datetime,
    kind: str = OpinionKind.COSIGN,
) -> ReviewOpinion:
    """A department's opinion beside the reviewer's (G49). Raises Refused or DomainError."""
    locked = lock_application(application)
    ApplicationAccess(actor).require("opine", locked)
    if locked.status not in STAGES:
        raise DomainError("wrong_state", "受理期间才能填写意见。")
    opinion = ReviewOpinion(
        application=locked, stage=locked.status, kind=kind, department=department.strip(),
        body=body.strip(), author=actor,
    )  # fmt: skip
    check_record(opinion)
    opinion.save()
    log_activity(
        actor=actor, action="platforms.application.opine", target=locked, now=now,
        reason=opinion.body,
    )  # fmt: skip
    return opinion


def lock_application(application: Application) -> Application:
    """The row, locked, with what every rule looks at."""
    rows = Application.objects.select_for_update(of=("self",))
    related = ("programme__scheme__region", "platform__region", "platform__organisation")
    return rows.select_related(*related).get(pk=application.pk)
