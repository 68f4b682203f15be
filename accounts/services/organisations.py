"""Writers of organisations: registering, editing, reviewing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.access import OrganisationAccess
from accounts.enums import PRIVACY_PURPOSE, Role
from accounts.models import ConsentRecord, Organisation, RoleAssignment, User
from accounts.services.rules import check_password_rules, normal_email
from core.errors import Conflict, DomainError
from core.services import assign, check_record, emit, lock, log_activity
from core.states import perform
from taxonomy.models import Region
from taxonomy.uscc import check_uscc

IDENTITY_FIELDS = frozenset({"name", "uscc", "region"})
EDITABLE_FIELDS = IDENTITY_FIELDS | {
    "industry", "size_class", "legal_person", "address", "website",
}  # fmt: skip
PAST = {
    "approve": "approved",
    "return": "returned",
    "resubmit": "resubmitted",
    "suspend": "suspended",
    "resume": "resumed",
}


@dataclass(frozen=True)
class Registration:
    """Who registered for which organisation; `is_join` when it was there already."""

    user: User
    organisation: Organisation
    is_join: bool


def register(
    *,
    email: str,
    password: str,
    name: str,
    uscc: str,
    organisation_name: str,
    region: Region,
    privacy_text_version: str,
    now: datetime,
    phone: str = "",
    size_class: str = "",
    wants_platform: bool = False,
) -> Registration:
    """Make a person and, unless its code is registered already, their organisation.

    A new organisation waits for its review and the person may work in it at once; into an
    existing one the person asks to be let in. Consent to the privacy text is kept with its
    version. Errors: email_taken, weak_password, the codes of `check_uscc`, invalid, Conflict.
    """
    code = check_uscc(uscc)
    try:
        with transaction.atomic():
            user = _make_person(email=email, password=password, name=name, phone=phone, now=now)
            _keep_consent(user=user, version=privacy_text_version, now=now)
            organisation = Organisation.objects.filter(uscc=code).first()
            is_join = organisation is not None
            if organisation is None:
                organisation = Organisation(
                    name=organisation_name.strip(), uscc=code, region=region,
                    size_class=size_class, wants_platform=wants_platform, status_changed_at=now,
                )  # fmt: skip
                check_record(organisation)
                organisation.save()
                _open_organisation(user=user, organisation=organisation, now=now)
            else:
                role = Role.OPERATOR if wants_platform else Role.ENTERPRISE
                request_role(actor=user, organisation=organisation, role=role, now=now)
    except IntegrityError as error:  # somebody else was a moment faster
        raise Conflict("刚刚有人用同一邮箱或信用代码注册，请重新提交。") from error
    return Registration(user, organisation, is_join)


def _make_person(*, email: str, password: str, name: str, phone: str, now: datetime) -> User:
    user = User(email=normal_email(email), name=name.strip(), phone=phone.strip(), date_joined=now)
    if User.objects.filter(email__iexact=user.email).exists():
        raise DomainError("email_taken", "该邮箱已注册，请直接登录，或找回密码。", "email")
    check_password_rules(password, user)
    user.set_password(password)
    check_record(user)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    log_activity(actor=user, action="accounts.user.register", target=user, now=now)
    return user


def _keep_consent(*, user: User, version: str, now: datetime) -> None:
    consent = ConsentRecord.objects.create(
        user=user, purpose=PRIVACY_PURPOSE, text_version=version, granted_at=now
    )
    log_activity(actor=user, action="accounts.consentrecord.grant", target=consent, now=now)


def _open_organisation(*, user: User, organisation: Organisation, now: datetime) -> None:
    """The person who registers an organisation acts for it; its review guards what is published."""
    roles = [Role.ENTERPRISE, *([Role.OPERATOR] if organisation.wants_platform else [])]
    RoleAssignment.objects.bulk_create(
        [
            RoleAssignment(user=user, role=role, organisation=organisation, granted_at=now)
            for role in roles
        ]
    )
    log_activity(actor=user, action="accounts.organisation.register", target=organisation, now=now)
    emit("accounts.organisation.registered", organisation_id=organisation.pk)


@transaction.atomic
def request_role(
    *, actor: User, organisation: Organisation, role: str, now: datetime
) -> RoleAssignment:
    """Ask to act for an organisation; gives no right until it is granted.

    Errors: role_organisation for other roles, invalid when asked or held already.
    """
    OrganisationAccess(actor).require("request_role", organisation)
    if role not in {Role.ENTERPRISE, Role.OPERATOR}:
        raise DomainError("role_organisation", "只能申请企业用户或平台运营的角色。", "role")
    assignment = RoleAssignment(user=actor, role=role, organisation=organisation, granted_at=None)
    check_record(assignment)
    assignment.save()
    log_activity(
        actor=actor, action="accounts.roleassignment.request", target=assignment, now=now,
        data={"organisation": organisation.pk, "role": role},
    )  # fmt: skip
    emit("accounts.role.requested", assignment_id=assignment.pk)
    return assignment


@transaction.atomic
def edit_organisation(
    *,
    actor: User,
    organisation: Organisation,
    changes: Mapping[str, Any],
    updated_at: datetime,
    now: datetime,
) -> Organisation:
    """Change the facts of an organisation; `changes` holds only EDITABLE_FIELDS.

    `qualifications` (terms) may be given too. Name, code and region are settled once approved:
    after that only staff change them. Raises Conflict when somebody else saved since `updated_at`.
    """
    locked = lock(organisation)
    access = OrganisationAccess(actor)
    access.require("edit", locked)
    if locked.updated_at != updated_at:
        raise Conflict
    changed = {
        field: value
        for field, value in changes.items()
        if field in EDITABLE_FIELDS and getattr(locked, field) != value
    }
    if "uscc" in changed:
        changed["uscc"] = check_uscc(changed["uscc"])
    if IDENTITY_FIELDS & changed.keys():
        access.require("edit_identity", locked)
    assign(locked, changed)
    check_record(locked)
    locked.save(update_fields=[*changed, "updated_at"])
    if "qualifications" in changes:
        locked.qualifications.set(changes["qualifications"])
    log_activity(
        actor=actor, action="accounts.organisation.edit", target=locked, now=now,
        data={"fields": sorted(changed)},
    )  # fmt: skip
    return locked


@transaction.atomic
def change_organisation_status(
    *, actor: Any, organisation: Organisation, transition: str, now: datetime, reason: str = ""
) -> Organisation:
    """Move the organisation along ORGANISATION; tells its people, or its staff when resubmitted.

    Errors: those of `core.states.perform`.
    """
    access = OrganisationAccess(actor)
    moved = perform(access, transition, organisation, now=now, reason=reason)
    event = f"accounts.organisation.{PAST[transition]}"
    emit(event, organisation_id=moved.pk, reason=reason.strip())
    return moved
