"""Pages of projects: the list, the first question, the one screen."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import RoleAssignment
from cases import services
from cases.enums import CaseStatus, ProjectStatus
from cases.models import Message, Project, Quote
from core.files import files_of
from core.models import ActivityLog
from tests.cases.conftest import upload
from tests.factories.accounts import OrganisationFactory
from tests.factories.cases import (
    CaseFactory,
    MessageFactory,
    OutcomeFactory,
    ProjectFactory,
    QuoteFactory,
)
from tests.factories.demands import disclose, open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory

S = ProjectStatus


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three_rows(
    browse, cast, rows, django_assert_num_queries
):
    ProjectFactory.create_batch(rows, platform=cast.platform)
    page = browse("operator")
    page.get(reverse("cases:projects"))  # the first page of a session also keeps the session

    with django_assert_num_queries(7):
        response = page.get(reverse("cases:projects"))

    assert response.context["total"] == rows


def test_the_list_wants_a_sign_in(client, db):
    response = client.get(reverse("cases:projects"))

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_the_list_filters_and_finds_names(browse, cast, project):
    other = ProjectFactory(platform=cast.platform, status=S.QUOTED)
    page = browse("operator")

    def found(**query):
        rows = page.get(reverse("cases:projects"), query).context["table"].data
        return {row.pk for row in rows}

    assert found(status="quoted") == {other.pk}
    assert found(q="甲材料") == {project.pk}
    assert found(q=other.number.lower()) == {other.pk}
    assert found(timing="waiting", side="run") == {project.pk}


def test_the_list_exports_what_it_shows(browse, project):
    response = browse("staff").get(reverse("cases:projects"), {"export": "csv"})

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["编号", "事项", "企业", "平台", "状态"]
    assert rows[1][:2] == [project.number, project.title]


def test_an_empty_list_says_what_to_do(browse):
    response = browse("other_enterprise").get(reverse("cases:projects"))

    assert "还没有对接项目" in response.content.decode()


def start_url(**query):
    return reverse("cases:start", query=query)


def test_start_fills_in_what_is_known(browse, cast):
    capability = CapabilityFactory(platform=cast.platform)
    demand = open_demand(organisation=cast.firm)
    open_demand()

    response = browse("enterprise").get(start_url(capability=capability.slug, demand=demand.slug))

    form = response.context["form"]
    assert (form.initial["demand"], form.initial["capability"]) == (demand, capability)
    assert form.initial["enterprise"] == cast.firm.pk
    assert demand.title in form.initial["body"]
    assert list(form.fields["demand"].queryset) == [demand]


def test_start_posts_the_enquiry(browse, cast):
    demand = open_demand(organisation=cast.firm)
    values = {
        "enterprise": cast.firm.pk,
        "demand": demand.pk,
        "body": "能做吗",
        "files": [upload()],
    }

    response = browse("enterprise").post(start_url(platform=cast.platform.slug), values)

    project = Project.objects.get()
    assert response.url == project.get_absolute_url()
    assert (project.demand, project.messages.get().body) == (demand, "能做吗")


def test_start_keeps_what_was_typed_and_links_the_open_project(browse, cast, project):
    values = {"enterprise": cast.firm.pk, "body": "再问一次"}

    response = browse("enterprise").post(start_url(platform=cast.platform.slug), values)

    page = response.content.decode()
    assert "再问一次" in page
    assert project.get_absolute_url() in page
    assert Project.objects.count() == 1


def test_start_without_a_platform_leads_to_the_capabilities(browse):
    response = browse("enterprise").get(reverse("cases:start"))

    assert response.url == reverse("platforms:capabilities")


def test_start_says_what_is_missing(browse, cast):
    cast.firm.status = "pending"
    cast.firm.save()
    unclaimed = PlatformFactory(organisation=None)

    page = browse("enterprise").get(start_url(platform=unclaimed.slug)).content.decode()

    assert "单位审核通过后才能发起咨询" in page
    assert "该平台尚未由运营单位认领" in page


def test_start_lets_choose_among_organisations(browse, cast):
    second = OrganisationFactory()
    RoleAssignment.objects.create(user=cast.enterprise, role=Role.ENTERPRISE, organisation=second)

    response = browse("enterprise").get(start_url(platform=cast.platform.slug))

    assert set(response.context["form"].fields["enterprise"].queryset) == {cast.firm, second}
    assert not response.context["form"]["enterprise"].is_hidden


def test_start_is_refused_to_staff_and_for_drafts(browse, cast):
    draft = PlatformFactory(status="draft")

    assert browse("staff").get(start_url(platform=cast.platform.slug)).status_code == 403
    assert browse("enterprise").get(start_url(platform=draft.slug)).status_code == 404
    assert browse("enterprise").get(start_url(capability="none")).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_screen_costs_the_same_for_one_and_three_rows(
    browse, cast, project, rows, django_assert_num_queries
):
    MessageFactory.create_batch(rows, project=project)
    QuoteFactory.create_batch(rows, project=project)
    OutcomeFactory.create_batch(rows, project=project)
    page = browse("operator")
    page.get(project.get_absolute_url())

    with django_assert_num_queries(12):
        page.get(project.get_absolute_url())


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("who", ["enterprise", "operator", "staff", "broker"])
def test_the_screen_stands_in_every_state(browse, cast, reach, who, status):
    project = reach(
        status, demand=open_demand(organisation=cast.firm), contract_date=timezone.localdate(),
        promised_date=timezone.localdate(), delivered_date=timezone.localdate(),
        capability=CapabilityFactory(platform=cast.platform), first_replied_at=timezone.now(),
    )  # fmt: skip
    project.demand.save()
    OutcomeFactory(project=project)
    CaseFactory(project=project, status=CaseStatus.IN_CONSENT)

    response = browse(who).get(project.get_absolute_url())

    assert response.status_code == 200
    page = response.content.decode()
    assert "轮到您了" in page or "下一步" in page
    buttons = {row.name for row, _form in response.context["acts"]}
    allowed = {row.name for row in response.context["access"].transitions(project)}
    assert buttons == allowed - {"answer"}


@pytest.mark.parametrize("who", ["other_enterprise", "other_operator", "far_staff", "reviewer"])
def test_the_screen_does_not_exist_for_strangers(browse, project, who):
    page = browse(who)

    assert page.get(project.get_absolute_url()).status_code == 404
    assert page.post(reverse("cases:act", args=[project.number, "message"])).status_code == 404


def test_reading_a_confidential_demand_on_the_screen_is_noted(browse, cast, reach):
    demand = open_demand(
        organisation=cast.firm, confidentiality="teaser", teaser="放大", description="配方在此"
    )
    disclose(demand, cast.runner)
    project = reach(S.ENQUIRY, demand=demand)

    page = browse("operator").get(project.get_absolute_url()).content.decode()

    assert "配方在此" in page
    assert "本次查看已记录" in page
    assert ActivityLog.objects.filter(action="demands.demand.read_full").count() == 1


def test_a_demand_not_disclosed_shows_its_teaser_only(browse, cast, reach):
    demand = open_demand(
        organisation=cast.firm, confidentiality="teaser", teaser="只说放大", description="配方在此"
    )
    project = reach(S.ENQUIRY, demand=demand)

    page = browse("operator").get(project.get_absolute_url()).content.decode()

    assert "只说放大" in page
    assert "配方在此" not in page


def test_a_demand_the_reader_may_not_know_of_is_left_out(browse, cast, reach):
    project = reach(S.ENQUIRY, demand=open_demand(organisation=cast.firm, status="withdrawn"))

    response = browse("operator").get(project.get_absolute_url())

    assert response.context["demand"] is None
    assert response.status_code == 200


def post(page, project, name, **values):
    return page.post(reverse("cases:act", args=[project.number, name]), values)


def test_a_message_with_files(browse, project):
    response = post(browse("operator"), project, "message", body="可以", files=[upload()])

    assert response.url == project.get_absolute_url()
    page = browse("enterprise").get(project.get_absolute_url()).content.decode()
    assert "验证报告.txt" in page
    assert "可以" in page


def test_a_bad_file_keeps_the_words(browse, project):
    response = post(
        browse("operator"), project, "message", body="看附件", files=[upload("病毒.exe")]
    )

    page = response.content.decode()
    assert "不支持这种文件" in page
    assert "看附件" in page
    assert not Message.objects.exists()


def test_files_of_the_thread_are_for_its_parties(browse, cast, project, now):
    message = services.post_message(
        actor=cast.enterprise, project=project, body="附件", uploads=[upload()], now=now
    )
    url = files_of(message).get().get_absolute_url()

    response = browse("operator").get(url)
    assert b"".join(response.streaming_content).decode() == "合格"  # reading to the end closes it
    assert browse("other_operator").get(url).status_code == 404


def test_the_whole_way_by_buttons(browse, cast, project):
    today = timezone.localdate()
    post(browse("operator"), project, "quote", amount_yuan="120000", lead_days="30",
         valid_until_date=today.isoformat(), scope="三批")  # fmt: skip
    screen = browse("enterprise").get(project.get_absolute_url())
    form = next(form for row, form in screen.context["acts"] if row.name == "contract")
    assert form.initial["contract_amount_yuan"] == 120_000
    assert form.initial["promised_date"] == today + timedelta(days=30)
    post(browse("enterprise"), project, "contract", contract_amount_yuan="110000",
         contract_date=today.isoformat(), promised_date=today.isoformat())  # fmt: skip
    post(browse("operator"), project, "begin")
    post(browse("operator"), project, "deliver")

    project.refresh_from_db()
    assert (project.status, project.contract_amount_yuan) == (S.DELIVERED, 110_000)


def test_wrong_numbers_stay_on_the_screen(browse, project):
    response = post(
        browse("operator"), project, "quote", amount_yuan="-1", lead_days="30",
        valid_until_date="2020-01-01", scope="三批",
    )  # fmt: skip

    form = next(form for row, form in response.context["acts"] if row.name == "quote")
    assert set(form.errors) == {"amount_yuan"}
    assert "三批" in response.content.decode()
    assert not Quote.objects.exists()


def test_a_button_that_came_too_late_says_why(browse, cast, project, now):
    services.move_project(
        actor=cast.enterprise, project=project, name="cancel", reason="改期", now=now
    )

    response = post(browse("operator"), project, "decline", decline_reason="price", reason="太低")

    page = response.content.decode()
    assert "当前状态为“企业取消”，不能婉拒。" in page
    assert "太低" in page
    assert "改期" in page


def test_a_button_of_the_other_side_is_refused_with_the_reason(browse, project):
    response = post(browse("enterprise"), project, "decline", decline_reason="price", reason="无")

    assert response.status_code == 403
