"""Pages and endpoint of challenges and bids."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Bid, BidScore, Challenge
from tests.factories.accounts import OrganisationFactory
from tests.factories.cases import bid_for, challenge_of
from tests.factories.demands import open_demand
from tests.factories.platforms import PlatformFactory


def at(name, *args):
    return reverse(f"cases:{name}", args=args)


def text(response):
    return response.content.decode()


def test_an_enterprise_puts_its_demand_forward_and_staff_list_it(browse, cast):
    demand = open_demand(organisation=cast.firm, target_figures="收率 ≥ 85%")
    page = browse("enterprise")
    assert at("propose_challenge", demand.slug) in text(page.get(demand.get_absolute_url()))
    typed = {"bounty_wan": "80", "payer": "自筹", "due_date": timezone.localdate()}
    wrong = page.post(at("propose_challenge", demand.slug), typed)
    assert set(wrong.context["form"].errors) == {"due_date"}
    typed["due_date"] += timedelta(days=30)
    page.post(at("propose_challenge", demand.slug), typed)
    challenge = Challenge.objects.get()
    again = page.get(at("propose_challenge", demand.slug))
    assert again["Location"] == challenge.get_absolute_url()
    page.post(at("edit_challenge", challenge.pk), typed | {"bounty_wan": "90"})
    page.post(at("move_challenge", challenge.pk, "submit"))

    page = browse("city_staff")
    page.post(at("move_challenge", challenge.pk, "accept"))
    listed = {"region": "442000", "challenges": [challenge.pk], "publicity_days": 0}
    page.post(at("publish_challenges"), listed)
    later = {"due_date": typed["due_date"] + timedelta(days=5), "reason": "方案复杂"}
    page.post(at("extend_challenge", challenge.pk), later)
    page.post(at("invite_to_challenge", challenge.pk), {"reviewers": [cast.reviewer.pk]})

    challenge.refresh_from_db()
    assert (challenge.status, challenge.bounty_wan) == ("open", 90)
    assert (challenge.due_date, challenge.reviewers.get()) == (later["due_date"], cast.reviewer)
    assert challenge.get_absolute_url() in text(page.get(demand.get_absolute_url()))


def test_a_platform_bids_and_the_enterprise_chooses(browse, cast):
    challenge = challenge_of(cast.firm)
    page = browse("operator")
    typed = {"platform": cast.platform.pk, "plan": "三步放大", "price_yuan": "0", "lead_days": 90}
    wrong = page.post(at("new_bid", challenge.pk), typed)
    assert set(wrong.context["form"].errors) == {"price_yuan"}
    page.post(at("new_bid", challenge.pk), typed | {"price_yuan": "700000"})
    bid = Bid.objects.get()
    assert page.get(at("new_bid", challenge.pk))["Location"] == at("edit_bid", bid.pk)
    page.post(at("move_bid", bid.pk, "submit"))
    assert "已提交并密封" in text(page.get(bid.get_absolute_url()))
    assert "三步放大" not in text(page.get(at("bids")))

    page = browse("enterprise")
    assert page.get(bid.get_absolute_url()).status_code == 404
    assert page.get(at("ranked_bids", challenge.pk)).status_code == 403
    assert "1 份" in text(page.get(challenge.get_absolute_url()))
    Challenge.objects.update(due_date=timezone.localdate() - timedelta(days=1))
    page.post(at("move_challenge", challenge.pk, "unseal"))
    marks = {"mark_0": 40, "mark_1": 20, "mark_2": 10, "comment": "可行"}
    page.post(bid.get_absolute_url(), marks)
    assert BidScore.objects.get().total == 70
    assert "70.0" in text(page.get(at("ranked_bids", challenge.pk)))
    assert "三步放大" not in text(page.get(at("ranked_bids", challenge.pk) + "?export=csv"))
    page.post(at("choose_bid", bid.pk))

    bid.refresh_from_db()
    assert bid.project.number in text(page.get(challenge.get_absolute_url()))
    client = browse("broker")
    assert str(cast.runner) in text(client.get(challenge.get_absolute_url()))


def test_an_objection_is_made_and_answered_on_the_page(browse, cast):
    challenge = challenge_of(cast.firm, status="publicity")
    bid_for(challenge, cast.platform, status="won")
    browse("other_enterprise").post(at("object_to_choice", challenge.pk), {"text": "请核实资质"})
    row = challenge.objections.get()
    assert "请核实资质" not in text(browse("broker").get(challenge.get_absolute_url()))

    page = browse("city_staff")
    assert "请核实资质" in text(page.get(challenge.get_absolute_url()))
    url = at("answer_objection", challenge.pk, row.pk)
    assert page.post(url, {"answer": ""}).status_code == 200
    page.post(url, {"answer": "已核实"})

    row.refresh_from_db()
    assert (row.answer, row.answered_by) == ("已核实", cast.city_staff)
    assert "已核实" in text(browse("other_enterprise").get(challenge.get_absolute_url()))


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_row_and_three(
    browse, cast, rows, django_assert_num_queries
):  # fmt: skip
    for _ in range(rows):
        challenge_of(cast.firm)
    page = browse("enterprise")
    page.get(at("challenges"))

    with django_assert_num_queries(8):
        assert page.get(at("challenges")).context["total"] == rows


def test_the_endpoint_shows_public_ones_and_who_won(api, cast):
    challenge_of(cast.firm, status="draft")
    challenge = challenge_of(cast.firm, status="awarded")
    bid_for(challenge, cast.platform, status="won")

    (row,) = api.get("/api/v1/tech-challenges/").json()["results"]

    assert (row["id"], row["winner"], row["bounty_wan"]) == (
        challenge.pk, cast.platform.slug, "80.00",
    )  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
def test_the_ranking_costs_the_same_for_one_bid_and_three(
    browse, cast, rows, django_assert_num_queries
):
    challenge = challenge_of(cast.firm, status="judging")
    for _ in range(rows):
        bid_for(challenge, PlatformFactory(organisation=OrganisationFactory()))
    challenge.reviewers.add(cast.reviewer)
    page = browse("reviewer")
    page.get(at("ranked_bids", challenge.pk))

    with django_assert_num_queries(12):
        shown = page.get(at("ranked_bids", challenge.pk))
    assert (shown.context["total"], shown.context["may_mark"]) == (rows, True)
