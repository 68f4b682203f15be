"""Registering, editing and reviewing organisations; asking to join them."""

import threading
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction

from accounts import services
from accounts.enums import OrganisationStatus, Role
from accounts.models import ConsentRecord, Organisation, RoleAssignment, User
from accounts.states import ORGANISATION
from core.errors import Conflict, DomainError, Refused
from core.models import ActivityLog, Event
from notifications.models import Notification
from tests.factories.accounts import (
    OrganisationFactory,
    RoleAssignmentFactory,
    UserFactory,
    make_uscc,
    person,
)
from tests.factories.taxonomy import IndustryFactory, chengdu, zhongshan

pytestmark = pytest.mark.django_db
CODE = make_uscc(7_000_001)


def register(now: Any, **changes: Any) -> services.Registration:
    values = {
        "email": "Chen@Example.com",
        "password": "lan-se-zhong-shi-2026",
        "name": "陈某",
        "uscc": CODE,
        "organisation_name": "中山某某新材料有限公司",
        "region": zhongshan(),
        "privacy_text_version": "2026-11",
        **changes,
    }
    return services.register(now=now, **values)


def counts() -> tuple[int, ...]:
    tables = (User, Organisation, RoleAssignment, ConsentRecord, EmailAddress, ActivityLog, Event)
    return tuple(table.objects.count() for table in tables)


def test_register_makes_person_and_waiting_organisation(now):
    done = register(now, size_class="small")

    assert done.user.email == "chen@example.com"
    assert done.user.check_password("lan-se-zhong-shi-2026")
    assert (done.organisation.uscc, done.organisation.status) == (CODE, "pending")
    assert done.is_join is False
    assert done.user.roles == {Role.ENTERPRISE}
    assert not EmailAddress.objects.get(user=done.user).verified


def test_register_keeps_the_consent_with_its_version(now):
    done = register(now)

    consent = done.user.consents.get()
    assert (consent.text_version, consent.granted_at) == ("2026-11", now)


def test_register_for_a_platform_gives_both_roles(now):
    done = register(now, wants_platform=True)

    assert done.user.roles == {Role.ENTERPRISE, Role.OPERATOR}
    assert done.organisation.wants_platform


def test_register_normalises_the_code(now):
    assert register(now, uscc=f" {CODE[:8].lower()} {CODE[8:]}").organisation.uscc == CODE


def test_register_into_a_known_organisation_asks_to_join(now):
    known = OrganisationFactory(uscc=CODE, name="原来的名称")

    done = register(now, organisation_name="别的名称")

    assert (done.is_join, done.organisation) == (True, known)
    known.refresh_from_db()
    assert known.name == "原来的名称"
    assert done.user.roles == frozenset()
    assert known.role_assignments.waiting().get().role == Role.ENTERPRISE


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"email": "TAKEN@example.com"}, "email_taken", "email"),
        ({"email": "不是邮箱"}, "invalid", "email"),
        ({"password": "short"}, "weak_password", "password"),
        ({"password": "13800138000"}, "weak_password", "password"),
        ({"uscc": CODE[:-1]}, "uscc_length", "uscc"),
        ({"uscc": "91442000MA53FABC12"}, "uscc_check", "uscc"),
        ({"name": "  "}, "invalid", "name"),
        ({"organisation_name": " "}, "invalid", "name"),
    ],
)
def test_register_refused_changes_nothing(changes, code, field, now):
    UserFactory(email="taken@example.com")
    before = counts()

    with pytest.raises(DomainError) as refusal:
        register(now, **changes)

    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert counts() == before


def test_register_twice_is_refused(now):
    register(now)

    with pytest.raises(DomainError) as refusal:
        register(now)

    assert refusal.value.code == "email_taken"


def test_staff_are_told_of_a_registration(now, django_capture_on_commit_callbacks):
    city = person(Role.GOVERNMENT, region=zhongshan())
    province = person(Role.GOVERNMENT)

    with django_capture_on_commit_callbacks(execute=True):
        done = register(now)

    told = Notification.objects.get(kind="organisation_waiting")
    assert (told.user, told.url) == (city, done.organisation.get_absolute_url())
    assert not province.notifications.exists()


def test_security_admins_are_told_where_a_region_has_no_staff(
    now, security_admin, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        register(now, region=chengdu())

    assert security_admin.notifications.get().kind == "organisation_waiting"


def move(actor: User, organisation: Organisation, name: str, now: Any, reason: str = "因故") -> Any:
    return services.change_organisation_status(
        actor=actor, organisation=organisation, transition=name, reason=reason, now=now
    )


@pytest.mark.parametrize("row", ORGANISATION.transitions, ids=lambda row: row.name)
def test_every_transition_moves_logs_and_tells(
    row, now, people, organisation, django_capture_on_commit_callbacks
):
    Organisation.objects.filter(pk=organisation.pk).update(status=min(row.sources))
    actor = people["owner"] if row.name == "resubmit" else people["city"]

    with django_capture_on_commit_callbacks(execute=True):
        moved = move(actor, organisation, row.name, now)

    assert (moved.status, moved.status_changed_at) == (row.target, now)
    entry = ActivityLog.objects.get(action=f"accounts.organisation.{row.name}")
    assert (entry.actor, entry.reason) == (actor, "因故")
    told = people["city" if row.name == "resubmit" else "owner"]
    assert told.notifications.get().url == organisation.get_absolute_url()


def test_the_reason_reaches_the_applicant(
    now, people, organisation, django_capture_on_commit_callbacks
):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")

    with django_capture_on_commit_callbacks(execute=True):
        move(people["city"], organisation, "return", now, reason="营业执照名称不符")

    assert people["owner"].notifications.get().body.endswith("原因：营业执照名称不符")


@pytest.mark.parametrize("name", ["return", "suspend"])
def test_sending_back_needs_a_reason(name, now, people, organisation):
    status = "pending" if name == "return" else "approved"
    Organisation.objects.filter(pk=organisation.pk).update(status=status)

    with pytest.raises(DomainError, match="请写明原因"):
        move(people["city"], organisation, name, now, reason=" ")

    organisation.refresh_from_db()
    assert organisation.status == status


def test_approving_twice_is_refused(now, people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")
    move(people["city"], organisation, "approve", now)

    with pytest.raises(DomainError) as refusal:
        move(people["city"], organisation, "approve", now)

    assert refusal.value.code == "wrong_state"


def test_staff_elsewhere_may_not_approve(now, people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="pending")

    with pytest.raises(Refused):
        move(people["elsewhere"], organisation, "approve", now)

    organisation.refresh_from_db()
    assert organisation.status == OrganisationStatus.PENDING


def edit(actor: User, organisation: Organisation, now: Any, **changes: Any) -> Organisation:
    return services.edit_organisation(
        actor=actor,
        organisation=organisation,
        changes=changes,
        updated_at=organisation.updated_at,
        now=now,
    )


def test_edit_changes_what_was_given(now, people, organisation):
    industry = IndustryFactory()

    edit(people["owner"], organisation, now, address="火炬开发区 1 号", industry=industry)

    organisation.refresh_from_db()
    assert (organisation.address, organisation.industry) == ("火炬开发区 1 号", industry)
    entry = ActivityLog.objects.get(action="accounts.organisation.edit")
    assert entry.data == {"fields": ["address", "industry"]}


def test_edit_of_an_approved_name_is_for_staff(now, people, organisation):
    with pytest.raises(Refused, match="由管辖部门更改"):
        edit(people["owner"], organisation, now, name="改名")

    edit(people["city"], organisation, now, name="改名有限公司")

    organisation.refresh_from_db()
    assert organisation.name == "改名有限公司"


def test_edit_before_approval_may_correct_the_code(now, people, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(status="returned")

    edit(people["owner"], organisation, now, uscc=CODE)

    organisation.refresh_from_db()
    assert organisation.uscc == CODE


def test_edit_refuses_anothers_code(now, people, organisation):
    other = OrganisationFactory()

    with pytest.raises(DomainError) as refusal:
        edit(people["city"], organisation, now, uscc=other.uscc)

    assert refusal.value.field == "uscc"


def test_edit_of_what_somebody_else_changed_is_a_conflict(now, people, organisation):
    edit(people["city"], Organisation.objects.get(pk=organisation.pk), now, address="甲")

    with pytest.raises(Conflict):
        edit(people["owner"], organisation, now, address="乙")

    organisation.refresh_from_db()
    assert organisation.address == "甲"


def test_edit_by_strangers_is_refused(now, people, organisation):
    with pytest.raises(Refused):
        edit(people["stranger"], organisation, now, address="乙")


def test_asking_to_join_tells_the_organisation(
    now, people, organisation, django_capture_on_commit_callbacks
):
    user = UserFactory()

    with django_capture_on_commit_callbacks(execute=True):
        services.request_role(actor=user, organisation=organisation, role="operator", now=now)

    assert people["owner"].notifications.get().kind == "join_request"
    assert not people["city"].notifications.exists()


def test_asking_twice_is_refused(now, organisation):
    user = UserFactory()
    services.request_role(actor=user, organisation=organisation, role="operator", now=now)

    with pytest.raises(DomainError, match="已有这一角色"):
        services.request_role(actor=user, organisation=organisation, role="operator", now=now)

    assert RoleAssignment.objects.waiting().count() == 1


@pytest.mark.parametrize("role", ["government", "security_admin", "partner", "nobody"])
def test_asking_for_other_roles_is_refused(role, now, organisation):
    with pytest.raises(DomainError) as refusal:
        services.request_role(actor=UserFactory(), organisation=organisation, role=role, now=now)

    assert refusal.value.field == "role"


def test_granting_a_request_gives_the_role(
    now, people, organisation, django_capture_on_commit_callbacks
):
    request = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    with django_capture_on_commit_callbacks(execute=True):
        services.answer_request(actor=people["owner"], assignment=request, is_granted=True, now=now)

    user = User.objects.get(pk=request.user_id)
    assert user.organisation_ids(Role.ENTERPRISE) == {organisation.pk}
    assert user.notifications.get().kind == "role_granted"


def test_declining_a_request_needs_a_reason(now, people, organisation):
    request = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    with pytest.raises(DomainError, match="请写明原因"):
        services.answer_request(
            actor=people["owner"], assignment=request, is_granted=False, now=now
        )

    request.refresh_from_db()
    assert request.is_waiting


def test_declining_a_request_ends_it(now, people, organisation):
    request = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    services.answer_request(
        actor=people["owner"], assignment=request, is_granted=False, reason="不是本单位", now=now
    )

    request.refresh_from_db()
    assert (request.granted_at, request.ended_at) == (None, now)
    assert User.objects.get(pk=request.user_id).roles == frozenset()


def test_a_request_is_answered_once(now, people, organisation):
    request = RoleAssignmentFactory(organisation=organisation, granted_at=None)
    services.answer_request(actor=people["owner"], assignment=request, is_granted=True, now=now)

    with pytest.raises(DomainError) as refusal:
        services.answer_request(actor=people["owner"], assignment=request, is_granted=True, now=now)

    assert refusal.value.code == "answered"


def test_strangers_answer_no_request(now, people, organisation):
    request = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    with pytest.raises(Refused):
        services.answer_request(
            actor=people["stranger"], assignment=request, is_granted=True, now=now
        )

    request.refresh_from_db()
    assert request.is_waiting


@pytest.mark.django_db(transaction=True)
def test_two_registrations_at_once_make_one_organisation(now):
    region = zhongshan()
    inserted = threading.Event()

    def faster() -> None:
        with transaction.atomic():
            OrganisationFactory(uscc=CODE, region=region)
            inserted.set()
            time.sleep(0.5)  # the other one now waits at the unique index
        connection.close()

    thread = threading.Thread(target=faster)
    thread.start()
    inserted.wait()

    with pytest.raises(Conflict, match="重新提交"):
        register(now, region=region)

    thread.join()
    assert (User.objects.count(), Organisation.objects.count()) == (0, 1)
    assert register(now, region=region).is_join
