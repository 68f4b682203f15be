"""Roles: granting, ending, and who may do so."""

from datetime import timedelta

import pytest

from accounts import services
from accounts.enums import ADMIN_ROLES, Role
from accounts.models import User
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.models import ActivityLog
from tests.factories.accounts import (
    OrganisationFactory,
    UserFactory,
    person,
)
from tests.factories.taxonomy import guangdong

pytestmark = pytest.mark.django_db


def actions() -> list[str]:
    return list(ActivityLog.objects.order_by("pk").values_list("action", flat=True))


def test_grant_gives_the_role_and_tells(now, security_admin, django_capture_on_commit_callbacks):
    user = UserFactory()

    with django_capture_on_commit_callbacks(execute=True):
        services.grant_role(
            actor=security_admin, user=user, role=Role.GOVERNMENT, region=guangdong(), now=now
        )

    fresh = User.objects.get(pk=user.pk)
    assert fresh.covers_region(Role.GOVERNMENT, "442000")
    assert fresh.role_assignments.get().granted_by == security_admin
    assert fresh.notifications.get().title == "您已获得角色：广东省政府工作人员"
    assert actions() == ["accounts.roleassignment.grant"]


def test_grant_by_the_system_starts_everything(now):
    user = UserFactory()

    services.grant_role(actor=SYSTEM, user=user, role=Role.SECURITY_ADMIN, now=now)

    assert User.objects.get(pk=user.pk).roles == {Role.SECURITY_ADMIN}


def test_grant_keeps_only_the_scope_the_role_has(now, security_admin):
    user = UserFactory()

    services.grant_role(
        actor=security_admin, user=user, role=Role.REVIEWER, region=guangdong(),
        organisation=OrganisationFactory(), now=now,
    )  # fmt: skip

    row = user.role_assignments.get()
    assert (row.region, row.organisation) == (None, None)


@pytest.mark.parametrize(
    ("role", "code", "field"),
    [
        (Role.GOVERNMENT, "region_required", "region"),
        (Role.BROKER, "region_required", "region"),
        (Role.OPERATOR, "organisation_required", "organisation"),
        ("king", "invalid", "role"),
    ],
)
def test_grant_without_scope_is_refused(role, code, field, now, security_admin):
    with pytest.raises(DomainError) as refusal:
        services.grant_role(actor=security_admin, user=UserFactory(), role=role, now=now)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert actions() == []


def test_grant_twice_is_refused(now, security_admin):
    user = person(Role.REVIEWER)

    with pytest.raises(DomainError, match="已有这一角色"):
        services.grant_role(actor=security_admin, user=user, role=Role.REVIEWER, now=now)


@pytest.mark.parametrize("held", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_the_three_admins_are_three_people(held, role, now, security_admin):
    user = person(held)

    with pytest.raises(DomainError) as refusal:
        services.grant_role(actor=security_admin, user=user, role=role, now=now)

    assert refusal.value.code == ("invalid" if held == role else "separate_admins")


def test_grant_to_oneself_is_refused(now, security_admin):
    with pytest.raises(Refused, match="不能更改自己"):
        services.grant_role(actor=security_admin, user=security_admin, role=Role.REVIEWER, now=now)

    assert security_admin.role_assignments.count() == 1


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_grant_by_others_is_refused(role, now):
    with pytest.raises(Refused):
        services.grant_role(actor=person(role), user=UserFactory(), role=Role.REVIEWER, now=now)


def test_end_stops_the_role_and_twice_changes_nothing(now, security_admin):
    user = person(Role.GOVERNMENT)
    row = user.assignments[0]

    services.end_role(actor=security_admin, assignment=row, now=now, reason="调离")
    services.end_role(actor=security_admin, assignment=row, now=now + timedelta(hours=1))

    row.refresh_from_db()
    assert row.ended_at == now
    assert User.objects.get(pk=user.pk).roles == frozenset()
    assert actions() == ["accounts.roleassignment.end"]


def test_end_of_a_colleague_by_their_organisation(now):
    organisation = OrganisationFactory()
    left = person(Role.OPERATOR, organisation=organisation)
    colleague = person(Role.ENTERPRISE, organisation=organisation)

    services.end_role(actor=colleague, assignment=left.assignments[0], now=now)

    assert User.objects.get(pk=left.pk).roles == frozenset()


def test_end_by_strangers_is_refused(now):
    row = person(Role.OPERATOR).assignments[0]

    with pytest.raises(Refused):
        services.end_role(actor=person(Role.OPERATOR), assignment=row, now=now)

    row.refresh_from_db()
    assert row.ended_at is None


def test_the_last_security_admin_stays(now, security_admin):
    with pytest.raises(DomainError) as refusal:
        services.end_role(actor=SYSTEM, assignment=security_admin.assignments[0], now=now)

    assert refusal.value.code == "last_security_admin"


def test_one_of_two_security_admins_may_go(now, security_admin):
    second = person(Role.SECURITY_ADMIN)

    services.end_role(actor=security_admin, assignment=second.assignments[0], now=now)

    assert User.objects.get(pk=second.pk).roles == frozenset()
