"""The guided form of a demand: steps, saving, preview."""

import pytest
from django.urls import reverse

from demands.enums import Confidentiality, DemandStatus
from demands.models import Demand
from demands.services import new_slug
from tests.demands.conftest import page
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory
from tests.factories.demands import DemandFactory, open_demand
from tests.factories.taxonomy import TermFactory


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


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, ["done", "todo", "current", "todo", "todo", "todo"]),
        ({"description": ""}, ["todo", "todo", "current", "todo", "todo", "todo"]),
        ({"target_figures": "纯度 99.5%"}, ["done", "done", "current", "todo", "todo", "todo"]),
        ({"is_anonymous": True}, ["done", "todo", "current", "todo", "done", "todo"]),
    ],
)
def test_a_step_is_done_when_something_was_filled_in(client, sign_in, cast, stated, expected):
    row = DemandFactory(organisation=cast.home, posted_by=cast.owner, **stated)
    sign_in(cast.owner)

    answer = client.get(step_url(row, "conditions"))

    assert [step["state"] for step in answer.context["steps"]] == expected


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
