"""Pages: who gets them, what they post, and that nothing typed is lost."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import RoleAssignment
from cases import services
from cases.enums import CaseStatus, OutcomeStatus, ProjectStatus
from cases.models import Case, Message, Outcome, Project, Quote
from core.files import files_of
from core.models import ActivityLog
from tests.factories.accounts import OrganisationFactory
from tests.factories.cases import (
    CaseFactory,
    MessageFactory,
    OutcomeFactory,
    ProjectFactory,
    QuoteFactory,
    confirmed,
    published_case,
)
from tests.factories.demands import disclose, open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory
from tests.factories.taxonomy import TermFactory

S = ProjectStatus


@pytest.fixture
def browse(client, cast, settings):
    """A browser signed in as somebody of the cast."""
    settings.DEMO_MODE = True  # staff of the cast have no second factor

    def sign_in(who):
        user = getattr(cast, who)
        type(user).objects.filter(pk=user.pk).update(is_demo=True)
        client.force_login(user)
        return client

    return sign_in


def upload(name="验证报告.txt"):
    return SimpleUploadedFile(name, "合格".encode())


# ---- the list


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three_rows(
    browse, cast, rows, django_assert_num_queries
):
    ProjectFactory.create_batch(rows, platform=cast.platform)
    page = browse("operator")
    page.get(reverse("cases:projects"))  # the first page of a session also keeps the session

    with django_assert_num_queries(9):
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


# ---- the first question


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


# ---- the one screen


@pytest.mark.parametrize("rows", [1, 3])
def test_the_screen_costs_the_same_for_one_and_three_rows(
    browse, cast, project, rows, django_assert_num_queries
):
    MessageFactory.create_batch(rows, project=project)
    QuoteFactory.create_batch(rows, project=project)
    OutcomeFactory.create_batch(rows, project=project)
    page = browse("operator")
    page.get(project.get_absolute_url())

    with django_assert_num_queries(11):
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


# ---- outcomes


def claim_values(**changes):
    return {
        "kind": "verified", "achieved_date": timezone.localdate().isoformat(),
        "description": "三批合格", "evidence_grade": "B", "files": [upload()],
    } | changes  # fmt: skip


def test_claim_begins_with_the_facts_and_posts(browse, cast, reach):
    demand = open_demand(organisation=cast.firm, trl_current=4, trl_target=6)
    project = reach(S.DELIVERED, demand=demand, delivered_date=timezone.localdate())
    page = browse("operator")
    url = reverse("cases:claim", args=[project.number])

    form = page.get(url).context["form"]
    assert (form.initial["trl_before"], form.initial["achieved_date"]) == (4, timezone.localdate())
    response = page.post(url, claim_values())

    assert response.url == project.get_absolute_url()
    assert Outcome.objects.get().evidence_grade == "B"


def test_claim_without_evidence_says_so_at_the_field(browse, reach):
    project = reach(S.DELIVERED)
    values = claim_values()
    del values["files"]

    response = browse("operator").post(reverse("cases:claim", args=[project.number]), values)

    assert response.context["form"].errors == {"files": ["证据等级为 A 或 B 时须上传文件。"]}
    assert "三批合格" in response.content.decode()


def test_claim_is_refused_to_the_enterprise(browse, reach):
    project = reach(S.DELIVERED)

    url = reverse("cases:claim", args=[project.number])
    assert browse("enterprise").get(url).status_code == 403


@pytest.mark.parametrize(
    ("name", "values", "status"),
    [
        ("confirm", {"satisfaction": "4"}, OutcomeStatus.CONFIRMED),
        ("confirm", {}, OutcomeStatus.CONFIRMED),
        ("reject", {"reason": "只有一批"}, OutcomeStatus.REJECTED),
    ],
)
def test_the_enterprise_answers_in_the_portal(browse, reach, name, values, status):
    outcome = OutcomeFactory(project=reach(S.DELIVERED))
    page = browse("enterprise")

    assert page.get(outcome.get_absolute_url()).context["may_answer"]
    response = page.post(reverse("cases:answer", args=[outcome.pk, name]), values)

    assert response.url == outcome.project.get_absolute_url()
    outcome.refresh_from_db()
    assert outcome.status == status
    assert page.get(outcome.get_absolute_url()).status_code == 200


def test_a_rejection_without_reason_stays_on_the_page(browse, reach):
    outcome = OutcomeFactory(project=reach(S.DELIVERED))

    url = reverse("cases:answer", args=[outcome.pk, "reject"])
    response = browse("enterprise").post(url, {"reason": " "})

    assert set(response.context["reject_form"].errors) == {"reason"}


def test_a_second_answer_says_that_it_is_too_late(browse, reach):
    outcome = OutcomeFactory(project=reach(S.DELIVERED), status=OutcomeStatus.CONFIRMED)

    url = reverse("cases:answer", args=[outcome.pk, "confirm"])
    page = browse("enterprise").post(url, {}).content.decode()

    assert "当前状态为“企业已确认”" in page


def test_others_read_an_outcome_and_cannot_answer(browse, reach):
    outcome = OutcomeFactory(project=reach(S.DELIVERED))

    response = browse("operator").get(outcome.get_absolute_url())

    assert not response.context["may_answer"]
    assert "等待企业确认" in response.content.decode()
    assert browse("other_operator").get(outcome.get_absolute_url()).status_code == 404


@pytest.fixture
def link(reach, now):
    outcome = OutcomeFactory(project=reach(S.DELIVERED))
    secret = services.make_outcome_link(outcome=outcome, now=now)
    return reverse("cases:outcome_link", args=[outcome.pk, secret])


def test_the_link_shows_and_confirms_without_signing_in(visitor, link):
    page = visitor.get(link)
    assert page.status_code == 200
    assert "三批均达到指标" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert Outcome.objects.get().status == OutcomeStatus.CLAIMED

    response = visitor.post(link, {"answer": "confirm", "satisfaction": "5"})

    assert "已确认" in response.content.decode()
    assert Outcome.objects.get().satisfaction == 5
    assert visitor.get(link).status_code == 410


def test_the_link_rejects_with_a_reason(visitor, link):
    again = visitor.post(link, {"answer": "reject", "reason": ""})
    assert set(again.context["reject_form"].errors) == {"reason"}

    visitor.post(link, {"answer": "reject", "reason": "没做完"})

    assert Outcome.objects.get().status == OutcomeStatus.REJECTED


def test_the_link_does_nothing_else(visitor, link):
    assert visitor.post(link, {"answer": "delete"}).status_code == 200
    assert visitor.get(link[:-3] + "xx/").status_code == 410
    assert Outcome.objects.get().status == OutcomeStatus.CLAIMED


def test_the_link_of_somebody_who_left_is_refused(visitor, link):
    RoleAssignment.objects.update(ended_at=timezone.now())

    assert visitor.post(link, {"answer": "confirm"}).status_code == 403
    assert Outcome.objects.get().status == OutcomeStatus.CLAIMED


# ---- cases


@pytest.mark.parametrize("rows", [1, 3])
def test_the_library_costs_the_same_for_one_and_three_rows(
    visitor, db, rows, django_assert_num_queries
):
    field = TermFactory()
    for _ in range(rows):
        published_case(field=field)

    with django_assert_num_queries(8):
        response = visitor.get(reverse("cases:cases"))

    assert response.context["total"] == rows


def test_the_library_filters(visitor, db):
    field = TermFactory()
    old = published_case(source_date="2021", title="树脂放大", field=field)
    new = published_case(source_date="2025-03", platform=None, region=None)
    published_case(status="withdrawn")
    Case.objects.filter(pk=old.pk).update(search=services.stories.case_search(old))

    def found(**query):
        rows = visitor.get(reverse("cases:cases"), query).context["table"].data
        return [row.pk for row in rows]

    assert found() == [new.pk, old.pk]
    assert found(sort="year") == [old.pk, new.pk]
    assert found(year="2021") == found(region="440000") == found(field=field.code) == [old.pk]
    assert found(q="树脂") == [old.pk]
    assert found(platform=old.platform.slug) == [old.pk]


def test_a_case_from_a_mirror_shows_its_address_as_text(visitor, db):
    case = published_case(source_kind="mirror", source_url="https://mirror.example/1")

    page = visitor.get(case.get_absolute_url()).content.decode()

    assert "https://mirror.example/1" in page
    assert 'href="https://mirror.example/1"' not in page
    assert "（转载）" in page


def test_a_case_of_a_project_tells_who_agreed(visitor, cast, reach, now):
    project = reach(S.CLOSED, is_demo=True)
    confirmed(project, trl_before=4, trl_after=6)
    case = CaseFactory(
        project=project, platform=cast.platform, client_name="某企业", status="published",
        consented_at=now, published_at=now,
    )  # fmt: skip

    page = visitor.get(case.get_absolute_url()).content.decode()

    assert "某企业于" in page
    assert "演示数据" in page
    assert "4 → 6 级" in page
    assert project.number not in page


def test_drafts_are_not_public(visitor, project):
    case = CaseFactory(project=project)

    assert visitor.get(case.get_absolute_url()).status_code == 404


VALUES = {"title": "树脂放大", "client_name": "某企业", "summary": "三批", "result": "合格"}


def test_a_case_is_written_agreed_to_reviewed_and_published(browse, cast, reach, visitor):
    project = reach(S.CLOSED)
    confirmed(project)
    url = reverse("cases:write", args=[project.number])
    assert browse("operator").get(url).context["form"].initial["title"] == project.title
    browse("operator").post(url, VALUES)
    case = Case.objects.get()
    edit = reverse("cases:edit", args=[case.slug])
    version = browse("operator").get(edit).context["form"].initial["version"]
    assert browse("operator").post(edit, VALUES | {"version": version, "result": "优"}).url

    def move(who, name, **values):
        browse(who).post(reverse("cases:move", args=[case.slug, name]), values)
        case.refresh_from_db()
        return case.status

    assert move("operator", "ask_consent") == CaseStatus.IN_CONSENT
    assert "案例待您同意" in browse("enterprise").get(project.get_absolute_url()).content.decode()
    assert move("enterprise", "consent") == CaseStatus.IN_REVIEW
    assert case.title in browse("staff").get(reverse("cases:review")).content.decode()
    assert move("staff", "return") == CaseStatus.IN_REVIEW  # no reason given
    assert move("staff", "publish") == CaseStatus.PUBLISHED
    browse("staff").logout()
    assert "优" in visitor.get(case.get_absolute_url()).content.decode()


def test_an_old_version_of_a_draft_is_not_written_over(browse, cast, project):
    case = CaseFactory(project=project, platform=cast.platform)
    edit = reverse("cases:edit", args=[case.slug])

    stale = {"version": "2020-01-01T00:00:00+08:00"}
    response = browse("operator").post(edit, VALUES | stale)
    assert "内容已被他人修改" in response.content.decode()
    assert "树脂放大" in response.content.decode()

    for nonsense in ("gestern", "2020-13-01T00:00:00"):
        response = browse("operator").post(edit, VALUES | {"version": nonsense})
        assert response.status_code == 302


def test_writing_is_the_platforms_and_wants_confirmation(browse, cast, reach):
    project = reach(S.CLOSED)
    url = reverse("cases:write", args=[project.number])

    assert browse("enterprise").get(url).status_code == 403
    response = browse("operator").post(url, VALUES)
    assert "成果经企业确认以后才能撰写案例。" in response.content.decode()

    published = published_case(platform=cast.platform)
    assert browse("operator").get(reverse("cases:edit", args=[published.slug])).status_code == 403
    move = reverse("cases:move", args=[published.slug, "publish"])
    assert browse("enterprise").post(move).status_code == 403


def test_who_took_down_a_public_case_and_sees_it_no_more_lands_on_the_list(
    browse, cast, reach, now
):
    case = CaseFactory(project=reach(S.CLOSED), status="published", consented_at=now)

    move = reverse("cases:move", args=[case.slug, "withdraw"])
    response = browse("enterprise").post(move, {"reason": "不便公开"})

    assert response.url == case.get_absolute_url()


def test_the_review_queue_is_for_staff(browse):
    assert browse("enterprise").get(reverse("cases:review")).status_code == 403
    empty = browse("staff").get(reverse("cases:review")).content.decode()
    assert "没有等待审核的案例" in empty


# ---- figures


def test_figures_for_the_operator(browse, cast, project):
    ProjectFactory(platform=PlatformFactory(organisation=cast.runner))
    page = browse("operator")

    response = page.get(reverse("cases:figures"), {"period": "90"})

    assert response.context["funnel"].stages[0].count == 2
    assert "浏览" in response.content.decode()
    assert page.get(reverse("cases:figures"), {"period": "nonsense"}).status_code == 200


def test_figures_of_nothing_and_for_others(browse):
    assert "还没有咨询" in browse("other_operator").get(reverse("cases:figures")).content.decode()
    assert browse("enterprise").get(reverse("cases:figures")).status_code == 403


def test_reply_facts_stand_on_the_platforms_page(visitor, cast):
    asked = timezone.now() - timedelta(days=20)
    ProjectFactory(
        platform=cast.platform, asked_at=asked, reply_due_at=asked + timedelta(days=4),
        first_replied_at=asked + timedelta(minutes=1), status=S.IN_TALKS,
    )  # fmt: skip

    page = visitor.get(cast.platform.get_absolute_url()).content.decode()

    assert "按时回复率" in page
    assert "近一年 1 次咨询，回复 1 次" in page
