"""Workbenches of demands: own, review queue, buttons."""

from django.urls import reverse

from demands.enums import DemandStatus
from demands.models import Demand
from tests.demands.conftest import page
from tests.factories.demands import DemandFactory, disclose, open_demand


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

    assert answer.url == reverse("demands:edit", args=[demand.slug, "what"])


def test_revoke_button(client, sign_in, cast, secret_demand):
    row = disclose(secret_demand, cast.platform.organisations[0])
    url = reverse("demands:answer", args=[secret_demand.slug, row.pk, "revoke"])
    sign_in(cast.platform)
    assert client.post(url).status_code == 403

    sign_in(cast.owner)
    assert row.organisation.name in page(client.get(secret_demand.get_absolute_url()))
    client.post(url)

    row.refresh_from_db()
    assert row.status == "revoked"
