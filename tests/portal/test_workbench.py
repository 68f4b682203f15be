"""The workbench: what waits for whom, counted by role, and never anybody else's."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import OrganisationStatus, Role
from accounts.services.sign_in import log_failed_sign_in
from matching.models import MatchRun
from notifications.models import Notification
from portal.selectors.workbench import workbench_page
from reporting.models import AnnualReport, Extension
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, UserFactory, person
from tests.factories.cases import CaseFactory, OutcomeFactory, ProjectFactory
from tests.factories.demands import DemandFactory, open_demand
from tests.factories.platforms import (
    CapabilityFactory,
    ClaimFactory,
    PlatformFactory,
    ReportFactory,
)
from tests.factories.recognition import ApplicationFactory, AssignmentFactory, SchemeFactory
from tests.factories.reporting import open_cycle, report_for
from tests.factories.taxonomy import chengdu, guangdong, zhongshan
from tests.reporting.conftest import catalogue, indicators  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


def waiting(user) -> dict[str, int]:
    """What the only panel of the user counts, by label, without zeros."""
    (panel,) = workbench_page(user).panels
    return {item.label: item.count for item in panel.items if item.count}


def everything(enterprise, operator) -> None:
    """Something of everything that can wait, between the two organisations."""
    now = timezone.now()
    platform = PlatformFactory(organisation=operator)

    def project(**values):
        return ProjectFactory(
            platform=PlatformFactory(organisation=operator), enterprise=enterprise, **values
        )

    project()
    project(reply_due_at=now - timedelta(hours=1))
    project(status="quoted")
    project(status="cancelled")
    OutcomeFactory(project=project(status="delivered"))
    CaseFactory(project=project(status="closed"), status="in_review")
    for status in ("draft", "returned", "in_review"):
        DemandFactory(organisation=enterprise, status=status)
    open_demand(organisation=enterprise)
    CapabilityFactory(platform=platform, confirmed_at=now)
    CapabilityFactory(platform=platform, confirmed_at=now - timedelta(days=9999))
    CapabilityFactory(platform=platform)
    CapabilityFactory(platform=platform, status="draft")
    CapabilityFactory(platform=platform, status="in_review")
    ReportFactory(platform=platform)
    for status in ("draft", "returned"):
        ApplicationFactory(platform=PlatformFactory(organisation=operator), status=status)


@pytest.fixture
def parties(db):
    enterprise, operator = OrganisationFactory(), OrganisationFactory()
    everything(enterprise, operator)
    ClaimFactory()
    return enterprise, operator


def test_the_enterprise_sees_its_demands_and_projects(parties):
    assert waiting(person(Role.ENTERPRISE, organisation=parties[0])) == {
        "待我确认的成果": 1,
        "平台已报价，待我决定": 1,
        "等待平台回复": 2,
        "进行中的对接": 4,
        "待补完的需求草稿与退回": 2,
        "审核中的需求": 1,
        "征集中的需求": 1,
    }


def test_the_operator_sees_its_enquiries_and_capabilities(parties):
    assert waiting(person(Role.OPERATOR, organisation=parties[1])) == {
        "待回复的咨询": 2,
        "进行中的对接": 4,
        "待确认仍有效的能力": 2,
        "待提交或补正的认定申报": 2,
        "待补完的能力草稿与退回": 1,
        "已发布的能力": 3,
    }


def test_late_things_come_first_and_the_rest_by_day(parties):
    operator = person(Role.OPERATOR, organisation=parties[1])
    (panel,) = workbench_page(operator).panels

    first, second = panel.waiting[:2]

    assert (first.label, first.late, first.count) == ("待回复的咨询", 1, 2)
    assert (second.label, second.due) == (
        "待提交或补正的认定申报", timezone.localdate() + timedelta(days=30),
    )  # fmt: skip


def test_the_page_says_what_is_late_and_hides_what_does_not_wait(client, parties):
    client.force_login(person(Role.OPERATOR, organisation=parties[1]))

    page = client.get("/workbench/").content.decode()

    assert "1 件已超期" in page
    assert "待填报的年度报告" not in page


def test_nothing_waiting_is_said(client):
    client.force_login(person(Role.OPERATOR))

    assert "现在没有要办的事" in client.get("/workbench/").content.decode()


@pytest.mark.usefixtures("indicators")
def test_reports_wait_for_the_own_level_only():
    report = report_for(PlatformFactory(), open_cycle())
    AnnualReport.objects.filter(pk=report.pk).update(status="city")
    Extension.objects.create(
        report=report, requested_by=UserFactory(), until_date=date(2027, 4, 30), reason="审计未完成"
    )

    city = waiting(person(Role.GOVERNMENT, region=zhongshan()))
    province = waiting(person(Role.GOVERNMENT, region=guangdong()))

    assert city == {"待本级审核的年度报告": 1, "待答复的延期与更正": 1}
    assert province == {"待答复的延期与更正": 1}


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR])
def test_strangers_have_nothing_waiting(role, parties):
    assert waiting(person(role)) == {}


@pytest.mark.parametrize("region", [None, zhongshan])
def test_the_government_sees_what_waits_in_its_region(region, parties):
    OrganisationFactory(status=OrganisationStatus.PENDING)
    scope = {"region": region()} if region else {}

    assert waiting(person(Role.GOVERNMENT, **scope)) == {
        "待审核的单位": 1,
        "待审核的平台与能力": 1,
        "待审核的平台认领": 1,
        "待核实的纠错": 1,
        "待审核的需求": 1,
        "待审核的案例": 1,
        "平台超时未回复": 1,
    }


def test_the_broker_sees_what_waits_in_its_region(parties):
    assert waiting(person(Role.BROKER)) == {
        "待审核的需求": 1,
        "平台超时未回复": 1,
        "进行中的对接": 4,
    }


def test_the_broker_sees_who_asked_for_help_until_it_is_read(now):
    broker = person(Role.BROKER)
    for read_at in (None, now):
        Notification.objects.create(
            user=broker,
            kind="matching.help_requested",
            title="请协助",
            created_at=now,
            read_at=read_at,
        )

    assert waiting(broker) == {"企业请求对接协助": 1}


def test_the_reviewer_sees_the_own_assignments_only():
    reviewer = person(Role.REVIEWER)
    for status, count in {"invited": 1, "scoring": 2, "scored": 3, "declined": 4}.items():
        for _ in range(count):
            AssignmentFactory(reviewer=reviewer, status=status, total=80)
    AssignmentFactory(reviewer=person(Role.REVIEWER))

    assert waiting(reviewer) == {"待声明是否回避": 1, "待评分": 2, "已评分": 3}


@pytest.mark.parametrize("role", [Role.GOVERNMENT, Role.BROKER])
def test_another_region_has_nothing_waiting(role, parties):
    OrganisationFactory(status=OrganisationStatus.PENDING)

    assert waiting(person(role, region=chengdu())) == {}


TOOLS = {
    Role.SECURITY_ADMIN: "人员与角色",
    Role.AUDITOR: "操作记录",
    Role.SYSTEM_ADMIN: "匹配权重",
    Role.PARTNER: "服务令牌",
}


@pytest.mark.parametrize("role", TOOLS)
def test_each_admin_and_partner_has_the_own_tools_only(role):
    (panel,) = workbench_page(person(role)).panels

    assert {label for label, _ in panel.links} & set(TOOLS.values()) == {TOOLS[role]}


def test_the_auditor_sees_what_was_logged_today():
    auditor = person(Role.AUDITOR)

    def figures():
        """The counts, and where the first leads: other tests may have left rows of the log."""
        (panel,) = workbench_page(auditor).panels
        return [item.count for item in panel.figures], panel.figures[0].url

    before, _ = figures()
    for hour in (0, 30):  # today and yesterday
        now = timezone.now() - timedelta(hours=hour)
        log_failed_sign_in(email="nobody@example.com", now=now, ip_address=None)

    after, url = figures()

    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 2]
    assert url.endswith("&action=accounts.user.sign_in_failed")


def test_the_system_admin_sees_what_failed():
    for status in ("failed", "failed", "running", "done"):
        MatchRun.objects.create(kind="full", status=status)

    (panel,) = workbench_page(person(Role.SYSTEM_ADMIN)).panels

    assert [(item.count, item.label) for item in panel.figures] == [
        (1, "个匹配任务进行中"), (2, "个匹配任务失败"),
    ]  # fmt: skip


def test_the_security_admin_sees_who_waits():
    OrganisationFactory(status=OrganisationStatus.PENDING)
    UserFactory(is_active=False)

    (panel,) = workbench_page(person(Role.SECURITY_ADMIN)).panels

    assert [(item.count, item.label) for item in panel.items] == [
        (1, "待审核的单位"), (1, "个停用的账号"),
    ]  # fmt: skip


def test_staff_of_a_part_see_no_doors_of_those_who_run_the_portal():
    province, city = person(Role.GOVERNMENT), person(Role.GOVERNMENT, region=zhongshan())

    doors = [{row for row, _ in workbench_page(user).panels[0].links} for user in (province, city)]

    assert doors[0] - doors[1] == {
        "申报批次", "评价办法", "发布编号清单", "匹配任务", "匹配权重", "相邻门户",
    }  # fmt: skip
    SchemeFactory(region=zhongshan())
    again = {row for row, _ in workbench_page(city).panels[0].links}
    assert again - doors[1] == {"申报批次"}


def test_two_roles_are_two_panels():
    user = person(Role.ENTERPRISE)
    RoleAssignmentFactory(user=user, role=Role.OPERATOR, organisation=user.organisations[0])
    fresh = type(user).objects.get(pk=user.pk)

    assert [panel.title for panel in workbench_page(fresh).panels] == ["我的需求与对接", "我的平台"]


def test_every_link_of_every_role_opens(client, parties, settings):
    settings.DEMO_MODE = True  # demo people need no second factor
    for role in Role:
        user = person(role)
        type(user).objects.filter(pk=user.pk).update(is_demo=True)
        client.force_login(user)
        for panel in workbench_page(user).panels:
            urls = [item.url for item in panel.items] + ([panel.first[1]] if panel.first else [])
            urls += [url for _, url in panel.links]
            answers = {url: client.get(url, follow=True).status_code for url in urls}
            assert answers == dict.fromkeys(urls, 200), role


def test_messages_are_the_own_with_unread_ones_marked(client, now):
    user = person(Role.ENTERPRISE)
    for reader, title in ((user, "您有新的答复"), (UserFactory(), "别人的消息")):
        Notification.objects.create(user=reader, kind="test", title=title, created_at=now)
    client.force_login(user)

    page = client.get("/workbench/").content.decode()

    assert "您有新的答复" in page
    assert "未读" in page
    assert "别人的消息" not in page


def test_an_organisation_under_review_is_told(client):
    organisation = OrganisationFactory(status=OrganisationStatus.PENDING)
    client.force_login(person(Role.ENTERPRISE, organisation=organisation))

    assert "审核通过前可以先写草稿" in client.get("/workbench/").content.decode()


def test_people_without_a_role_are_told_what_to_do(client):
    client.force_login(UserFactory())

    assert "还没有分配角色" in client.get("/workbench/").content.decode()


def test_visitors_are_asked_to_sign_in(client):
    response = client.get("/workbench/")

    assert (response.status_code, response.url) == (302, "/accounts/login/?next=/workbench/")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("role", "queries"),
    [(Role.ENTERPRISE, 11), (Role.OPERATOR, 18), (Role.GOVERNMENT, 29), (Role.BROKER, 7)],
)
def test_the_workbench_counts_its_queries(role, queries, rows, django_assert_num_queries):
    user = person(role)
    for _ in range(rows):
        parties = [*user.organisations, OrganisationFactory(), OrganisationFactory()]
        everything(*(parties[:2] if role != Role.OPERATOR else reversed(parties[:2])))

    with django_assert_num_queries(queries):
        workbench_page(type(user).objects.get(pk=user.pk))
