"""Departments are asked, answer on one page, and are merged into one opinion (G49)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.files import may_read
from core.models import ActivityLog, StoredFile
from platforms import services
from platforms.access import ApplicationAccess, OpinionRequestAccess
from platforms.enums import RequestStatus
from platforms.models import OpinionRequest, ReviewOpinion
from platforms.states import OPINION_REQUEST
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.recognition import ApplicationFactory, OpinionRequestFactory

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 16, 10, tzinfo=ZONE)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def office(somebody):
    return somebody.organisations[0]


@pytest.fixture
def application(platform):
    return ApplicationFactory(platform=platform, status="city")


@pytest.fixture
def second(db):
    return person(Role.DEPARTMENT, organisation=OrganisationFactory(name="市应急管理部门"))


@pytest.fixture
def asked(application, department, staff):
    return OpinionRequestFactory(
        application=application, department=office(department), asked_by=staff
    )


def ask(staff, application, *people, now=MONDAY, **values):
    values = {"question": "请就环保提出意见", "workdays": 5} | values
    return services.ask_departments(
        actor=staff, application=application, departments=[office(one) for one in people],
        now=now, **values,
    )  # fmt: skip


def answer(user, request, stance="agree", body="", now=MONDAY, **values):
    return services.answer_request(
        actor=user, request=request, stance=stance, body=body, now=now, **values
    )


def test_asking_gives_each_department_a_working_day(staff, department, second, application):
    first, other = ask(staff, application, department, second)

    assert (first.stage, first.status, first.asked_by) == ("city", "asked", staff)
    assert first.due_at == other.due_at == datetime(2026, 11, 23, 23, 59, 59, tzinfo=ZONE)
    log = ActivityLog.objects.get(action="platforms.application.consult")
    assert log.data == {"departments": ["市生态环境部门", "市应急管理部门"]}


def test_asking_is_refused_and_asks_nobody(staff, operator, department, second, application):
    nobody = person(Role.ENTERPRISE)
    ask(staff, application, department)
    cases = {
        "field_required": {"people": ()},
        "not_department": {"people": (second, nobody)},
        "workdays": {"people": (second,), "workdays": 0},
        "invalid": {"people": (second, department)},  # the second time
    }

    for code, values in cases.items():
        with pytest.raises(DomainError) as error:
            ask(staff, application, *values.pop("people"), **values)
        assert error.value.code == code
    with pytest.raises(DomainError) as error:
        ask(staff, application, second, question=" ")
    assert error.value.field == "question"
    with pytest.raises(Refused):
        ask(operator, application, second)
    assert OpinionRequest.objects.count() == 1


def test_only_the_level_whose_turn_it_is_asks(staff, department, platform):
    with pytest.raises(Refused, match="省级"):
        ask(staff, ApplicationFactory(platform=platform, status="province"), department)
    with pytest.raises(Refused, match="受理期间"):
        ask(staff, ApplicationFactory(platform=platform, status="recognised"), department)
    assert not OpinionRequest.objects.exists()


def test_an_answer_is_kept_with_its_file_and_corrected_until_merged(department, staff, asked):
    answer(department, asked, "object", "缺环评", uploads=[SimpleUploadedFile("函.pdf", PDF)])
    later = MONDAY + timedelta(days=1)
    answer(department, asked, "conditions", "补办环评后同意", now=later)

    asked.refresh_from_db()
    assert (asked.status, asked.stance, asked.body) == ("answered", "conditions", "补办环评后同意")
    assert (asked.answered_at, asked.answered_by) == (MONDAY, department)
    file = StoredFile.objects.get()
    assert [may_read(user, file) for user in (department, staff)] == [True, True]


def test_conditions_and_objections_are_written_down(department, asked):
    for stance, body, field in (("object", " ", "body"), ("maybe", "x", "stance")):
        with pytest.raises(DomainError) as error:
            answer(department, asked, stance, body)
        assert error.value.field == field
    asked.refresh_from_db()
    assert (asked.status, asked.stance) == ("asked", "")


def test_nobody_else_answers(operator, staff, other_staff, second, asked):
    for user in (operator, staff, other_staff, second):
        with pytest.raises(Refused):
            answer(user, asked)
    asked.refresh_from_db()
    assert asked.status == "asked"


def test_after_the_stage_nobody_answers(department, asked):
    type(asked.application).objects.update(status="province")

    with pytest.raises(Refused, match="已离开"):
        answer(department, asked)


def test_a_department_sees_only_what_it_was_asked_about(
    department, second, operator, other_staff, asked, platform
):
    other = ApplicationFactory(platform=platform, status="rejected")

    assert ApplicationAccess(department).can("view", asked.application)
    assert list(ApplicationAccess(department).visible()) == [asked.application]
    assert not ApplicationAccess(department).can("view", other)
    assert not ApplicationAccess(second).visible().exists()
    for user in (second, operator, other_staff):  # the applicant is not told who was asked
        assert not OpinionRequestAccess(user).visible().exists()


def test_taken_back_nothing_is_seen_any_more(staff, department, asked):
    with pytest.raises(DomainError) as error:
        services.withdraw_request(actor=staff, request=asked, reason="", now=MONDAY)
    assert error.value.code == "reason_required"
    services.withdraw_request(actor=staff, request=asked, reason="重复", now=MONDAY)

    assert not ApplicationAccess(department).visible().exists()
    with pytest.raises(DomainError):
        services.withdraw_request(actor=staff, request=asked, reason="重复", now=MONDAY)
    with pytest.raises(DomainError):
        answer(department, asked)


def test_merging_waits_for_everybody_and_makes_one_opinion(
    staff, operator, department, second, application
):
    first, other = ask(staff, application, department, second)
    answer(department, first, "conditions", "补办环评")

    def merge(actor=staff, body="同意，须补办环评"):
        return services.merge_opinions(actor=actor, application=application, body=body, now=MONDAY)

    for code in ("answers_open", "answers_open"):
        with pytest.raises(DomainError) as error:
            merge()
        assert error.value.code == code
    answer(second, other)
    with pytest.raises(Refused):
        merge(actor=operator)
    with pytest.raises(DomainError):
        merge(body=" ")
    opinion = merge()

    assert (opinion.stage, opinion.kind, opinion.body) == ("city", "merged", "同意，须补办环评")
    assert opinion.department == "市生态环境部门、市应急管理部门"
    assert set(opinion.merged_from.values_list("status", flat=True)) == {"merged"}
    with pytest.raises(DomainError) as error:
        merge()
    assert error.value.code == "nothing"
    assert ReviewOpinion.objects.count() == 1


def test_an_application_goes_on_only_with_merged_opinions(staff, department, application):
    (request,) = ask(staff, application, department)

    def forward():
        services.move_application(
            actor=staff, application=application, name="to_province", now=MONDAY
        )

    with pytest.raises(DomainError) as error:
        forward()
    assert error.value.code == "answers_open"
    answer(department, request)
    with pytest.raises(DomainError) as error:
        forward()
    assert error.value.code == "not_merged"
    services.merge_opinions(actor=staff, application=application, body="同意", now=MONDAY)
    forward()
    application.refresh_from_db()
    assert application.status == "province"


def test_a_returned_application_asks_nobody_any_more(staff, department, application):
    (request,) = ask(staff, application, department)

    services.move_application(
        actor=staff, application=application, name="return", reason="缺材料", now=MONDAY
    )

    request.refresh_from_db()
    assert request.status == "withdrawn"


@pytest.mark.parametrize("status", RequestStatus.values)
def test_transitions_by_relation(status, operator, staff, department, second, application):
    stance = {"asked": "", "withdrawn": ""}.get(status, "agree")
    request = OpinionRequestFactory(
        application=application, department=office(department), status=status, stance=stance
    )
    rows = {row.name for row in OPINION_REQUEST.from_status(status)}
    expected = {
        department: rows & {"answer"},
        staff: rows & {"merge", "withdraw"},
        second: set(),
        operator: set(),
    }

    for user, names in expected.items():
        assert {row.name for row in OpinionRequestAccess(user).transitions(request)} == names


def test_the_list_costs_the_same_for_one_and_three(sign_in, staff, django_assert_num_queries):
    client = sign_in(staff)
    OpinionRequestFactory()
    client.get("/consultations/")
    with django_assert_num_queries(7):
        client.get("/consultations/")
    OpinionRequestFactory.create_batch(2)
    with django_assert_num_queries(7):
        client.get("/consultations/")


def test_the_list_narrows_to_late_ones(sign_in, staff, platform):
    late = OpinionRequestFactory(due_at=timezone.now() - timedelta(days=1))
    OpinionRequestFactory(application__platform=platform)

    page = sign_in(staff).get("/consultations/?timing=overdue")

    assert [row.record for row in page.context["table"].paginated_rows] == [late]
    assert sign_in(staff).get("/consultations/?export=xlsx").status_code == 200
