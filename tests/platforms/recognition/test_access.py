"""Who may do what: every state x transition x person of every life cycle of recognition."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from core.access import SYSTEM
from platforms.access import (
    AppealAccess,
    ApplicationAccess,
    AssignmentAccess,
    ChangeAccess,
    FundingAccess,
    ProgrammeAccess,
    RecognitionAccess,
    UsageAccess,
)
from platforms.enums import (
    AppealStatus,
    ApplicationStatus,
    AssignmentStatus,
    ChangeStatus,
    ProgrammeStatus,
    RecognitionStatus,
)
from platforms.models import Appeal, Application
from platforms.states import APPEAL, APPLICATION, ASSIGNMENT, CHANGE, PROGRAMME, RECOGNITION
from tests.factories.accounts import person
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import (
    FULL_PATH,
    ApplicationFactory,
    AssignmentFactory,
    ChangeReportFactory,
    FundingFactory,
    ProgrammeFactory,
    RecognitionFactory,
    SchemeFactory,
    UsageFactory,
)
from tests.factories.taxonomy import zhongshan

ON_ROSTER = {"active", "warned", "rectifying"}


@pytest.fixture
def people(operator, staff, province, other_staff, stranger, expert):
    return {
        "operator": operator, "city": staff, "province": province, "other_staff": other_staff,
        "stranger": stranger, "expert": expert, "visitor": AnonymousUser(), "system": SYSTEM,
    }  # fmt: skip


def names(access, obj):
    return {row.name for row in access.transitions(obj)}


def nobody(people, but):
    return {who: set() for who in people} | but


@pytest.mark.parametrize("status", ApplicationStatus.values)
def test_application_transitions(status, people, platform):
    application = ApplicationFactory(platform=platform, status=status)
    following = {
        "city": "to_province", "province": "to_experts", "experts": "to_site",
        "site": "to_publicity", "publicity": "to_decision", "decision": "recognise",
    }  # fmt: skip
    owner = {
        "draft": {"submit", "withdraw"}, "returned": {"submit", "withdraw"}, "recognised": set(),
        "rejected": set(), "withdrawn": set(),
    }.get(status, {"withdraw"})  # fmt: skip
    decider = {following[status], "reject"} if status in following else set()
    decider |= {"return"} if status in {"city", "province", "county"} else set()
    decider |= {"reject"} if status == "county" else set()  # a county stage of another path
    routed = {"submitted": {"to_city"}, "rejected": {"reconsider"}}.get(status, set())
    routed |= {following[status]} & {"to_province", "to_decision"} if status in following else set()

    found = {who: names(ApplicationAccess(user), application) for who, user in people.items()}

    assert found == nobody(people, {
        "operator": owner,
        "city": decider if status in {"city", "county"} else set(),
        "province": decider,
        "system": routed,
    })  # fmt: skip


@pytest.mark.parametrize("status", ApplicationStatus.values)
def test_application_visible(status, people, platform):
    application = ApplicationFactory(platform=platform, status=status)
    AssignmentFactory(application=application, reviewer=people["expert"], status="scoring")
    invited = person(Role.REVIEWER)
    AssignmentFactory(application=application, reviewer=invited)

    found = {
        who: ApplicationAccess(user).visible().filter(pk=application.pk).exists()
        for who, user in (people | {"invited": invited}).items()
    }

    watched = status != "draft"
    assert found == {
        "operator": True, "city": watched, "province": watched, "other_staff": False,
        "stranger": False, "expert": True, "visitor": False, "system": True, "invited": False,
    }  # fmt: skip


@pytest.mark.parametrize("action", ["edit", "opine", "assign", "visit", "appeal", "view"])
@pytest.mark.parametrize("status", ["draft", "city", "experts", "site", "rejected"])
def test_application_actions(action, status, people, platform):
    application = ApplicationFactory(platform=platform, status=status)
    wanted = {
        "edit": {"operator"} if status == "draft" else set(),
        "opine": {"city", "province"},
        "assign": {"province"} if status == "experts" else set(),
        "visit": {"province"} if status == "site" else set(),
        "appeal": {"operator"} if status == "rejected" else set(),
        "view": {"operator", "city", "province", "system"},
    }[action]

    found = {
        who for who, user in people.items() if ApplicationAccess(user).can(action, application)
    }

    assert found == wanted


def test_the_path_decides_which_stage_is_next(province, platform):
    short = ApplicationFactory(platform=platform, status="city", path=["city", "decision"])

    assert "to_decision" in names(ApplicationAccess(province), short)
    assert "to_province" not in names(ApplicationAccess(province), short)


def test_a_platform_that_nobody_runs_has_no_applicant(staff):
    platform = PlatformFactory(organisation=None)

    assert not ApplicationAccess(staff).can("create", Application(platform=platform))


@pytest.mark.parametrize("status", ProgrammeStatus.values)
def test_programme_transitions(status, people):
    programme = ProgrammeFactory(status=status)
    rows = PROGRAMME.from_status(status)

    found = {who: names(ProgrammeAccess(user), programme) for who, user in people.items()}

    assert found == nobody(people, {
        "province": {row.name for row in rows},
        "system": {row.name for row in rows if row.name != "reopen"},
    })  # fmt: skip


@pytest.mark.parametrize("status", ProgrammeStatus.values)
def test_programme_visible(status, people):
    programme = ProgrammeFactory(status=status)

    for who, user in people.items():
        is_seen = ProgrammeAccess(user).visible().filter(pk=programme.pk).exists()
        assert is_seen == (status != "draft" or who in {"province", "system"}), who


def test_city_staff_open_batches_of_their_city_only(staff, province, other_staff):
    scheme = SchemeFactory(level="city", region=zhongshan())
    provincial = SchemeFactory()

    assert list(ProgrammeAccess(staff).schemes()) == [scheme]
    assert set(ProgrammeAccess(province).schemes()) == {scheme, provincial}
    assert list(ProgrammeAccess(other_staff).schemes()) == []
    assert list(ProgrammeAccess(AnonymousUser()).schemes()) == []


@pytest.mark.parametrize("status", AssignmentStatus.values)
def test_assignment_transitions(status, people, platform):
    row = AssignmentFactory(
        application=ApplicationFactory(platform=platform, status="experts"),
        reviewer=people["expert"], status=status, total=80,
    )  # fmt: skip
    mine = {
        row.name for row in ASSIGNMENT.from_status(status) if row.name not in {"reopen", "release"}
    }  # fmt: skip
    level = {"scored": {"reopen"}, "invited": {"release"}, "scoring": {"release"}}

    found = {who: names(AssignmentAccess(user), row) for who, user in people.items()}

    assert found == nobody(people, {
        "expert": mine, "province": level.get(status, set()),
    })  # fmt: skip


def test_assignment_is_over_with_the_stage(expert, platform):
    row = AssignmentFactory(
        application=ApplicationFactory(platform=platform, status="site"), reviewer=expert
    )

    assert names(AssignmentAccess(expert), row) == set()


def test_assignment_visible(people, platform):
    row = AssignmentFactory(
        application=ApplicationFactory(platform=platform, status="experts"),
        reviewer=people["expert"],
    )

    found = {who for who, user in people.items() if AssignmentAccess(user).visible().exists()}

    assert found == {"expert", "city", "province", "system"}
    assert not AssignmentAccess(people["operator"]).can("view", row)


@pytest.mark.parametrize("status", RecognitionStatus.values)
def test_recognition_transitions(status, people, platform):
    has_left = status in {"removed", "expired"}
    recognition = RecognitionFactory(
        platform=platform, status=status,
        **({"ended_date": "2026-01-01"} if has_left else {}),
    )  # fmt: skip
    rows = RECOGNITION.from_status(status)

    found = {who: names(RecognitionAccess(user), recognition) for who, user in people.items()}

    assert found == nobody(people, {
        "operator": {row.name for row in rows if row.name == "resign"},
        "province": {row.name for row in rows} - {"resign", "expire", "reinstate", "rebuild"},
        "system": {row.name for row in rows} & {"expire", "reinstate", "rebuild"},
    })  # fmt: skip
    assert all(RecognitionAccess(user).visible().exists() for user in people.values())


@pytest.mark.parametrize("status", ChangeStatus.values)
def test_change_transitions(status, people, platform):
    report = ChangeReportFactory(platform=platform, status=status)
    rows = {row.name for row in CHANGE.from_status(status)}

    found = {who: names(ChangeAccess(user), report) for who, user in people.items()}

    own = {"submit", "disclaim", "withdraw"}
    assert found == nobody(people, {
        "operator": rows & own, "city": rows - own, "province": rows - own,
        "system": rows & {"dismiss"},
    })  # fmt: skip
    editable = status in {"asked", "returned", "withdrawn"}
    assert bool(ChangeAccess(people["operator"]).can("edit", report)) is editable


@pytest.mark.parametrize("status", AppealStatus.values)
@pytest.mark.parametrize("of", ["application", "recognition"])
def test_appeal_transitions(status, of, people, platform, operator):
    target = (
        {"application": ApplicationFactory(platform=platform, status="rejected")}
        if of == "application"
        else {"recognition": RecognitionFactory(platform=platform)}
    )
    appeal = Appeal.objects.create(body="不服", made_by=operator, status=status, **target)
    rows = {row.name for row in APPEAL.from_status(status)}

    found = {who: names(AppealAccess(user), appeal) for who, user in people.items()}
    seen = {who for who, user in people.items() if AppealAccess(user).visible().exists()}

    assert found == nobody(people, {"province": rows})
    assert seen == {"operator", "city", "province", "system"}


@pytest.mark.parametrize("access", [ChangeAccess, FundingAccess, UsageAccess])
def test_facts_of_running_are_for_the_parties(access, people, platform, equipment_of_platform):
    ChangeReportFactory(platform=platform)
    FundingFactory(platform=platform)
    UsageFactory(equipment=equipment_of_platform)

    seen = {who for who, user in people.items() if access(user).visible().exists()}

    assert seen == {"operator", "city", "province", "system"}


def test_money_is_recorded_by_staff_hours_by_the_operator(people, platform, equipment_of_platform):
    record = FundingFactory(platform=platform)
    line = UsageFactory(equipment=equipment_of_platform)

    money = {who for who, user in people.items() if FundingAccess(user).can("record", record)}
    hours = {who for who, user in people.items() if UsageAccess(user).can("record", line)}

    assert money == {"city", "province", "system"}
    assert hours == {"operator", "system"}
    assert UsageAccess(people["operator"]).can("record", platform)
    assert UsageAccess(people["operator"]).can("record", equipment_of_platform)


def test_every_stage_of_the_path_has_a_transition():
    assert {row.target for row in APPLICATION.transitions} >= set(FULL_PATH)
