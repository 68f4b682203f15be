import pytest
from django.urls import reverse

from core.models import ActivityLog
from demands.enums import Confidentiality, DemandStatus
from demands.models import Demand
from demands.services import new_slug
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory
from tests.factories.demands import DemandFactory, disclose, open_demand
from tests.factories.taxonomy import TermFactory


def page(answer):
    return answer.content.decode()


@pytest.fixture
def secret_demand(cast):
    return open_demand(
        organisation=cast.home,
        posted_by=cast.owner,
        confidentiality=Confidentiality.TEASER,
        teaser="需要反应釜",
        is_anonymous=True,
        contact_name="张工",
    )


# ---- public pages ----


def test_list_shows_teasers_and_no_drafts(visitor, cast, secret_demand):
    DemandFactory(organisation=cast.home, title="还没写完")

    shown = page(visitor.get("/demands/"))

    assert secret_demand.title in shown
    assert "需要反应釜" in shown
    assert secret_demand.description not in shown
    assert cast.home.name not in shown
    assert "还没写完" not in shown


def test_list_without_results_says_what_to_do(visitor, db):
    assert "没有符合条件的需求" in page(visitor.get("/demands/", {"q": "不存在的词"}))


def test_wrong_sort_and_page_do_no_harm(visitor, cast):
    open_demand(organisation=cast.home)

    answer = visitor.get("/demands/", {"sort": "contact_phone", "page": "x", "trl": "99"})

    assert answer.status_code == 200


def test_sort_by_deadline(visitor, cast):
    late = open_demand(organisation=cast.home, expires_date="2027-03-01")
    soon = open_demand(organisation=cast.home, expires_date="2027-02-01")

    shown = page(visitor.get("/demands/", {"sort": "expires_date"}))

    assert shown.index(soon.title) < shown.index(late.title)


def test_export_holds_nothing_confidential(visitor, cast, secret_demand):
    text = visitor.get("/demands/", {"export": "csv"}).content.decode("utf-8-sig")

    assert text.splitlines()[0] == (
        "编号,要做什么,需求单位,领域,地区,阶段,公开内容,发布日期,有效期至,状态,来源"
    )
    assert "匿名企业" in text
    assert "2026-11-01" in text
    assert secret_demand.description not in text


@pytest.mark.parametrize("count", [1, 3])
def test_list_queries(visitor, cast, django_assert_num_queries, count):
    for _ in range(count):
        open_demand(organisation=cast.home)
    visitor.get("/demands/")  # code lists into the cache

    with django_assert_num_queries(9):  # count, page and one a facet
        visitor.get("/demands/")


def test_htmx_gets_the_rows_only(visitor, cast):
    demand = open_demand(organisation=cast.home)

    shown = page(visitor.get("/demands/", headers={"HX-Request": "true"}))

    assert demand.title in shown
    assert "<html" not in shown


def test_page_of_a_confidential_demand_for_a_visitor(visitor, secret_demand):
    shown = page(visitor.get(secret_demand.get_absolute_url()))

    assert "需要反应釜" in shown
    assert "匿名企业" in shown
    assert secret_demand.description not in shown
    assert "张工" not in shown
    assert "经过" not in shown


def test_page_of_a_confidential_demand_for_a_platform_leaves_a_trace(
    client, sign_in, cast, secret_demand
):
    disclose(secret_demand, cast.platform.organisations[0])
    sign_in(cast.platform)

    shown = page(client.get(secret_demand.get_absolute_url()))

    assert secret_demand.description in shown
    assert "张工" in shown
    assert f"仅供 {cast.platform} 阅读" in shown
    noted = ActivityLog.objects.filter(action="demands.demand.read_full")
    assert noted.get().actor == cast.platform

    sign_in(cast.owner)
    shown = page(client.get(secret_demand.get_absolute_url()))
    assert "阅读了保密需求的全文" in shown
    assert "仅供" not in shown
    assert noted.count() == 1


def test_contact_of_a_public_demand_is_not_for_visitors(visitor, cast):
    demand = open_demand(organisation=cast.home, contact_name="张工", contact_phone="0760")

    assert "张工" not in page(visitor.get(demand.get_absolute_url()))


@pytest.mark.parametrize("status", ["draft", "in_review", "returned", "withdrawn"])
def test_what_is_not_public_does_not_exist_for_others(client, sign_in, cast, status):
    demand = DemandFactory(organisation=cast.home, status=status)
    sign_in(cast.stranger)

    assert client.get(demand.get_absolute_url()).status_code == 404


def test_starting_data_names_its_source_and_links_no_mirror(visitor, db):
    demand = open_demand(
        organisation=None,
        organisation_name="某公司",
        source_title="转载的报道",
        source_url="http://mirror.example/1",
        source_kind="mirror",
        source_date="2025",
    )

    shown = page(visitor.get(demand.get_absolute_url()))

    assert "转载的报道" in shown
    assert "2025" in shown
    assert "mirror.example" not in shown


# ---- the guided form ----


def step_url(demand, step):
    return reverse("demands:edit", args=[demand.slug, step])


def test_new_asks_to_sign_in(visitor, db):
    assert visitor.get("/demands/new/").status_code == 302


def test_new_without_an_organisation_says_what_is_missing(client, sign_in, cast):
    sign_in(cast.staff)

    answer = client.get("/demands/new/")

    assert answer.status_code == 403
    assert "发布需求要先有单位" in page(answer)


def test_first_step_makes_a_draft_once(client, sign_in, cast, now):
    sign_in(cast.owner)
    typed = {"slug": new_slug(now=now), "title": "聚合放大"}

    first = client.post("/demands/new/", typed)
    client.post("/demands/new/", typed | {"title": "聚合放大二"})

    demand = Demand.objects.get()
    assert demand.title == "聚合放大二"
    assert first.url == step_url(demand, "scale")


def test_first_step_of_people_with_several_organisations(client, sign_in, cast, now):
    other = OrganisationFactory()
    RoleAssignmentFactory(user=cast.owner, organisation=other)
    sign_in(cast.owner)
    assert other.name in page(client.get("/demands/new/"))

    client.post("/demands/new/", {"slug": new_slug(now=now), "organisation": other.pk})

    assert Demand.objects.get().organisation == other


def test_new_with_somebody_elses_number_is_refused(client, sign_in, cast, demand):
    sign_in(cast.stranger)

    answer = client.post("/demands/new/", {"slug": demand.slug, "title": "改"})

    assert answer.status_code == 400
    assert Demand.objects.get().title != "改"


@pytest.mark.parametrize(("go", "target"), [("", "conditions"), ("back", "what"), ("leave", None)])
def test_every_button_saves(client, sign_in, cast, demand, go, target):
    sign_in(cast.owner)

    answer = client.post(
        step_url(demand, "scale"), {"scale_high": "50", "scale_unit": "kg/批", "go": go}
    )

    assert Demand.objects.get().scale_high == 50
    assert answer.url == (step_url(demand, target) if target else reverse("demands:manage"))


def test_a_wrong_field_keeps_what_was_typed_and_saves_the_rest(client, sign_in, cast, demand):
    sign_in(cast.owner)

    answer = client.post(
        step_url(demand, "scale"), {"scale_high": "很多", "target_figures": "纯度 99.5%"}
    )

    shown = page(answer)
    assert answer.status_code == 200
    assert "很多" in shown
    assert "输入一个数字。" in shown
    assert Demand.objects.get().target_figures == "纯度 99.5%"


def test_contradicting_fields_are_told(client, sign_in, cast, demand):
    sign_in(cast.owner)

    shown = page(
        client.post(
            step_url(demand, "scale"),
            {"scale_low": "80", "scale_high": "50", "scale_unit": "kg/批"},
        )
    )

    assert "规模下限不能大于上限。" in shown
    assert Demand.objects.get().scale_low is None


@pytest.mark.parametrize(
    ("step", "typed", "message"),
    [
        ("scale", {"scale_high": "5"}, "请选择规模的单位。"),
        ("terms", {"deadline_date": "2020-01-01"}, "日期已经过去，请选择今天或以后的日期。"),
        ("what", {"field": "999999"}, "选择一个有效的选项"),
    ],
)
def test_errors_stand_at_their_field(client, sign_in, cast, demand, step, typed, message):
    sign_in(cast.owner)

    assert message in page(client.post(step_url(demand, step), typed))


def test_money_is_typed_in_wan(client, sign_in, cast, demand):
    sign_in(cast.owner)

    client.post(step_url(demand, "terms"), {"budget_high_yuan": "12.5"})

    assert Demand.objects.get().budget_high_yuan == 125_000
    assert 'value="12.5"' in page(client.get(step_url(demand, "terms")))


def test_autosave_answers_with_time_advice_and_version(client, sign_in, cast, demand):
    sign_in(cast.owner)

    shown = page(
        client.post(
            step_url(demand, "what"),
            {"title": "新题", "description": "短"},
            headers={"HX-Request": "true"},
        )
    )

    demand.refresh_from_db()
    assert demand.title == "新题"
    assert "已自动保存" in shown
    assert "选择所属领域" in shown
    assert demand.updated_at.isoformat() in shown
    assert "<html" not in shown


def test_autosave_tells_what_is_wrong(client, sign_in, cast, demand):
    sign_in(cast.owner)

    shown = page(
        client.post(step_url(demand, "scale"), {"scale_high": "x"}, headers={"HX-Request": "true"})
    )

    assert "其他内容已保存" in shown
    assert "规模上限：输入一个数字。" in shown


def test_somebody_elses_save_in_between_is_a_conflict(client, sign_in, cast, demand):
    sign_in(cast.owner)
    seen = demand.updated_at.isoformat()
    sign_in(cast.operator_owner)
    client.post(step_url(demand, "what"), {"title": "同事改的"})
    sign_in(cast.owner)

    shown = page(client.post(step_url(demand, "what"), {"title": "我改的", "version": seen}))

    assert "内容已被他人修改" in shown
    assert "我改的" in shown
    assert Demand.objects.get().title == "同事改的"


def test_steps_that_do_not_exist(client, sign_in, cast, demand):
    sign_in(cast.owner)

    assert client.get(step_url(demand, "nothing")).status_code == 404


def test_an_open_demand_is_not_edited_in_steps(client, sign_in, cast):
    demand = open_demand(organisation=cast.home)
    sign_in(cast.owner)

    assert client.get(step_url(demand, "what")).status_code == 403


def test_preview_shows_both_faces(client, sign_in, cast):
    demand = DemandFactory(
        organisation=cast.home,
        confidentiality=Confidentiality.TEASER,
        teaser="需要反应釜",
        is_anonymous=True,
    )
    sign_in(cast.owner)

    shown = page(client.get(step_url(demand, "preview")))

    public, _, full = shown.partition("您授权的平台和管辖部门看到的")
    assert "匿名企业" in public
    assert demand.description not in public
    assert demand.description in full
    assert cast.home.name in full


def test_submit_from_the_preview(client, sign_in, cast, demand):
    sign_in(cast.owner)
    preview = step_url(demand, "preview")

    refused = page(client.post(preview, {}))
    assert "请先核对：内容不涉及国家秘密，也不含他人的商业秘密。" in refused
    assert Demand.objects.get().status == DemandStatus.DRAFT

    answer = client.post(preview, {"is_secrecy_confirmed": "on"})
    assert answer.url == demand.get_absolute_url()
    assert Demand.objects.get().status == DemandStatus.IN_REVIEW


def test_submit_leads_to_what_is_missing(client, sign_in, cast):
    demand = DemandFactory(organisation=cast.home, confidentiality=Confidentiality.TEASER)
    sign_in(cast.owner)

    shown = page(client.post(step_url(demand, "preview"), {"is_secrecy_confirmed": "on"}))

    assert "只公开摘要时，请写一段可以公开的摘要。" in shown
    assert f"{step_url(demand, 'visibility')}#id_teaser" in shown


def test_preview_of_an_organisation_that_is_not_approved(client, sign_in, cast, demand):
    cast.home.status = "pending"
    cast.home.save()
    sign_in(cast.owner)

    assert "单位资料还没有通过审核" in page(client.get(step_url(demand, "preview")))


def test_amend_page(client, sign_in, cast):
    field = TermFactory()
    demand = open_demand(organisation=cast.home)
    sign_in(cast.owner)
    url = reverse("demands:amend", args=[demand.slug])
    assert client.get(url).status_code == 200
    typed = {
        "title": demand.title,
        "description": "改成 80 L 釜",
        "field": field.pk,
        "confidentiality": "public",
        "expires_date": demand.expires_date.isoformat(),
        "region": "中山市",
    }

    wrong = page(client.post(url, typed | {"description": ""}))
    assert "请先填写“具体需求”。" in wrong
    answer = client.post(url, typed)

    assert answer.url == demand.get_absolute_url()
    assert Demand.objects.get().description == "改成 80 L 釜"


# ---- workbenches ----


def test_manage_shows_own_demands_in_every_state(client, sign_in, cast):
    for status in DemandStatus:
        DemandFactory(organisation=cast.home, status=status, title=f"需求{status.value}")
    DemandFactory(title="别家的")
    sign_in(cast.owner)

    shown = page(client.get("/manage/demands/"))

    assert all(f"需求{status.value}" in shown for status in DemandStatus)
    assert "别家的" not in shown


def test_manage_without_demands_says_what_to_do(client, sign_in, cast):
    sign_in(cast.owner)

    assert "还没有需求" in page(client.get("/manage/demands/"))


def test_review_queue_holds_what_waits_in_the_region(client, sign_in, cast):
    here = DemandFactory(organisation=cast.home, status=DemandStatus.IN_REVIEW)
    done = open_demand(organisation=cast.home)
    sign_in(cast.city_staff)

    shown = page(client.get("/review/demands/"))
    assert here.title in shown
    assert done.title not in shown
    assert done.title in page(client.get("/review/demands/?scope=all"))

    sign_in(cast.far_staff)
    assert "没有等待审核的需求" in page(client.get("/review/demands/"))


def test_review_is_not_for_owners(client, sign_in, cast):
    sign_in(cast.owner)

    assert client.get("/review/demands/").status_code == 403
    assert client.post("/review/demands/publish/", {"ids": [1]}).status_code == 403


def test_publish_many(client, sign_in, cast):
    rows = [DemandFactory(organisation=cast.home, status=DemandStatus.IN_REVIEW) for _ in "12"]
    open_one = open_demand(organisation=cast.home)
    sign_in(cast.staff)

    ids = [row.pk for row in (*rows, open_one)]
    shown = page(client.post("/review/demands/publish/", {"ids": [*ids, "x"]}, follow=True))

    assert "已发布 2 条需求" in shown
    assert "当前状态为“征集中”，不能通过并发布。" in shown
    assert Demand.objects.open().count() == 3


def test_publish_many_of_another_region_changes_nothing(client, sign_in, cast):
    demand = DemandFactory(organisation=cast.home, status=DemandStatus.IN_REVIEW)
    sign_in(cast.far_staff)

    client.post("/review/demands/publish/", {"ids": [demand.pk]})

    assert Demand.objects.open().count() == 0


def test_return_button_wants_a_reason(client, sign_in, cast):
    demand = DemandFactory(organisation=cast.home, status=DemandStatus.IN_REVIEW)
    sign_in(cast.staff)
    url = reverse("demands:transition", args=[demand.slug, "return"])

    assert "请写明原因。" in page(client.post(url, {"reason": ""}, follow=True))
    client.post(url, {"reason": "请写规模"})

    assert Demand.objects.get().status == DemandStatus.RETURNED
    sign_in(cast.owner)
    assert "请写规模" in page(client.get(demand.get_absolute_url()))


def test_buttons_refuse_strangers_and_get(client, sign_in, cast):
    demand = open_demand(organisation=cast.home)
    url = reverse("demands:transition", args=[demand.slug, "withdraw"])
    sign_in(cast.stranger)

    assert client.get(url).status_code == 405
    assert client.post(url, {"reason": "x"}).status_code == 403
    assert Demand.objects.get().is_open


def test_reopen_leads_back_to_the_form(client, sign_in, cast):
    demand = DemandFactory(organisation=cast.home, status=DemandStatus.WITHDRAWN)
    sign_in(cast.owner)

    answer = client.post(reverse("demands:transition", args=[demand.slug, "reopen"]))

    assert answer.url == step_url(demand, "what")


def test_revoke_button(client, sign_in, cast, secret_demand):
    row = disclose(secret_demand, cast.platform.organisations[0])
    url = reverse("demands:revoke", args=[secret_demand.slug, row.pk])
    sign_in(cast.platform)
    assert client.post(url).status_code == 403

    sign_in(cast.owner)
    assert row.organisation.name in page(client.get(secret_demand.get_absolute_url()))
    client.post(url)

    row.refresh_from_db()
    assert row.revoked_at is not None
