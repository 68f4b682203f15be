"""What came of the work: claimed by the platform, answered by the enterprise (PRT-18)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases.access import OutcomeAccess, ProjectAccess
from cases.enums import TECHNICAL, EvidenceGrade, OutcomeKind, OutcomeStatus
from cases.models import Outcome, Project
from cases.services.projects import close_when_answered
from core.errors import DomainError
from core.files import store_file
from core.services import check_record, emit, lock, log_activity
from core.states import perform
from notifications.selectors import mails_at_once
from taxonomy.jurisdiction import current_jurisdiction

LINK_DAYS = 30
# what a kind wants to be told beside its description: field, code of the refusal, what to do
PARTY, NUMBER = ("party_name", "party_required"), ("document_number", "number_required")
AMOUNT = ("amount_yuan", "amount_required", "请填写大于 0 的金额。")
WANTED: dict[str, tuple[tuple[str, str, str], ...]] = {
    OutcomeKind.LAUNCHED: (("product_name", "product_required", "请填写上市产品的名称。"),),
    OutcomeKind.HANDED: ((*PARTY, "请填写承接量产的单位。"),),
    OutcomeKind.FOUNDED: ((*PARTY, "请填写新设立企业的名称。"),),
    OutcomeKind.INVESTED: (AMOUNT, (*PARTY, "请填写投资方或其类别。")),
    OutcomeKind.LICENSED: (AMOUNT, (*NUMBER, "请填写合同登记编号。")),
    OutcomeKind.SOLD: (AMOUNT,),
}
LINK_TEXT = """{name}，您好：

{platform}提出“{project}”取得成果：{outcome}。请打开下面的链接核对，确认属实或说明不认可的理由，无需登录：

{link}

链接 {days} 天内有效，只能用一次，请勿转发。

——
{portal}
"""


@transaction.atomic
def claim_outcome(
    *,
    actor: Any,
    project: Project,
    kind: str,
    description: str,
    achieved_date: date,
    evidence_grade: str,
    now: datetime,
    product_name: str = "",
    amount_yuan: Decimal | None = None,
    party_name: str = "",
    document_number: str = "",
    trl_before: int | None = None,
    trl_after: int | None = None,
    uploads: Sequence[UploadedFile] = (),
) -> Outcome:
    """The platform says what was achieved, with evidence; nothing counts until it is confirmed.

    Grades A and B want at least one file. What a kind does not ask for is not kept: amounts,
    parties and numbers belong to what follows from a pilot, maturity to the pilot itself. Errors:
    Refused, `wrong_state`, `future_date`, `trl_order`, `evidence_required`, `product_required`,
    `party_required`, `number_required`, `amount_required`. Event `cases.outcome.claimed`.
    """
    locked = lock(project)
    ProjectAccess(actor).require_now("claim_outcome", locked)
    if achieved_date > timezone.localdate(now):
        raise DomainError("future_date", "取得日期不能晚于今天。", "achieved_date")
    if kind not in TECHNICAL:
        trl_before = trl_after = None
    if trl_before is not None and trl_after is not None and trl_after < trl_before:
        raise DomainError("trl_order", "中试后的成熟度不能低于中试前。", "trl_after")
    told = {
        "product_name": product_name.strip(), "party_name": party_name.strip(),
        "document_number": document_number.strip(), "amount_yuan": amount_yuan,
    }  # fmt: skip
    facts = _wanted_facts(kind, told)
    if evidence_grade in {EvidenceGrade.A, EvidenceGrade.B} and not uploads:
        raise DomainError("evidence_required", "证据等级为 A 或 B 时须上传文件。", "files")
    outcome = Outcome(
        project=locked, kind=kind, description=description.strip(), **facts, trl_before=trl_before,
        trl_after=trl_after, achieved_date=achieved_date,
        evidence_grade=evidence_grade, claimed_by=actor, status_changed_at=now,
    )  # fmt: skip
    check_record(outcome)
    outcome.save()
    for upload in uploads:
        store_file(actor=actor, upload=upload, target=outcome, field="files")
    log_activity(actor=actor, action="cases.outcome.claim", target=outcome, now=now)
    emit("cases.outcome.claimed", outcome_id=outcome.pk)
    return outcome


def _wanted_facts(kind: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of what was told. DomainError for what the kind wants and lacks."""
    facts = {"product_name": told["product_name"]}
    for name, code, message in WANTED.get(kind, ()):
        value = told[name]
        if not value or (isinstance(value, Decimal) and value < 0):
            raise DomainError(code, message, name)
        facts[name] = value
    return facts


@transaction.atomic
def make_outcome_link(*, outcome: Outcome, now: datetime) -> str:
    """A new secret for the link mailed to who started the project; good for 30 days.

    Only its digest is kept, and the link before it ends. Whoever answers by it acts as that
    person, so the answer stays attributable.
    """
    secret = secrets.token_urlsafe(32)
    outcome.link_digest = hashlib.sha256(secret.encode()).hexdigest()
    outcome.link_expires_at = now + timedelta(days=LINK_DAYS)
    outcome.save(update_fields=["link_digest", "link_expires_at", "updated_at"])
    return secret


@transaction.atomic
def mail_outcome_link(*, outcome: Outcome, now: datetime) -> bool:
    """Mail the link to who started the project; False when nothing waits or they want no mail now.

    Sent from here and not through a message, because messages are kept and this secret must not
    be. An error of the mail server rises and nothing is written.
    """
    person = outcome.project.started_by
    wants_now = mails_at_once(person, "outcome_claimed", now=now)
    is_reachable = person.is_active and not person.is_demo and wants_now
    if not is_reachable or not OutcomeAccess(person).can("confirm", outcome):
        return False
    secret = make_outcome_link(outcome=outcome, now=now)
    path = reverse("cases:outcome_link", args=[outcome.pk, secret])
    portal = current_jurisdiction().title
    text = LINK_TEXT.format(
        name=person.name, platform=outcome.project.platform, project=outcome.project,
        outcome=outcome, link=f"{settings.SITE_URL}{path}", days=LINK_DAYS, portal=portal,
    )  # fmt: skip
    send_mail(f"请确认成果：{outcome.project}【{portal}】", text, None, [person.email])
    return True


def outcome_by_link(*, outcome_id: int, secret: str, now: datetime) -> Outcome | None:
    """The outcome that this secret opens, while it waits for an answer and the link is good."""
    outcome = (
        Outcome.objects.select_related("project__platform", "project__enterprise")
        .filter(pk=outcome_id, status=OutcomeStatus.CLAIMED, link_expires_at__gt=now)
        .first()
    )
    digest = hashlib.sha256(secret.encode()).hexdigest()
    if outcome is None or not hmac.compare_digest(outcome.link_digest, digest):
        return None
    return outcome


@transaction.atomic
def answer_outcome(
    *,
    actor: Any,
    outcome: Outcome,
    name: str,
    now: datetime,
    reason: str = "",
    satisfaction: int | None = None,
    is_by_link: bool = False,
) -> Outcome:
    """`confirm` (with satisfaction 1–5 if given) or `reject` with a reason, by the enterprise.

    A link works once, and the log says that it was used. The last answer to what a delivered
    project claims closes the project, if something was confirmed. Ratings come with a confirmation
    only (complaint 16). Errors: Refused, `wrong_state`, `reason_required`, `satisfaction`. Events
    `cases.outcome.confirmed`, `.rejected`.
    """
    moved = perform(OutcomeAccess(actor), name, outcome, now=now, reason=reason)
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        raise DomainError("satisfaction", "满意度为 1–5 分。", "satisfaction")
    if is_by_link:
        log_activity(actor=actor, action="cases.outcome.answer_by_link", target=moved, now=now)
    moved.link_digest = ""
    moved.satisfaction = satisfaction if name == "confirm" else None
    moved.save(update_fields=["link_digest", "satisfaction", "updated_at"])
    emit(f"cases.outcome.{name}ed", outcome_id=moved.pk)
    close_when_answered(project=moved.project, now=now)
    return moved
