"""The operator's workbench, as people click through it."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from platforms.kinds import KINDS, OFFERS
from platforms.models import (
    Capability,
    Equipment,
    Expert,
    ListingReport,
    Platform,
    PlatformClaim,
)
from platforms.services import edit_listing, equipment_template, move_listing
from tests.factories.platforms import (
    FACTORIES,
    CapabilityFactory,
    EquipmentFactory,
    ExpertFactory,
    PlatformFactory,
    ReportFactory,
    SolutionFactory,
)

SHEET = {
    "parameters-TOTAL_FORMS": "2", "parameters-INITIAL_FORMS": "0",
    "parameters-0-name": "温度", "parameters-0-low": "20", "parameters-0-high": "300",
    "parameters-0-unit": "℃", "parameters-1-name": "",
}  # fmt: skip


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def form_data(response, **changes):
    """What a browser would post back from the form of a page."""
    form = response.context["form"]
    data = {}
    for field in form:
        value = field.value()
        if value is None or value is False:
            continue
        data[field.html_name] = value
    return {**data, **changes}


def test_signed_out_people_are_asked_to_sign_in(visitor, platform):
    for url in ("/manage/platforms/", f"/manage/platforms/{platform.slug}/", "/review/listings/"):
        assert visitor.get(url).status_code == 302


def test_mine_shows_my_platforms(sign_in, operator, platform):
    other = PlatformFactory(name="别家平台")

    page = text(sign_in(operator).get("/manage/platforms/"))

    assert str(platform) in page
    assert str(other) not in page
    assert "1 条待确认" in page


def test_mine_says_what_to_do_first(sign_in, stranger):
    assert "查找并认领" in text(sign_in(stranger).get("/manage/platforms/"))


def test_workbench_says_what_is_missing_and_why(sign_in, operator, platform):
    EquipmentFactory(platform=platform)
    report = ReportFactory(platform=platform, note="空号")
    client = sign_in(operator)

    page = text(client.get(f"/manage/platforms/{platform.slug}/"))

    for words in ("还缺什么", "企业先看简介", "空号", "待确认的信息", "下架"):
        assert words in page
    client.post(f"/review/reports/{report.pk}/resolve/")
    assert ListingReport.objects.get().status == "resolved"


def test_workbench_is_closed_to_others(sign_in, stranger, platform):
    client = sign_in(stranger)

    response = client.get(f"/manage/platforms/{platform.slug}/")

    assert response.status_code == 403
    assert "只有平台运营单位可以这样做" in response.content.decode()


def test_a_returned_platform_shows_the_reason(sign_in, operator, staff, platform, now):
    move_listing(actor=staff, listing=platform, name="return", now=now, reason="请补电话")

    page = text(sign_in(operator).get(f"/manage/platforms/{platform.slug}/"))

    assert "请补电话" in page


def test_registering_a_platform(sign_in, operator, db):
    client = sign_in(operator)
    from_page = client.get("/manage/platforms/new/")

    wrong = client.post("/manage/platforms/new/", {"name": "新平台", "region": "不存在的地方"})
    PlatformFactory()  # makes 中山市
    right = client.post(
        "/manage/platforms/new/", {"name": "新平台", "region": "广东省中山市", "is_open": "true"}
    )

    assert "登记中试平台" in text(from_page)
    assert "没有找到“不存在的地方”" in text(wrong)
    assert "新平台" in text(wrong)
    made = Platform.objects.get(name="新平台")
    assert right.url == f"/manage/platforms/{made.slug}/"
    assert (made.region_id, made.is_open) == ("442000", True)


@pytest.mark.parametrize("kind", OFFERS, ids=lambda kind: kind.key)
def test_every_kind_has_its_list_and_its_forms(sign_in, operator, platform, kind):
    client = sign_in(operator)
    empty = text(client.get(f"/manage/platforms/{platform.slug}/{kind.key}/"))
    offer = FACTORIES[kind.key](platform=platform, status="draft")

    filled = text(client.get(f"/manage/platforms/{platform.slug}/{kind.key}/"))

    assert f"还没有{kind.label}" in empty
    assert str(offer) in filled
    assert "提交审核" in filled
    for url in (
        f"/manage/platforms/{platform.slug}/{kind.key}/new/",
        f"/manage/{kind.key}/{offer.slug}/edit/",
    ):
        assert kind.label in text(client.get(url))


@pytest.mark.parametrize("key", KINDS)
def test_saving_an_unchanged_form_changes_nothing_but_confirms(sign_in, operator, platform, key):
    client = sign_in(operator)
    listing = platform if key == "platforms" else FACTORIES[key](platform=platform)
    if key == "solutions":
        listing.capabilities.add(CapabilityFactory(platform=platform))
    url = f"/manage/{key}/{listing.slug}/edit/"
    before = type(listing).objects.get(pk=listing.pk)

    response = client.post(url, {**form_data(client.get(url)), **SHEET, "parameters-0-name": "",
        "parameters-0-low": "", "parameters-0-high": "", "parameters-0-unit": ""})  # fmt: skip

    after = type(listing).objects.get(pk=listing.pk)
    assert response.status_code == 302, response.context["form"].errors
    assert after.confirmed_at is not None
    skipped = {"confirmed_at", "updated_at", "search", "completeness"}
    for field in after._meta.concrete_fields:
        if field.name not in skipped:
            assert getattr(after, field.attname) == getattr(before, field.attname), field.name


def test_adding_a_capability_with_its_sheet(sign_in, operator, platform):
    url = f"/manage/platforms/{platform.slug}/capabilities/new/"

    response = sign_in(operator).post(
        url,
        {
            "title": "树脂放大",
            "scale_low": "10",
            "scale_high": "200",
            "scale_unit": "kg/批",
            **SHEET,
        },
    )

    made = Capability.objects.get()
    assert response.url == f"/manage/capabilities/{made.slug}/edit/"
    assert made.scale_display == "10–200 kg/批"
    assert [row.value_display for row in made.parameters.all()] == ["20–300 ℃"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scale_low": "300"}, "规模下限不能大于上限"),
        ({"scale_unit": ""}, "写了数字就要写单位"),
        ({"price_model": "negotiable"}, "为什么面议"),
        ({"title": ""}, "请填写"),
        ({"parameters-0-name": ""}, "请写参数名称"),
        ({"parameters-0-high": "1"}, "参数下限不能大于上限"),
        ({"parameters-1-name": "温度"}, "同一参数只填一次"),
        ({"parameters-0-unit": "筐"}, "不认识单位“筐”"),
        ({"scale_unit": "公升斤"}, "不认识单位“公升斤”"),
    ],
)
def test_wrong_input_is_named_and_nothing_typed_is_lost(
    sign_in, operator, platform, changes, words
):
    url = f"/manage/platforms/{platform.slug}/capabilities/new/"
    data = {
        "title": "树脂放大", "scale_low": "10", "scale_high": "200", "scale_unit": "kg/批",
        "materials": "双酚A", **SHEET, **changes,
    }  # fmt: skip

    page = text(sign_in(operator).post(url, data))

    assert words in page
    assert "双酚A" in page
    assert not Capability.objects.exists()


def test_an_outdated_form_is_told_so(sign_in, operator, platform, now):
    client = sign_in(operator)
    equipment = EquipmentFactory(platform=platform)
    url = f"/manage/equipment/{equipment.slug}/edit/"
    data = form_data(client.get(url), maker="后到")
    edit_listing(actor=operator, listing=equipment, values={"maker": "先到"}, now=now)

    page = text(client.post(url, data))

    assert "已被他人修改" in page
    assert Equipment.objects.get().maker == "先到"


def test_an_expert_is_public_with_consent_only(sign_in, operator, platform):
    client = sign_in(operator)
    expert = ExpertFactory(platform=platform, status="draft", consented_at=None)
    url = f"/manage/experts/{expert.slug}/edit/"

    refused = client.post(f"/manage/experts/{expert.slug}/submit/")
    client.post(url, form_data(client.get(url), has_consent="on", engagement_modes=["mentor"]))
    allowed = client.post(f"/manage/experts/{expert.slug}/submit/")

    saved = Expert.objects.get()
    assert (refused.status_code, allowed.status_code) == (403, 302)
    assert (saved.status, saved.engagement_modes) == ("in_review", ["mentor"])


def test_buttons_move_confirm_and_discard(sign_in, operator, platform):
    client = sign_in(operator)
    capability = CapabilityFactory(platform=platform)
    draft = CapabilityFactory(platform=platform, status="draft")
    base = f"/manage/capabilities/{capability.slug}"

    confirmed = client.post(f"{base}/confirm/")
    without = client.post(f"{base}/withdraw/", follow=True)
    client.post(f"{base}/withdraw/", {"reason": "检修"})
    client.post(f"/manage/capabilities/{draft.slug}/discard/")

    saved = Capability.objects.get()
    assert confirmed.url == f"/manage/platforms/{platform.slug}/capabilities/"
    assert "请写明原因" in without.content.decode()
    assert (saved.status, saved.confirmed_at is None) == ("withdrawn", False)
    assert client.get(f"{base}/withdraw/").status_code == 405
    assert client.post(f"{base}/approve/").status_code == 403


def test_discarding_a_platform_leads_home(sign_in, operator):
    platform = PlatformFactory(organisation=operator.organisations[0], status="draft")

    response = sign_in(operator).post(f"/manage/platforms/{platform.slug}/discard/")

    assert response.url == "/manage/platforms/"
    assert not Platform.objects.exists()


def test_confirming_everything_at_once(sign_in, operator, platform):
    CapabilityFactory(platform=platform)

    page = text(
        sign_in(operator).post(f"/manage/platforms/{platform.slug}/confirm-all/", follow=True)
    )

    assert "已确认 2 条" in page


def test_claiming_a_platform(sign_in, operator, staff):
    free = PlatformFactory(organisation=None)
    client = sign_in(operator)
    url = f"/platforms/{free.slug}/claim/"

    empty = text(client.post(url, {"note": ""}))
    paper = SimpleUploadedFile("批复.txt", "同意".encode())
    done = client.post(url, {"note": "我们建设的", "files": paper})
    twice = text(client.post(url, {"note": "再来一次"}))

    claim = PlatformClaim.objects.get()
    assert "请填写" in empty
    assert done.url == free.get_absolute_url()
    assert "正在审核" in twice
    queue = text(sign_in(staff).get("/review/listings/"))
    assert "我们建设的" in queue
    assert "批复.txt" in queue
    client.post(f"/review/claims/{claim.pk}/approve/")
    free.refresh_from_db()
    assert free.organisation == claim.organisation


def test_importing_equipment(sign_in, operator, platform):
    client = sign_in(operator)
    url = reverse("platforms:import", args=[platform.slug])

    template = client.get(f"{url}?template=1")
    wrong = client.post(url, {"file": SimpleUploadedFile("a.xlsx", b"nonsense")})
    file = SimpleUploadedFile("设备.xlsx", BytesIO(equipment_template()).read())
    content = client.post(url, {"file": file}).context["content"]
    done = client.post(url, {"content": content}, follow=True)

    assert template.content.startswith(b"PK")
    assert "下载模板" in text(client.get(url))
    assert "文件内容与扩展名" in text(wrong)
    assert "已导入 1 条草稿" in text(done)


def test_other_addresses_under_manage_are_left_to_other_apps(sign_in, operator, platform):
    capability = CapabilityFactory(platform=platform)
    client = sign_in(operator)

    assert client.get(f"/manage/capabilities/{capability.slug}/nothing/").status_code == 404
    assert client.get("/manage/nothing/x/edit/").status_code == 404


def test_solutions_choose_among_their_own_capabilities(sign_in, operator, platform):
    own = CapabilityFactory(platform=platform, title="自家能力")
    CapabilityFactory(title="别家能力")
    solution = SolutionFactory(platform=platform, status="draft")

    page = text(sign_in(operator).get(f"/manage/solutions/{solution.slug}/edit/"))

    assert own.title in page
    assert "别家能力" not in page
