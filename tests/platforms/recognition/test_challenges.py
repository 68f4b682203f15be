"""Challenge lists (C05): drafted, published, bid for, won by one, accepted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import Conflict, DomainError, Refused
from core.models import Event
from notifications.models import Notification
from platforms import services
from platforms.access import ChallengeItemAccess
from platforms.models import Application, Assessment, ChallengeItem
from platforms.selectors.challenges import bids_for, challenge_rows, draft_programmes, open_items
from platforms.services import recognition_messages
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import (
    ApplicationFactory,
    AssignmentFactory,
    ChallengeItemFactory,
    ProgrammeFactory,
    dongguan,
)
from tests.factories.taxonomy import chengdu, guangdong, process_kind, zhongshan


@pytest.fixture
def draft(db):
    return ProgrammeFactory(status="draft")


def values(programme, **more):
    return {
        "programme": programme, "title": "聚合中试平台", "process_kind": process_kind(),
        "region": zhongshan(), "requirement": "千升级", "support_wan": Decimal(500),
        "finish_by_date": timezone.localdate() + timedelta(days=700),
    } | more  # fmt: skip


def save(actor, programme, now, item=None, version="", unmet_count=7, **more):
    return services.save_challenge_item(
        actor=actor, values=values(programme, **more), unmet_count=unmet_count, item=item,
        version=version, now=now,
    )  # fmt: skip


def state_of(item):
    return challenge_rows(ChallengeItem.objects.filter(pk=item.pk)).get().state


def test_staff_draft_and_correct_an_item(province, draft, now):
    item = save(province, draft, now)
    again = save(
        province, ProgrammeFactory(), now, item=item, title="改名", unmet_count=9,
        version=item.updated_at.isoformat(),
    )  # fmt: skip

    again.refresh_from_db()
    assert (again.pk, again.title, again.programme, again.unmet_count) == (
        item.pk, "改名", draft, 9,
    )  # fmt: skip
    assert (item.place, item.demands_query) == (
        "聚合 × 中山市", "process=polymerisation&region=442000",
    )  # fmt: skip
    with pytest.raises(Conflict):
        save(province, draft, now, item=item, version="stale")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"finish_by_date": timezone.localdate()}, "finish_by_date"),
        ({"region": "chengdu"}, "region"),
        ({"title": ""}, "title"),
        ({"process_kind": None}, None),
        ({"support_wan": Decimal(0)}, None),
    ],
)
def test_an_impossible_item_is_refused(more, field, province, draft, now):
    if "region" in more:
        more = {"region": chengdu()}
    with pytest.raises(DomainError) as error:
        save(province, draft, now, **more)
    assert error.value.field == field
    assert not ChallengeItem.objects.exists()


def test_the_same_title_twice_is_refused(province, draft, now):
    save(province, draft, now)
    with pytest.raises(DomainError, match="同名"):
        save(province, draft, now)
    assert ChallengeItem.objects.count() == 1


def test_others_neither_draft_nor_delete(operator, staff, other_staff, stranger, draft, now):
    item = ChallengeItemFactory(programme=draft)
    for user in (operator, staff, other_staff, stranger):
        with pytest.raises(Refused):
            save(user, draft, now)
        with pytest.raises(Refused):
            services.delete_challenge_item(actor=user, item=item, now=now)
    assert ChallengeItem.objects.get() == item


def test_a_published_list_stands(province, now):
    item = ChallengeItemFactory()
    with pytest.raises(Refused):
        save(province, item.programme, now)
    with pytest.raises(Refused):
        save(province, item.programme, now, item=item)
    with pytest.raises(Refused):
        services.delete_challenge_item(actor=province, item=item, now=now)
    assert list(ChallengeItem.objects.values_list("title", flat=True)) == [item.title]


def test_an_item_is_taken_out_before_publishing(province, draft, now):
    item = ChallengeItemFactory(programme=draft)

    services.delete_challenge_item(actor=province, item=item, now=now)

    assert not ChallengeItem.objects.exists()


def test_a_bid_names_one_open_item_of_its_batch(operator, platform, now):
    item, elsewhere = ChallengeItemFactory.create_batch(2)
    taken = ChallengeItemFactory(programme=item.programme)
    ApplicationFactory(programme=item.programme, challenge_item=taken, status="recognised")
    before = Application.objects.count()
    for wrong, code in (
        (None, "field_required"),
        (elsewhere, "other_list"),
        (taken, "won_already"),
    ):
        with pytest.raises(DomainError) as error:
            services.start_application(
                actor=operator, programme=item.programme, platform=platform, now=now,
                challenge_item=wrong,
            )  # fmt: skip
        assert (error.value.code, error.value.field) == (code, "challenge_item")
    assert Application.objects.count() == before
    assert list(open_items(item.programme)) == [item]

    bid = services.start_application(
        actor=operator, programme=item.programme, platform=platform, now=now, challenge_item=item
    )
    assert bid.challenge_item == item


def test_an_ordinary_batch_asks_for_no_item(operator, platform, programme, now):
    with pytest.raises(DomainError) as error:
        services.start_application(
            actor=operator, programme=programme, platform=platform, now=now,
            challenge_item=ChallengeItemFactory(),
        )  # fmt: skip
    assert error.value.code == "other_list"
    assert not Application.objects.exists()


def test_what_is_bid_for_is_built(operator, platform, now):
    item = ChallengeItemFactory()
    with pytest.raises(DomainError) as error:
        services.start_application(
            actor=operator, programme=item.programme, platform=platform, now=now,
            challenge_item=item, build_type="direct",
        )  # fmt: skip
    assert (error.value.code, error.value.field) == ("not_built", "build_type")
    assert not Application.objects.exists()


def test_a_bid_is_not_handed_in_for_what_is_won(operator, platform, now):
    item = ChallengeItemFactory()
    bid = ApplicationFactory(
        programme=item.programme, challenge_item=item, platform=platform, build_type="new"
    )
    ApplicationFactory(programme=item.programme, challenge_item=item, status="recognised")
    with pytest.raises(DomainError) as error:
        services.submit_application(actor=operator, application=bid, now=now)
    bid.refresh_from_db()
    assert (error.value.code, bid.status) == ("won_already", "draft")


def recognise(actor, application, now):
    return services.move_application(
        actor=actor, application=application, name="recognise", now=now,
        decision_number="粤工信〔2026〕1号",
    )  # fmt: skip


def test_one_bid_wins_and_the_next_is_refused(province, operator, now):
    item = ChallengeItemFactory()
    first, second = (
        ApplicationFactory(
            programme=item.programme, challenge_item=item, status="decision",
            build_type="new", platform=PlatformFactory(organisation=operator.organisations[0]),
        )
        for _ in range(2)
    )  # fmt: skip

    recognise(province, first, now)
    with pytest.raises(DomainError) as error:
        recognise(province, second, now)

    assert error.value.code == "won_already"
    second.refresh_from_db()
    assert (second.status, state_of(item)) == ("decision", "won")
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=second.pk).update(status="recognised")


def test_the_winner_and_the_others_are_told_each_of_their_own_bid(province, now):
    item = ChallengeItemFactory()
    platforms = {
        status: PlatformFactory(organisation=OrganisationFactory())
        for status in ("decision", "experts", "rejected", "draft", "withdrawn")
    }
    people = {
        status: person(Role.OPERATOR, organisation=row.organisation)
        for status, row in platforms.items()
    }
    bids = {
        status: ApplicationFactory(
            programme=item.programme, challenge_item=item, status=status, build_type="new",
            platform=platform,
        )
        for status, platform in platforms.items()
    }  # fmt: skip

    recognise(province, bids["decision"], now)
    event = Event.objects.get(name="platforms.application.moved")
    for _ in range(2):
        recognition_messages.tell_recognition(
            event_id=event.pk, name=event.name, payload=event.payload, now=now
        )

    rows = Notification.objects.filter(url=item.get_absolute_url())
    assert set(rows.values_list("user", "title")) == {
        (people["decision"].pk, f"揭榜成功：{item}"),
        (people["experts"].pk, f"揭榜结果，未中榜：{item}"),
        (people["rejected"].pk, f"揭榜结果，未中榜：{item}"),
    }  # fmt: skip
    assert rows.count() == 3
    told = rows.get(user=people["experts"]).body
    assert (str(platforms["decision"]) in told, bids["experts"].number in told) == (True, True)


def test_states_follow_batch_bids_and_acceptance(province, operator, platform, now):
    item = ChallengeItemFactory(programme=ProgrammeFactory(status="draft"))
    programme = item.programme
    seen = [state_of(item)]
    services.move_programme(actor=SYSTEM, programme=programme, name="open", now=now)
    seen.append(state_of(item))
    services.move_programme(actor=SYSTEM, programme=programme, name="close", now=now)
    seen.append(state_of(item))
    bid = ApplicationFactory(
        programme=programme, challenge_item=item, status="decision", build_type="new",
        platform=platform,
    )  # fmt: skip
    seen.append(state_of(item))
    recognise(province, bid, now)
    seen.append(state_of(item))
    services.conclude_assessment(
        actor=province, assessment=Assessment.objects.get(kind="acceptance"), now=now,
        values={"held_date": timezone.localdate(), "result": "passed", "conclusion": "合格"},
    )  # fmt: skip
    seen.append(state_of(item))

    assert seen == ["draft", "open", "unawarded", "reviewing", "won", "accepted"]


def test_a_rejected_bid_leaves_the_item_unawarded(db):
    item = ChallengeItemFactory(programme__status="closed")
    ApplicationFactory(programme=item.programme, challenge_item=item, status="rejected")

    found = challenge_rows(ChallengeItem.objects.all()).get()
    assert (found.state, found.bid_count, found.winners) == ("unawarded", 1, [])


def test_bids_stand_side_by_side_the_best_first(province, operator):
    item = ChallengeItemFactory()
    low, high, unscored = ApplicationFactory.create_batch(
        3, programme=item.programme, challenge_item=item, status="experts",
        self_check=[{"passed": True}, {"passed": False}],
    )  # fmt: skip
    ApplicationFactory(programme=item.programme, challenge_item=item)  # a draft is no bid
    for bid, total in ((low, 60), (high, 90)):
        AssignmentFactory(application=bid, status="scored", total=total, is_supportive=True)

    found = bids_for(item, province)

    assert [bid.application for bid in found] == [high, low, unscored]
    assert (found[0].spread.mean, found[0].supporting, found[0].conditions_met) == (90, 1, 1)
    assert bids_for(item, operator) == []


def test_drafts_are_the_staffs(province, staff, operator, draft):
    item = ChallengeItemFactory(programme=draft)
    shown = ChallengeItemFactory()

    assert set(ChallengeItemAccess(province).visible()) == {item, shown}
    for user in (staff, operator):
        assert list(ChallengeItemAccess(user).visible()) == [shown]
    assert list(draft_programmes(province)) == [draft]
    assert list(draft_programmes(staff)) == []


def test_pages_show_the_list_and_who_compares(client, sign_in, province, operator, platform):
    item = ChallengeItemFactory(unmet_count=4)
    bid = ApplicationFactory(
        programme=item.programme, challenge_item=item, status="experts", platform=platform
    )
    page = item.get_absolute_url()

    assert "起草时有 4 条未满足的需求" in client.get(page).text
    assert "揭榜申报对比" not in client.get(page).text
    assert item.title in client.get(item.programme.get_absolute_url()).text
    assert "征集中" in client.get("/challenges/?state=open").text
    assert client.get("/challenges/?state=won").context["total"] == 0
    assert "征集中" in client.get("/challenges/?export=csv").content.decode("utf-8-sig")
    assert bid.platform.name in sign_in(province).get(page).text
    assert item.title in client.get(bid.get_absolute_url()).text


def test_an_operator_bids_from_the_page_of_the_item(sign_in, operator, platform):
    item = ChallengeItemFactory()
    client = sign_in(operator)
    address = f"/programmes/{item.programme.slug}/apply/?item={item.pk}"

    assert f'value="{item.pk}" selected' in client.get(address).text
    bare = client.post(address, {"platform": platform.slug, "build_type": "new"})
    assert "challenge_item" in bare.context["form"].errors
    client.post(
        address, {"platform": platform.slug, "build_type": "new", "challenge_item": item.pk}
    )
    assert Application.objects.get().challenge_item == item


def test_staff_delete_on_the_page(sign_in, province, draft):
    item = ChallengeItemFactory(programme=draft)
    client = sign_in(province)

    assert "删除" in client.get(item.get_absolute_url()).text
    assert client.post(f"/challenges/{item.pk}/delete/").status_code == 302
    assert not ChallengeItem.objects.exists()


def test_rest_reads_the_list_and_starts_a_bid(api, operator, platform, draft):
    item = ChallengeItemFactory(title="聚合平台")
    ChallengeItemFactory(programme=draft)

    (row,) = api.get("/api/v1/challenge-items/").json()["results"]
    assert (row["id"], row["state"], row["bid_count"], row["winner"]) == (item.pk, "open", 0, None)
    api.force_authenticate(operator)
    asked = {"programme": item.programme.slug, "platform": platform.slug, "build_type": "new"}
    assert api.post("/api/v1/applications/", asked).status_code == 400
    made = api.post("/api/v1/applications/", asked | {"challenge_item": item.pk})
    assert (made.status_code, made.json()["challenge_item"]) == (201, item.pk)


@pytest.mark.parametrize(("path", "cost"), [("/challenges/", 4), ("/api/v1/challenge-items/", 3)])
def test_lists_cost_the_same_for_one_and_three(client, db, path, cost, django_assert_num_queries):
    item = ChallengeItemFactory()
    ApplicationFactory(programme=item.programme, challenge_item=item, status="recognised")
    client.get(path)  # fills the caches
    with django_assert_num_queries(cost):
        client.get(path)
    for more in ChallengeItemFactory.create_batch(2):
        ApplicationFactory(programme=more.programme, challenge_item=more, status="recognised")
    with django_assert_num_queries(cost):
        client.get(path)


def test_the_demo_challenge_is_marked_and_made_once(db, now):
    guangdong(), zhongshan(), dongguan()
    services.sync_schemes()
    assert services.attach_demo_challenge(now=now) is None
    process_kind()

    programme = services.attach_demo_challenge(now=now)

    assert services.attach_demo_challenge(now=now) == programme
    assert (programme.is_demo, programme.status) == (True, "open")
    assert [item.unmet_count for item in programme.challenge_items.all()] == [None]


def test_facets_count_items_not_bids(client, db):
    item = ChallengeItemFactory()
    ApplicationFactory.create_batch(
        2, programme=item.programme, challenge_item=item, status="province"
    )

    facets = {one.name: one for one in client.get("/challenges/").context["facets"]}

    assert [(one.label, one.count) for one in facets["state"].choices] == [("征集中", 1)]
    assert [(one.label, one.count) for one in facets["process"].choices] == [("聚合", 1)]
