"""Writers of rights: roles granted, answered and ended; accounts opened and shut."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.access import RoleAccess, UserAccess
from accounts.enums import ADMIN_ROLES, ORGANISATION_ROLES, REGION_ROLES, Role
from accounts.models import Organisation, RoleAssignment, User
from accounts.services.rules import normal_email
from core.errors import DomainError
from core.services import check_record, emit, lock, log_activity
from taxonomy.models import Region


@transaction.atomic
def grant_role(
    *,
    actor: Any,
    user: User,
    role: str,
    now: datetime,
    organisation: Organisation | None = None,
    region: Region | None = None,
) -> RoleAssignment:
    """Give `user` a role with the organisation or region it needs; never to oneself.

    One person holds one of the three administrator roles at most (GB/T 22239-2019 level 3).
    Errors: separate_admins, invalid (scope missing, role held already).
    """
    UserAccess(actor).require("grant", user)
    person = lock(user)
    held = set(person.role_assignments.current(now=now).values_list("role", flat=True))
    if role in ADMIN_ROLES and held & {other for other in ADMIN_ROLES if other != role}:
        raise DomainError("separate_admins", "系统、安全、审计三种管理员须由不同的人担任。", "role")
    assignment = RoleAssignment(
        user=person,
        role=role,
        organisation=organisation if role in ORGANISATION_ROLES else None,
        region=region if role in REGION_ROLES else None,
        granted_by=actor if actor.pk else None,
        granted_at=now,
    )
    _check_scope(assignment)
    check_record(assignment)
    assignment.save()
    _log(actor=actor, action="grant", assignment=assignment, now=now)
    emit("accounts.role.granted", assignment_id=assignment.pk)
    return assignment


def _check_scope(assignment: RoleAssignment) -> None:
    if assignment.role in ORGANISATION_ROLES and assignment.organisation is None:
        raise DomainError("organisation_required", "这一角色须指明单位。", "organisation")
    if assignment.role in REGION_ROLES and assignment.region is None:
        raise DomainError("region_required", "这一角色须指明管辖地区。", "region")


@transaction.atomic
def answer_request(
    *,
    actor: User,
    assignment: RoleAssignment,
    is_granted: bool,
    now: datetime,
    reason: str = "",
) -> RoleAssignment:
    """Let somebody into the organisation or not; by its people or staff, never by the asker.

    Errors: answered when it does not wait any more, reason_required for a refusal.
    """
    locked = lock(assignment, "user", "organisation", "region")
    RoleAccess(actor).require("answer", locked)
    if not locked.is_waiting:
        raise DomainError("answered", "这项申请已经答复过。")
    if not is_granted and not reason.strip():
        raise DomainError("reason_required", "请写明原因。", "reason")
    locked.granted_by = actor
    if is_granted:
        locked.granted_at = now
    else:
        locked.ended_at = now
    locked.save(update_fields=["granted_by", "granted_at", "ended_at", "updated_at"])
    action, past = ("grant", "granted") if is_granted else ("decline", "declined")
    _log(actor=actor, action=action, assignment=locked, now=now, reason=reason)
    emit(f"accounts.role.{past}", assignment_id=locked.pk, reason=reason.strip())
    return locked


@transaction.atomic
def end_role(
    *, actor: Any, assignment: RoleAssignment, now: datetime, reason: str = ""
) -> RoleAssignment:
    """End a role now; doing it twice changes nothing.

    Errors: last_security_admin, so that somebody is left who can grant roles.
    """
    locked = lock(assignment, "user", "organisation", "region")
    RoleAccess(actor).require("end", locked)
    if locked.ended_at is not None:
        return locked
    check_security_admin_stays(locked.user, now=now, roles={locked.role})
    locked.ended_at = now
    locked.save(update_fields=["ended_at", "updated_at"])
    _log(actor=actor, action="end", assignment=locked, now=now, reason=reason)
    emit("accounts.role.ended", assignment_id=locked.pk, reason=reason.strip())
    return locked


def check_security_admin_stays(user: User, *, now: datetime, roles: set[str]) -> None:
    """Refuse to lose the last active security administrator."""
    if Role.SECURITY_ADMIN not in roles:
        return
    others = RoleAssignment.objects.current(now=now).filter(
        role=Role.SECURITY_ADMIN, user__is_active=True
    )
    if not others.exclude(user=user).exists():
        raise DomainError("last_security_admin", "这是唯一的安全管理员，请先授予另一位人员。")


@transaction.atomic
def invite_person(*, actor: Any, email: str, name: str, now: datetime) -> User:
    """Open an account without a password; the person sets one by the link in their mailbox.

    The security administrator vouches for the address. Errors: email_taken, invalid.
    """
    UserAccess(actor).require("invite")
    user = User(email=normal_email(email), name=name.strip(), date_joined=now)
    if User.objects.filter(email__iexact=user.email).exists():
        raise DomainError("email_taken", "该邮箱已有账号，请在人员列表中查找。", "email")
    user.set_unusable_password()
    check_record(user)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    log_activity(actor=actor, action="accounts.user.invite", target=user, now=now)
    return user


@transaction.atomic
def set_active(*, actor: Any, user: User, is_active: bool, now: datetime, reason: str = "") -> User:
    """Let a person in again, or shut them out: sessions and tokens stop working at once.

    Errors: reason_required to shut out, last_security_admin.
    """
    action = "activate" if is_active else "deactivate"
    locked = lock(user)
    UserAccess(actor).require(action, locked)
    if locked.is_active == is_active:
        return locked
    if not is_active:
        if not reason.strip():
            raise DomainError("reason_required", "请写明原因。", "reason")
        check_security_admin_stays(locked, now=now, roles=set(locked.roles))
    locked.is_active = is_active
    locked.save(update_fields=["is_active"])
    log_activity(
        actor=actor, action=f"accounts.user.{action}", target=locked, reason=reason, now=now
    )
    return locked


def _log(
    *, actor: Any, action: str, assignment: RoleAssignment, now: datetime, reason: str = ""
) -> None:
    log_activity(
        actor=actor, action=f"accounts.roleassignment.{action}", target=assignment, now=now,
        reason=reason,
        data={
            "user": assignment.user_id, "role": assignment.role,
            "organisation": assignment.organisation_id, "region": assignment.region_id,
        },
    )  # fmt: skip
