"""Contesting a result: the platform says which number is wrong; staff correct it or say why not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from core.errors import DomainError
from core.files import store_file
from core.services import check_record, emit, log_activity
from core.states import perform
from platforms.models import Platform
from reporting.access import DisputeAccess, EvaluationAccess, ResultAccess
from reporting.enums import NullReason
from reporting.models import (
    EvaluationCorrection,
    EvaluationDispute,
    EvaluationResult,
    EvaluationRun,
    Indicator,
)
from reporting.scoring import read_scheme
from reporting.selectors.indicators import choices_of
from reporting.services.evaluations import lock_run, request_round
from reporting.services.rounds import FALSE_DATA
from reporting.values import as_json, clean


@transaction.atomic
def make_dispute(
    *,
    actor: Any,
    result: EvaluationResult,
    code: str,
    reason: str,
    now: datetime,
    claim: str = "",
    upload: UploadedFile | None = None,
) -> EvaluationDispute:
    """Contest one indicator of one's own result, with reason and evidence.

    Errors: Refused (not yours), `wrong_state` (outside the publicity), `code`, `reason_required`,
    `invalid` (one is open already), those of files.
    """
    run = lock_run(result.round.run)
    ResultAccess(actor).require_now("dispute", result)
    if run.publicity_ends_at is None or now > run.publicity_ends_at:
        raise DomainError("wrong_state", "公示期内才能提出异议。")
    _indicator(run, code)
    if not reason.strip():
        raise DomainError("reason_required", "请写明理由和依据。", "reason")
    dispute = EvaluationDispute(
        run=run, platform=result.platform, code=code, claim=claim.strip(), reason=reason.strip(),
        made_by=actor, status_changed_at=now,
    )  # fmt: skip
    check_record(dispute)
    dispute.save()
    if upload is not None:
        store_file(actor=actor, upload=upload, target=dispute)
    log_activity(
        actor=actor, action="reporting.evaluationdispute.create", target=dispute, now=now,
        reason=dispute.reason,
    )  # fmt: skip
    emit("reporting.dispute.made", dispute_id=dispute.pk)
    return dispute


def _indicator(run: EvaluationRun, code: str) -> Indicator:
    """The indicator of a code that the scheme reads."""
    found = run.cycle.indicators.filter(code=code).first()
    if found is None or code not in read_scheme(run.scheme.definition).codes:
        raise DomainError("code", "这个评价没有用到该指标。", "code")
    return found


@transaction.atomic
def answer_dispute(
    *,
    actor: Any,
    dispute: EvaluationDispute,
    name: str,
    now: datetime,
    answer: str = "",
    value: str = "",
    null_reason: str = "",
) -> EvaluationDispute:
    """`uphold` (correct the input to `value` and compute anew), `reject`, `withdraw`.

    The result that stood before is kept. Errors: Refused, `wrong_state`, `reason_required`,
    `invalid_value`, `job_running`.
    """
    run = lock_run(dispute.run)
    moved = perform(DisputeAccess(actor), name, dispute, now=now, reason=answer)
    moved.answer = answer.strip()
    moved.save(update_fields=["answer", "updated_at"])
    if name == "uphold":
        _correct(
            actor=actor, run=run, platform=moved.platform, code=moved.code, raw=value,
            null_reason=null_reason, reason=moved.answer, now=now, dispute=moved,
        )  # fmt: skip
        request_round(actor=actor, run=run, now=now, reason=f"采纳异议：{moved}")
    if name != "withdraw":
        emit("reporting.dispute.answered", dispute_id=moved.pk)
    return moved


@transaction.atomic
def correct_input(
    *,
    actor: Any,
    run: EvaluationRun,
    platform: Platform,
    code: str,
    value: str,
    reason: str,
    now: datetime,
    null_reason: str = "",
) -> EvaluationCorrection:
    """Staff correct one frozen input themselves, or say that false data were proven (`code`
    "false_data", `value` empty takes it back). Counts from the next computation on.

    Errors: Refused, `wrong_state`, `reason_required`, `code`, `invalid_value`, `platform`.
    """
    locked = lock_run(run)
    EvaluationAccess(actor).require_now("correct", locked)
    if not reason.strip():
        raise DomainError("reason_required", "请写明更正理由和依据。", "reason")
    results = EvaluationResult.objects.in_force().filter(round__run=locked, platform=platform)
    if not results.exists():
        raise DomainError("platform", "评价中没有这个平台，请先计算。", "platform")
    return _correct(
        actor=actor, run=locked, platform=platform, code=code, raw=value, null_reason=null_reason,
        reason=reason.strip(), now=now,
    )  # fmt: skip


def _correct(
    *,
    actor: Any,
    run: EvaluationRun,
    platform: Platform,
    code: str,
    raw: str,
    null_reason: str,
    reason: str,
    now: datetime,
    dispute: EvaluationDispute | None = None,
) -> EvaluationCorrection:
    if code == FALSE_DATA:
        value: Any = bool(raw)
    else:
        value = _cleaned(run, code, raw, null_reason)
    made = EvaluationCorrection.objects.create(
        run=run, platform=platform, dispute=dispute, code=code, value=value,
        null_reason=null_reason if value is None else "", reason=reason[:1000], made_by=actor,
        made_at=now,
    )  # fmt: skip
    log_activity(
        actor=actor, action="reporting.evaluationrun.correct", target=run, now=now, reason=reason,
        data={"platform": platform.slug, "code": code, "value": value},
    )  # fmt: skip
    return made


def _cleaned(run: EvaluationRun, code: str, raw: str, null_reason: str) -> Any:
    """The value as a snapshot holds it: exact text for numbers."""
    indicator = _indicator(run, code)
    if indicator.columns:
        raise DomainError("code", "清单类指标请退回报告修改后重新计算。", "code")
    try:
        value = clean(indicator, raw, dict(choices_of(indicator)))
    except DomainError as error:
        raise DomainError(error.code, error.message, "value") from error
    if value is None and null_reason not in NullReason.values:
        raise DomainError("invalid_value", "请填写更正后的数值，或选择空值原因。", "value")
    return as_json(value)
