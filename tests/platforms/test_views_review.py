"""The staff's queue, as people click through it."""

from platforms.kinds import OFFERS
from platforms.services import edit_listing, move_listing
from tests.factories.platforms import (
    FACTORIES,
    CapabilityFactory,
    EquipmentFactory,
    PlatformFactory,
    ReportFactory,
)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_the_queue_is_for_staff(sign_in, operator):
    assert sign_in(operator).get("/review/listings/").status_code == 403


def test_the_queue_shows_the_oldest_of_my_region_first(sign_in, staff, other_staff, platform, now):
    new = CapabilityFactory(platform=platform, status="in_review", status_changed_at=now)
    old = EquipmentFactory(
        platform=platform, status="in_review", status_changed_at=now.replace(year=2025)
    )
    ReportFactory(platform=platform, note="大门已封")

    page = text(sign_in(staff).get("/review/listings/"))

    assert page.index(str(old)) < page.index(str(new))
    assert "大门已封" in page
    assert "没有待审核的信息" in text(sign_in(other_staff).get("/review/listings/"))


def test_publishing_several_at_once_tells_what_failed(sign_in, staff, operator, now):
    waiting = PlatformFactory(
        organisation=operator.organisations[0], status="in_review", status_changed_at=now
    )
    offer = CapabilityFactory(platform=waiting, status="in_review", status_changed_at=now)
    draft = EquipmentFactory(platform=waiting, status="draft")
    ids = [
        f"capabilities:{offer.pk}", f"platforms:{waiting.pk}", f"equipment:{draft.pk}", "x:1", "y",
    ]  # fmt: skip

    page = text(sign_in(staff).post("/review/listings/publish/", {"ids": ids}, follow=True))

    offer.refresh_from_db()
    assert offer.status == "published"
    assert "已发布 2 条" in page
    assert "不能通过并发布" in page


def test_review_shows_what_differs_from_the_published_version(
    sign_in, operator, staff, platform, now
):
    capability = CapabilityFactory(platform=platform, materials="旧物料", trl_low=3)
    capability.parameters.create(name="温度", low=20)
    move_listing(actor=staff, listing=capability, name="return", now=now, reason="请核对")
    edit_listing(actor=operator, listing=capability, values={"materials": "新物料"}, now=now)
    move_listing(actor=operator, listing=capability, name="submit", now=now)

    response = sign_in(staff).get(f"/review/listings/capabilities/{capability.slug}/")

    rows = [(row.label, row.before, row.after) for row in response.context["differences"]]
    assert rows == [("适用物料", "旧物料", "新物料")]
    page = text(response)
    for words in ("与上次发布的不同", "参数：温度", "通过并发布", "退回修改"):
        assert words in page


def test_review_of_a_first_version_has_no_differences(sign_in, staff, platform):
    for kind in OFFERS:
        listing = FACTORIES[kind.key](platform=platform, status="in_review")
        response = sign_in(staff).get(f"/review/listings/{kind.key}/{listing.slug}/")
        assert response.context["differences"] == []
        assert kind.label in text(response)


def test_returning_from_the_queue_leads_back_to_it(sign_in, staff, platform):
    capability = CapabilityFactory(platform=platform, status="in_review")

    response = sign_in(staff).post(
        f"/manage/capabilities/{capability.slug}/return/", {"reason": "请补价格"}
    )

    assert response.url == "/review/listings/"


def test_reports_are_closed_from_the_queue(sign_in, staff, platform):
    report = ReportFactory(platform=platform)

    response = sign_in(staff).post(f"/review/reports/{report.pk}/dismiss/", {"reason": "已核实"})

    assert response.url == "/review/listings/"


def test_overdue_lists_what_nobody_confirmed(sign_in, operator, staff, stranger, platform, now):
    CapabilityFactory(platform=platform, title="久未确认", confirmed_at=now.replace(year=2024))
    CapabilityFactory(platform=platform, title="刚刚确认", confirmed_at=now)

    for user in (operator, staff):
        page = text(sign_in(user).get("/manage/overdue/"))
        assert "久未确认" in page
        assert "刚刚确认" not in page
    assert "全部信息都在确认期限内" in text(sign_in(stranger).get("/manage/overdue/"))


def test_overdue_is_not_for_everybody(client, db):
    from tests.factories.accounts import UserFactory

    client.force_login(UserFactory())

    assert client.get("/manage/overdue/").status_code == 403
