"""Who sees and may do what: every state x transition x standing from the table."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.access import (
    ActivityAccess,
    OrganisationAccess,
    RoleAccess,
    TokenAccess,
    UserAccess,
)
from accounts.enums import OrganisationStatus, Role
from accounts.models import Organisation, User
from accounts.states import ORGANISATION
from core.access import SYSTEM
from core.models import ActivityLog
from core.services import log_activity
from core.states import Relation
from tests.factories.accounts import (
    OrganisationFactory,
    RoleAssignmentFactory,
    ServiceTokenFactory,
    UserFactory,
    person,
)

pytestmark = pytest.mark.django_db

STANDING = {
    "owner": {Relation.OWNER},
    "stranger": set(),
    "province": {Relation.STAFF},
    "city": {Relation.STAFF},
    "elsewhere": set(),
    "broker": {Relation.BROKER},
    "reviewer": set(),
    "system_admin": set(),
    "security_admin": {Relation.STAFF},
    "auditor": set(),
}
SEES = {"owner", "province", "city", "broker", "security_admin", "auditor"}


@pytest.mark.parametrize("who", STANDING)
def test_organisation_relations(who, people, organisation):
    found = OrganisationAccess(people[who]).relations(organisation)

    assert found - {Relation.MEMBER, Relation.VISITOR} == STANDING[who]


@pytest.mark.parametrize("who", STANDING)
def test_organisation_visible(who, people, organisation):
    rows = OrganisationAccess(people[who]).visible()

    assert rows.filter(pk=organisation.pk).exists() is (who in SEES)


def test_organisation_is_not_visible_to_visitors(organisation):
    assert not OrganisationAccess(AnonymousUser()).visible().exists()
    assert OrganisationAccess(AnonymousUser()).relations(organisation) == {Relation.VISITOR}


def test_organisation_is_not_visible_to_shut_out_people(people, organisation):
    people["owner"].is_active = False

    assert not OrganisationAccess(people["owner"]).visible().exists()
    assert not OrganisationAccess(people["owner"]).can("edit", organisation)


def test_organisation_is_visible_to_the_system(organisation):
    assert OrganisationAccess(SYSTEM).visible().get() == organisation


def test_who_waits_to_join_sees_nothing(organisation):
    user = UserFactory()
    RoleAssignmentFactory(user=user, organisation=organisation, granted_at=None)

    assert not OrganisationAccess(user).visible().exists()
    assert not OrganisationAccess(user).can("edit", organisation)


@pytest.mark.parametrize("status", OrganisationStatus.values)
@pytest.mark.parametrize("row", ORGANISATION.transitions, ids=lambda row: row.name)
@pytest.mark.parametrize("who", STANDING)
def test_organisation_transitions(who, row, status, people, organisation):
    organisation.status = status

    decision = OrganisationAccess(people[who]).can(row.name, organisation)

    expected = bool(STANDING[who] & row.relations) and status in row.sources
    assert bool(decision) is expected
    assert bool(decision.reason) is not expected


@pytest.mark.parametrize(
    ("who", "status", "expected"),
    [
        ("owner", "pending", True),
        ("owner", "returned", True),
        ("owner", "approved", False),
        ("owner", "suspended", False),
        ("city", "approved", True),
        ("stranger", "pending", False),
    ],
)
def test_name_and_code_are_settled_by_the_review(who, status, expected, people, organisation):
    organisation.status = status

    assert bool(OrganisationAccess(people[who]).can("edit_identity", organisation)) is expected


@pytest.mark.parametrize("who", STANDING)
def test_the_review_queue_is_for_staff(who, people):
    expected = who in {"province", "city", "elsewhere", "security_admin"}

    assert bool(OrganisationAccess(people[who]).can("review")) is expected


def test_unknown_actions_are_refused(people, organisation):
    assert OrganisationAccess(people["city"]).can("fly", organisation).code == "unknown_action"


@pytest.mark.parametrize("who", STANDING)
def test_only_the_security_admin_sees_other_people(who, people):
    rows = UserAccess(people[who]).visible()

    expected = User.objects.count() if who == "security_admin" else 1
    assert rows.count() == expected


@pytest.mark.parametrize(
    "action", ["manage", "invite", "grant", "end_role", "activate", "deactivate"]
)
@pytest.mark.parametrize("who", STANDING)
def test_only_the_security_admin_manages_people(who, action, people):
    target = UserFactory()

    assert bool(UserAccess(people[who]).can(action, target)) is (who == "security_admin")


@pytest.mark.parametrize("action", ["grant", "end_role", "activate", "deactivate"])
def test_nobody_changes_their_own_rights(action, security_admin):
    decision = UserAccess(security_admin).can(action, security_admin)

    assert (decision.allowed, decision.code) == (False, "oneself")


@pytest.mark.parametrize("action", ["edit", "close", "export"])
def test_ones_account_is_ones_own(action, security_admin):
    user = UserFactory()

    assert UserAccess(user).can(action, user)
    assert not UserAccess(security_admin).can(action, user)


def test_visitors_see_no_people():
    assert not UserAccess(AnonymousUser()).visible().exists()


def test_the_system_sees_people_and_owns_no_tokens():
    token = ServiceTokenFactory()

    assert UserAccess(SYSTEM).visible().get() == token.user
    assert not TokenAccess(SYSTEM).visible().exists()
    assert not TokenAccess(SYSTEM).can("revoke", token)
    assert not ActivityAccess(SYSTEM).visible().exists()


def test_roles_in_general_are_nobodys(people):
    assert not RoleAccess(people["city"]).can("end")
    assert RoleAccess(SYSTEM).can("end")


@pytest.mark.parametrize("who", STANDING)
def test_who_answers_a_request(who, people, organisation):
    request = RoleAssignmentFactory(organisation=organisation, granted_at=None)

    expected = who in {"owner", "province", "city", "security_admin"}
    assert bool(RoleAccess(people[who]).can("answer", request)) is expected


def test_nobody_answers_their_own_request(people, organisation):
    request = RoleAssignmentFactory(
        user=people["owner"], role=Role.OPERATOR, organisation=organisation, granted_at=None
    )

    assert RoleAccess(people["owner"]).can("answer", request).code == "oneself"


def test_roles_without_organisation_are_ended_by_the_security_admin_alone(people):
    role = people["city"].assignments[0]

    assert RoleAccess(people["security_admin"]).can("end", role)
    assert not RoleAccess(people["province"]).can("end", role)
    assert not RoleAccess(people["city"]).can("end", role)


def test_roles_visible(people, organisation):
    own = people["owner"].assignments[0]

    assert RoleAccess(people["owner"]).visible().get() == own
    assert not RoleAccess(people["elsewhere"]).visible().filter(pk=own.pk).exists()
    assert not RoleAccess(AnonymousUser()).visible().exists()
    assert RoleAccess(SYSTEM).visible().count() == len(people)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (role, role in {Role.ENTERPRISE, Role.OPERATOR, Role.PARTNER, Role.GOVERNMENT})
        for role in Role
    ],
)
def test_who_makes_tokens(role, expected):
    assert bool(TokenAccess(person(role)).can("create")) is expected


def test_tokens_of_government_staff_watch_the_portal_only():
    staff, partner = TokenAccess(person(Role.GOVERNMENT)), TokenAccess(person(Role.PARTNER))
    assert staff.scopes() == {"monitoring:read", "monitoring:write", "taxonomy:read"}
    assert {"demands:read", "reports:write"} <= partner.scopes()
    assert not partner.scopes() & {"monitoring:read", "monitoring:write"}


def test_tokens_are_seen_by_their_owner_and_the_security_admin(security_admin):
    token = ServiceTokenFactory()

    assert TokenAccess(token.user).visible().get() == token
    assert TokenAccess(security_admin).visible().get() == token
    assert TokenAccess(security_admin).can("revoke", token)
    assert not TokenAccess(person(Role.PARTNER)).visible().exists()
    assert not TokenAccess(AnonymousUser()).visible().exists()


@pytest.mark.parametrize("who", STANDING)
def test_the_log_is_for_auditors_and_ones_own_rows_for_everybody(who, people, organisation, now):
    log_activity(actor=people["stranger"], action="x", target=organisation, now=now)
    log_activity(actor=people[who], action="x", target=organisation, now=now)

    seen = ActivityAccess(people[who]).visible()

    assert bool(ActivityAccess(people[who]).can("audit")) is (who == "auditor")
    if who == "auditor":
        assert seen.count() == ActivityLog.objects.count()
    else:
        assert set(seen.values_list("actor", flat=True)) == {people[who].pk}


def test_the_log_is_not_for_visitors():
    assert not ActivityAccess(AnonymousUser()).visible().exists()


def test_every_action_has_a_label():
    for access in (OrganisationAccess, UserAccess, RoleAccess, TokenAccess, ActivityAccess):
        assert set(access.labels) == set(access.actions)


def test_the_machine_starts_where_registrations_start():
    assert Organisation._meta.get_field("status").default == ORGANISATION.initial
    assert OrganisationFactory.build(region=None, status="pending").status == ORGANISATION.initial
