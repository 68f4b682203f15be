"""What platforms ask the departments for: raised, passed on, answered, judged, counted."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from accounts.selectors import departments
from core.errors import DomainError, Refused
from notifications.models import Notification
from platforms import services
from platforms.access import TicketAccess
from platforms.enums import TicketStatus
from platforms.models import SupportTicket
from platforms.selectors.support import support_figures
from platforms.services import deadlines
from platforms.states import TICKET
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.recognition import TicketFactory

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 16, 10, tzinfo=ZONE)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
VALUES = {"kind": "land", "title": "二期用地", "body": "缺 20 亩指标"}


def office(department):
    return department.organisations[0]


@pytest.fixture
def handled(platform, department):
    return TicketFactory(
        platform=platform, status="handling", department=office(department),
        due_at=timezone.now() + timedelta(days=5),
    )  # fmt: skip


def test_raising_numbers_in_turn_and_is_for_the_operator(operator, stranger, platform, now):
    first, second = (
        services.raise_ticket(actor=operator, platform=platform, values=VALUES, now=now)
        for _ in range(2)
    )
    with pytest.raises(Refused):
        services.raise_ticket(actor=stranger, platform=platform, values=VALUES, now=now)

    year = timezone.localdate(now).year
    assert (first.number, second.number) == (f"S{year}-00001", f"S{year}-00002")
    assert SupportTicket.objects.count() == 2


def test_a_report_opens_each_line_once(operator, platform, now):
    lines = [
        {"kind": "用地", "note": "二期厂房用地指标"},
        {"kind": "没有这类", "note": "其他困难"},
        {"kind": "资金", "note": " "},
    ]

    def submit(rows):
        return services.raise_from_report(
            actor=operator, platform=platform, lines=rows, report="7", now=now
        )

    assert (submit(lines), submit(lines)) == (2, 0)
    assert submit([*lines, {"kind": "资金", "note": "贷款贴息"}]) == 1
    assert list(SupportTicket.objects.order_by("pk").values_list("kind", "title")) == [
        ("land", "二期厂房用地指标"), ("other", "其他困难"), ("funds", "贷款贴息"),
    ]  # fmt: skip


def test_passing_on_sets_the_department_and_a_working_day(staff, department, platform):
    ticket = TicketFactory(platform=platform)

    routed = services.route_ticket(
        actor=staff, ticket=ticket, department=office(department), workdays=5, now=MONDAY
    )

    assert (routed.status, routed.department) == ("handling", office(department))
    assert routed.due_at == datetime(2026, 11, 23, 23, 59, 59, tzinfo=ZONE)


def test_passing_on_wants_a_department_with_people(staff, operator, platform, now):
    ticket = TicketFactory(platform=platform)
    nobody = OrganisationFactory()

    for code, department, workdays in (("not_department", nobody, 5), ("workdays", None, 61)):
        with pytest.raises(DomainError) as error:
            services.route_ticket(
                actor=staff, ticket=ticket, department=department, workdays=workdays, now=now
            )
        assert error.value.code == code
    with pytest.raises(Refused):
        services.route_ticket(actor=operator, ticket=ticket, department=None, workdays=5, now=now)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.due_at) == ("submitted", None)


def test_the_answer_is_kept_with_its_file_and_counts_as_on_time(department, operator, handled, now):
    services.move_ticket(
        actor=department, ticket=handled, name="answer", reason="已列入计划", now=now,
        uploads=[SimpleUploadedFile("批复.pdf", PDF)],
    )  # fmt: skip

    handled.refresh_from_db()
    reply = handled.replies.get()
    assert (handled.status, handled.is_on_time, handled.answered_at) == ("answered", True, now)
    assert (reply.body, reply.is_answer) == ("已列入计划", True)


def test_a_late_answer_counts_as_late_even_after_another_round(department, operator, handled):
    late = handled.due_at + timedelta(days=1)
    services.move_ticket(actor=department, ticket=handled, name="answer", reason="在办", now=late)
    services.move_ticket(actor=operator, ticket=handled, name="insist", reason="没有指标", now=late)
    handled.refresh_from_db()
    assert (handled.status, handled.due_at > late) == ("handling", True)
    services.move_ticket(actor=department, ticket=handled, name="answer", reason="已批", now=late)
    services.move_ticket(actor=operator, ticket=handled, name="accept", now=late)

    handled.refresh_from_db()
    assert (handled.status, handled.is_on_time, handled.is_satisfied) == ("closed", False, True)
    with pytest.raises(DomainError):
        services.move_ticket(actor=operator, ticket=handled, name="accept", now=late)


def test_ending_without_content_is_counted_as_unsatisfied(operator, platform, now):
    ticket = TicketFactory(platform=platform, status="answered")

    services.move_ticket(actor=operator, ticket=ticket, name="end", reason="仍无指标", now=now)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.is_satisfied) == ("closed", False)


def test_nobody_else_answers_or_reads(operator, stranger, other_staff, handled, now):
    other = person(Role.DEPARTMENT)

    for user in (operator, stranger, other_staff, other):
        with pytest.raises(Refused):
            services.move_ticket(actor=user, ticket=handled, name="answer", reason="x", now=now)
    for user in (stranger, other_staff, other):
        assert not TicketAccess(user).visible().exists()
        with pytest.raises(Refused):
            services.reply_to_ticket(actor=user, ticket=handled, body="x", now=now)
    assert not handled.replies.exists()


@pytest.mark.parametrize("status", TicketStatus.values)
def test_transitions_by_relation(status, operator, staff, department, stranger, platform, now):
    ticket = TicketFactory(
        platform=platform, status=status, department=office(department), due_at=now
    )
    rows = {row.name for row in TICKET.from_status(status)}
    expected = {
        operator: rows & {"accept", "insist", "end", "withdraw"},
        staff: rows & {"route", "answer", "close"},
        department: rows & {"answer"},
        stranger: set(),
    }

    for user, names in expected.items():
        assert {row.name for row in TicketAccess(user).transitions(ticket)} == names


def test_messages_go_to_the_other_side(
    operator, staff, department, platform, now, django_capture_on_commit_callbacks
):
    def told(**step):
        Notification.objects.all().delete()
        with django_capture_on_commit_callbacks(execute=True):
            step.pop("do")(now=now, **step)
        return set(Notification.objects.values_list("user", flat=True))

    raised = told(do=services.raise_ticket, actor=operator, platform=platform, values=VALUES)
    ticket = SupportTicket.objects.get()
    routed = told(
        do=services.route_ticket, actor=staff, ticket=ticket, department=office(department),
        workdays=3,
    )  # fmt: skip
    asked = told(do=services.reply_to_ticket, actor=operator, ticket=ticket, body="补充材料")
    back = told(do=services.reply_to_ticket, actor=department, ticket=ticket, body="收到")
    answered = told(
        do=services.move_ticket, actor=department, ticket=ticket, name="answer", reason="已办"
    )

    assert (raised, routed) == ({staff.pk}, {department.pk, operator.pk})
    assert (asked, back, answered) == ({department.pk}, {operator.pk}, {operator.pk})


def test_departments_are_reminded_before_and_after(department, platform):
    due = datetime(2026, 11, 20, 23, 59, 59, tzinfo=ZONE)
    TicketFactory(platform=platform, status="handling", department=office(department), due_at=due)

    counts = [deadlines.remind_recognition(now=MONDAY + timedelta(days=days)) for days in (0, 2, 7)]

    assert counts == [0, 1, 1]
    assert set(Notification.objects.values_list("user", flat=True)) == {department.pk}


def test_figures_count_by_kind_and_leave_demo_out(db):
    created = timezone.now()
    answered = {"answered_at": created, "status": "closed"}
    TicketFactory(is_on_time=True, is_satisfied=True, **answered)
    TicketFactory(is_on_time=False, **answered)
    TicketFactory()
    TicketFactory(status="withdrawn")
    TicketFactory(is_demo=True, is_on_time=True, **answered)

    land, *others = support_figures()

    assert (land.label, land.raised, land.answered, land.on_time_percent) == ("用地", 3, 2, 50)
    assert (land.days, land.satisfied_percent) == (0, 100)
    assert all(row.raised == 0 and row.on_time_percent is None for row in others)


def test_departments_are_approved_organisations_with_people(department):
    OrganisationFactory()

    assert list(departments()) == [office(department)]


def test_the_whole_road_in_pages(sign_in, operator, staff, department, platform):
    client = sign_in(operator)
    assert "提出诉求" in client.get("/support/").content.decode()
    client.post("/support/new/", {"platform": platform.slug, **VALUES})
    ticket = SupportTicket.objects.get()
    url = ticket.get_absolute_url()

    client = sign_in(staff)
    assert "待分办" in client.get("/support/?status=submitted").content.decode()
    client.post(f"{url}assign/", {"department": office(department).pk, "workdays": "5"})
    client = sign_in(department)
    assert "正式答复" in client.get(url).content.decode()
    upload = SimpleUploadedFile("批复.pdf", PDF)
    client.post(
        f"{url}replies/", {"answer": "1", "answer-body": "已列入计划", "answer-files": upload}
    )
    client = sign_in(operator)
    page = client.get(url).content.decode()
    assert "已列入计划" in page
    assert "批复.pdf" in page
    client.post(f"{url}accept/")

    ticket.refresh_from_db()
    assert (ticket.status, ticket.is_satisfied) == ("closed", True)
    assert client.get("/support/?export=xlsx").status_code == 200
    assert "按期率" in client.get("/support/figures/").content.decode()


def test_a_wrong_form_says_so_on_its_field(sign_in, staff, handled):
    page = sign_in(staff).post(f"{handled.get_absolute_url()}assign/", {"workdays": "99"})

    assert "小于或等于" in page.content.decode()


def test_the_list_costs_the_same_for_one_and_three(sign_in, staff, django_assert_num_queries):
    client = sign_in(staff)
    TicketFactory()
    client.get("/support/")
    with django_assert_num_queries(7):
        client.get("/support/")
    TicketFactory.create_batch(2)
    with django_assert_num_queries(7):
        client.get("/support/")
