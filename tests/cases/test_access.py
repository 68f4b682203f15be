import pytest

from cases.access import (
    CaseAccess,
    OutcomeAccess,
    ProjectAccess,
)
from cases.enums import CaseStatus, ProjectStatus
from cases.guards import may_read_evidence, may_read_message_file
from cases.states import CASE, OUTCOME, PROJECT
from core.states import Relation
from tests.factories.cases import (
    CaseFactory,
    MessageFactory,
    OutcomeFactory,
    ProjectFactory,
    confirmed,
    published_case,
)
from tests.factories.taxonomy import chengdu
from tests.transitions import try_everywhere

EVERYBODY = (
    "enterprise", "operator", "other_enterprise", "other_operator", "staff", "city_staff",
    "far_staff", "broker", "far_broker", "reviewer", "admin", "visitor", "system",
)  # fmt: skip
WHO = {
    "enterprise": Relation.COUNTERPART,
    "operator": Relation.OWNER,
    "staff": Relation.STAFF,
    "city_staff": Relation.STAFF,
    "broker": Relation.BROKER,
    "system": Relation.SYSTEM,
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_sees_a_project_and_what_hangs_on_it(cast, project, who):
    user = getattr(cast, who)
    outcome, message = OutcomeFactory(project=project), MessageFactory(project=project)
    case = CaseFactory(project=project)

    relations = ProjectAccess(user).relations(project) - {Relation.MEMBER, Relation.VISITOR}
    assert relations == ({WHO[who]} if who in WHO else set())
    assert ProjectAccess(user).visible().exists() is (who in WHO)
    assert OutcomeAccess(user).visible().exists() is (who in WHO)
    assert CaseAccess(user).visible().filter(pk=case.pk).exists() is (who in WHO)
    assert may_read_evidence(user, str(outcome.pk)) is (who in WHO)
    assert may_read_message_file(user, str(message.pk)) is (who in WHO)


def everybody_tries(cast, access, row, obj, now):
    people = {who: access(getattr(cast, who)) for who in EVERYBODY}
    allowed = {who for who, relation in WHO.items() if relation in row.relations}
    try_everywhere(row, obj, people, allowed, now)


@pytest.mark.parametrize("row", PROJECT.transitions, ids=lambda row: row.name)
def test_project_transitions_from_every_state_by_everybody(cast, project, row, now):
    confirmed(project)  # without it nothing closes, see test_projects
    everybody_tries(cast, ProjectAccess, row, project, now)


@pytest.mark.parametrize("row", OUTCOME.transitions, ids=lambda row: row.name)
def test_outcome_transitions_from_every_state_by_everybody(cast, project, row, now):
    everybody_tries(cast, OutcomeAccess, row, OutcomeFactory(project=project), now)


@pytest.mark.parametrize("row", CASE.transitions, ids=lambda row: row.name)
def test_case_transitions_from_every_state_by_everybody(cast, project, row, now):
    everybody_tries(cast, CaseAccess, row, CaseFactory(project=project, consented_at=now), now)


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("message", {"enterprise", "operator", "broker"}),
        ("claim_outcome", {"operator"}),
        ("write_case", {"operator"}),
        ("view", set(WHO)),
    ],
)
def test_actions_on_a_project(cast, reach, action, allowed):
    project = reach(ProjectStatus.DELIVERED)

    may = {who for who in EVERYBODY if ProjectAccess(getattr(cast, who)).can(action, project)}

    assert may == allowed


def test_starting_is_for_people_of_an_organisation(cast):
    may = {who for who in EVERYBODY if ProjectAccess(getattr(cast, who)).can("start")}

    assert may == {"enterprise", "operator", "other_enterprise", "other_operator"}


def test_general_rights_follow_the_roles(cast):
    may = {who for who in EVERYBODY if ProjectAccess(getattr(cast, who)).can("see_figures")}

    assert may == {"operator", "other_operator", "staff", "city_staff", "far_staff"}
    assert ProjectAccess(cast.staff).can("export")
    assert ProjectAccess(cast.broker).can("export")
    assert not ProjectAccess(cast.reviewer).can("export")


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("claim_outcome", ProjectStatus.CONTRACTED),
        ("write_case", ProjectStatus.PILOTING),
        ("message", ProjectStatus.DECLINED),
    ],
)
def test_actions_wait_for_their_state(cast, reach, action, status):
    decision = ProjectAccess(cast.operator).can(action, reach(status))

    assert decision.code == "wrong_state"


def test_people_who_left_see_nothing(cast, project):
    cast.enterprise.is_active = False

    assert not ProjectAccess(cast.enterprise).visible().exists()
    assert not ProjectAccess(cast.enterprise).can("view", project)
    assert not CaseAccess(cast.enterprise).reviewable().exists()


@pytest.mark.parametrize("who", EVERYBODY)
def test_published_cases_are_public(cast, who):
    published_case()

    assert CaseAccess(getattr(cast, who)).visible().count() == 1


def test_a_withdrawn_sourced_case_is_seen_by_its_platform_and_region(cast):
    published_case(platform=cast.platform, region=None, status=CaseStatus.WITHDRAWN)

    seen = {who for who in EVERYBODY if CaseAccess(getattr(cast, who)).visible().exists()}

    assert seen == {"operator", "staff", "city_staff", "system"}


def test_staff_and_operator_answer_for_a_sourced_case(cast):
    case = published_case(platform=cast.platform, region=None)
    elsewhere = published_case(platform=cast.platform, region=chengdu())

    assert CaseAccess(cast.city_staff).can("withdraw", case)
    assert CaseAccess(cast.operator).can("withdraw", case)
    assert CaseAccess(cast.far_staff).can("withdraw", elsewhere)
    assert not CaseAccess(cast.city_staff).can("withdraw", elsewhere)
    assert not CaseAccess(cast.enterprise).can("withdraw", case)


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_review_queue_is_for_staff_of_the_region(cast, project, who):
    CaseFactory(project=project, status=CaseStatus.IN_REVIEW)
    CaseFactory(project=project, status=CaseStatus.DRAFT)

    rows = CaseAccess(getattr(cast, who)).reviewable()

    assert rows.count() == (1 if who in {"staff", "city_staff", "system"} else 0)


@pytest.mark.parametrize("status", CaseStatus)
def test_only_drafts_are_edited_and_only_by_the_platform(cast, project, status):
    case = CaseFactory(project=project, status=status, consented_at=project.status_changed_at)

    assert bool(CaseAccess(cast.operator).can("edit", case)) is (status == CaseStatus.DRAFT)
    assert not CaseAccess(cast.enterprise).can("edit", case)
    assert not CaseAccess(cast.staff).can("edit", case)


def test_supplied_projects_are_those_on_the_users_platforms_or_in_their_region(cast, project):
    demo = ProjectFactory(platform=cast.platform, is_demo=True)

    def rows(who):
        return set(ProjectAccess(getattr(cast, who)).supplied())

    assert rows("operator") == {project, demo}
    assert rows("city_staff") == rows("staff") == rows("system") == {project}
    assert rows("enterprise") == rows("far_staff") == set()
