"""Pages of neighbours: who sees them, adding one, pulling, settling conflicts."""

from __future__ import annotations

import pytest

from accounts.enums import Role
from core.models import ActivityLog
from exchange.models import Peer, PulledRecord, PullJob
from platforms.models import Platform
from tests.exchange.test_pulling import LATER, their_platform
from tests.factories.accounts import person
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import guangdong


@pytest.fixture
def conflict(neighbour, pull):
    """A record whose summary and address both sides have."""
    PlatformFactory(
        name="树脂放大平台", organisation=None, operator_name="某研究院", summary="本地写法",
        address="本地路",
    )  # fmt: skip
    neighbour.publish("platforms", their_platform(summary="对方写法", address="对方路"))
    pull()
    return PulledRecord.objects.get()


def test_only_those_who_run_the_portal_see_neighbours(sign_in, peer, staff, city_staff):
    paths = ["", "new/", f"{peer.pk}/", f"{peer.pk}/records/", f"{peer.pk}/conflicts/"]
    people = [staff, person(Role.SYSTEM_ADMIN), city_staff, person(Role.ENTERPRISE)]

    answers = []
    for who in people:
        client = sign_in(who)
        answers.append([client.get(f"/manage/peers/{path}").status_code for path in paths])

    refused = [403, 403, 404, 404, 404]
    assert answers == [[200] * 5, [200] * 5, refused, refused]


def test_lists_cost_the_same_for_one_and_three(
    sign_in, staff, peer, conflict, django_assert_num_queries
):
    client = sign_in(staff)
    pages = {"/manage/peers/": 7, f"/manage/peers/{peer.pk}/records/": 8}

    def ask() -> None:
        for page, count in pages.items():
            with django_assert_num_queries(count):
                client.get(page)

    client.get("/manage/peers/")
    ask()
    for number in range(2):
        Peer.objects.create(name=f"又{number}", base_url=f"https://{number}.cn", region=guangdong())
        PulledRecord.objects.create(peer=peer, kind="platform", remote_id=str(number))
    ask()


def test_a_neighbour_is_added_and_changed(sign_in, staff, settings):
    settings.SITE_URL = "https://here.example.cn"
    client = sign_in(staff)
    given = {"name": "中山平台", "base_url": "https://zs.example.cn/", "region": guangdong().pk}

    client.post("/manage/peers/new/", given)
    peer = Peer.objects.get()
    twice = client.post("/manage/peers/new/", given)
    own = client.post("/manage/peers/new/", {**given, "base_url": f"{settings.SITE_URL}/"})
    client.post(f"/manage/peers/{peer.pk}/edit/", {**given, "is_active": "on"})

    assert peer.base_url == "https://zs.example.cn"
    assert "这个门户已经登记。" in twice.content.decode()
    assert "这是本站自己的网址。" in own.content.decode()
    assert [Peer.objects.count(), Peer.objects.get().is_active] == [1, True]
    assert ActivityLog.objects.filter(action__startswith="exchange.peer.").count() == 2


def test_pulling_now_makes_one_job(sign_in, staff, peer):
    signed_in = sign_in(staff)

    signed_in.post(f"/manage/peers/{peer.pk}/pull/")

    page = signed_in.post(f"/manage/peers/{peer.pk}/pull/", follow=True).content.decode()
    assert PullJob.objects.get().owner == staff
    assert "正在同步，请等它完成。" in page


def test_a_conflict_shows_both_values_and_theirs_are_taken(sign_in, staff, peer, conflict):
    client = sign_in(staff)

    page = client.get(f"/manage/peers/{peer.pk}/conflicts/").content.decode()
    client.post(
        f"/manage/peers/records/{conflict.pk}/settle/", {"field": ["summary"], "take": "theirs"}
    )

    conflict.refresh_from_db()
    assert all(text in page for text in ("本地写法", "对方写法", "本地路", "对方路"))
    assert Platform.objects.get().summary == "对方写法"
    assert conflict.conflicts == ["address"]
    row = ActivityLog.objects.get(action="exchange.pulledrecord.settle")
    assert (row.actor, row.data) == (staff, {"take": "theirs", "fields": ["summary"]})


def test_keeping_ours_is_remembered(sign_in, staff, neighbour, conflict, pull):
    client = sign_in(staff)

    client.post(
        f"/manage/peers/records/{conflict.pk}/settle/",
        {"field": ["summary", "address"], "take": "ours"},
    )
    neighbour.change("platforms", "theirs", LATER, niche="新加的")
    pull()

    conflict.refresh_from_db()
    platform = Platform.objects.get()
    assert (platform.summary, platform.niche, conflict.conflicts) == ("本地写法", "新加的", [])


@pytest.mark.parametrize("given", [{"take": "theirs"}, {"field": ["summary"], "take": "both"}])
def test_an_unclear_decision_changes_nothing(sign_in, staff, conflict, given):
    sign_in(staff).post(f"/manage/peers/records/{conflict.pk}/settle/", given)

    conflict.refresh_from_db()
    assert sorted(conflict.conflicts) == ["address", "summary"]
    assert Platform.objects.get().summary == "本地写法"


def test_others_settle_nothing(sign_in, city_staff, conflict):
    answer = sign_in(city_staff).post(
        f"/manage/peers/records/{conflict.pk}/settle/", {"field": ["summary"], "take": "theirs"}
    )

    assert answer.status_code == 404
    assert Platform.objects.get().summary == "本地写法"


def test_a_record_leads_to_its_row_here(sign_in, staff, conflict):
    PulledRecord.objects.create(peer=conflict.peer, kind="demand", remote_id="x", note="不取")
    client = sign_in(staff)

    answers = [
        client.get(f"/manage/peers/records/{row.pk}/")
        for row in PulledRecord.objects.order_by("pk")
    ]

    assert answers[0].url == Platform.objects.get().get_absolute_url()
    assert answers[1].status_code == 404


def test_records_that_are_not_taken_come_last(sign_in, staff, peer, now):
    for number, note in enumerate(["不取", "", "不取"]):
        PulledRecord.objects.create(
            peer=peer, kind="demand", remote_id=str(number), note=note, label=f"第{number}条",
            remote_updated_at=now,
        )  # fmt: skip

    rows = sign_in(staff).get(f"/manage/peers/{peer.pk}/records/").context["table"].rows

    assert [row.record.label for row in rows] == ["第1条", "第2条", "第0条"]


def test_a_conflict_of_a_row_that_is_not_public_here_takes_nothing(sign_in, staff, peer, conflict):
    Platform.objects.update(status="withdrawn")
    client, given = sign_in(staff), {"field": ["summary"], "take": "theirs"}

    refused = client.post(f"/manage/peers/records/{conflict.pk}/settle/", given, follow=True)
    Platform.objects.all().delete()
    gone = client.get(f"/manage/peers/{peer.pk}/conflicts/")

    conflict.refresh_from_db()
    assert "已经下架" in refused.content.decode()
    assert sorted(conflict.conflicts) == ["address", "summary"]
    assert gone.context["conflicts"] == []
