from functools import partial

import pytest

from demands.enums import Confidentiality, DemandStatus
from demands.models import Demand, FullReading
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, with_token
from tests.factories.demands import DemandFactory, disclose, open_demand
from tests.factories.taxonomy import CodeListFactory, TermFactory, process_kind

URL = "/api/v1/demands/"


@pytest.fixture
def as_token(api):
    """Make the client call with a token of `user` and `scopes`."""
    return partial(with_token, api)


@pytest.fixture
def secret_demand(cast):
    return open_demand(
        organisation=cast.home,
        confidentiality=Confidentiality.TEASER,
        teaser="需要反应釜",
        is_anonymous=True,
        contact_name="张工",
        scale_high=50,
    )


def test_list_is_public_and_shows_only_what_is_public(api, cast, secret_demand):
    DemandFactory(organisation=cast.home)

    answer = api.get(URL).json()

    assert answer["count"] == 1
    row = answer["results"][0]
    assert (row["slug"], row["organisation"], row["teaser"], row["is_full"]) == (
        secret_demand.slug,
        "匿名企业",
        "需要反应釜",
        False,
    )
    assert (row["description"], row["scale_high"], row["contact_name"]) == (None, None, None)


def test_full_text_by_the_door_that_notes_the_reader(cast, secret_demand, as_token):
    disclose(secret_demand, cast.platform.organisations[0])
    client = as_token(cast.platform, "demands:read")

    row = client.get(f"{URL}{secret_demand.slug}/full/").json()

    assert row["is_full"] is True
    assert row["organisation"] == cast.home.name
    assert (row["description"], row["contact_name"]) == (secret_demand.description, "张工")
    assert FullReading.objects.get().reader == cast.platform

    listed = client.get(f"{URL}{secret_demand.slug}/").json()
    assert (listed["is_full"], listed["description"], listed["contact_name"]) == (
        False, None, None,
    )  # fmt: skip
    assert FullReading.objects.get().count == 1


def test_full_text_waits_for_the_promise_and_says_where_to_give_it(cast, secret_demand, as_token):
    row = disclose(secret_demand, cast.platform.organisations[0], status="granted")

    answer = as_token(cast.platform, "demands:read").get(f"{URL}{secret_demand.slug}/full/")

    assert answer.status_code == 403
    assert answer.json()["code"] == "promise_required"
    assert row.get_absolute_url() in answer.json()["message"]
    assert not FullReading.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("staff", 200), ("stranger", 403)])
def test_full_text_by_right(cast, secret_demand, as_token, who, status):
    user = getattr(cast, who)

    answer = as_token(user, "demands:read").get(f"{URL}{secret_demand.slug}/full/")

    assert answer.status_code == status
    assert FullReading.objects.count() == (who == "staff")


def test_filters_are_those_of_the_page(api, cast):
    TermFactory(code_list=CodeListFactory(slug="trl"), code="4", name="实验室验证")
    wanted = open_demand(organisation=cast.home, trl_current=4)
    open_demand(organisation=cast.home, trl_current=6)

    rows = api.get(URL, {"trl": "4"}).json()["results"]

    assert [row["slug"] for row in rows] == [wanted.slug]


@pytest.mark.parametrize("count", [1, 3])
def test_list_queries(api, cast, django_assert_num_queries, count):
    for _ in range(count):
        open_demand(organisation=cast.home)

    with django_assert_num_queries(4):  # count, page, and two lists of codes
        api.get(URL)


def test_create_patch_and_submit_with_a_token(cast, as_token):
    api = as_token(cast.owner, "demands:write", "demands:read")

    created = api.post(URL, {"title": "聚合放大", "region": "442000"}, format="json")
    assert created.status_code == 201
    one = f"{URL}{created.json()['slug']}/"
    patched = api.patch(
        one, {"description": "50 L 釜三批", "field": None, "trl_current": 4}, format="json"
    )
    assert patched.json()["trl_current"] == 4
    refused = api.post(f"{one}submit/", {"is_secrecy_confirmed": True}, format="json")

    assert refused.status_code == 400
    assert refused.json() == {
        "code": "field_required",
        "message": "请先填写“领域”。",
        "fields": {"field": ["请先填写“领域”。"]},
    }


def test_submit_and_withdraw(cast, demand, as_token):
    api = as_token(cast.owner, "demands:write")
    one = f"{URL}{demand.slug}/"

    submitted = api.post(f"{one}submit/", {"is_secrecy_confirmed": True}, format="json")
    assert (submitted.status_code, submitted.json()["status"]) == (200, "in_review")

    Demand.objects.update(status=DemandStatus.OPEN)
    refused = api.post(f"{one}withdraw/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "reason_required")
    withdrawn = api.post(f"{one}withdraw/", {"reason": "已解决"}, format="json")
    assert withdrawn.json()["status"] == "withdrawn"
    assert api.post(f"{one}reopen/", {}, format="json").json()["status"] == "draft"


def test_review_with_a_token(cast, as_token):
    demand = DemandFactory(organisation=cast.home, status=DemandStatus.IN_REVIEW)
    api = as_token(cast.broker, "demands:write")
    one = f"{URL}{demand.slug}/"

    assert api.post(f"{one}publish/").json()["status"] == "open"
    returned = api.post(f"{one}return/", {"reason": "写明规模"}, format="json")
    assert returned.json()["status"] == "returned"


def test_patch_of_an_open_demand_amends_it(cast, as_token):
    demand = open_demand(organisation=cast.home)

    answer = as_token(cast.owner, "demands:write").patch(
        f"{URL}{demand.slug}/", {"scale_high": "80"}, format="json"
    )

    assert answer.json()["scale_high"] == "80.0000"
    assert answer.json()["status"] == "open"


def test_bad_values_are_named_at_their_field(cast, demand, as_token):
    answer = as_token(cast.owner, "demands:write").patch(
        f"{URL}{demand.slug}/", {"field": "no-such", "trl_current": "x"}, format="json"
    )

    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == {"field", "trl_current"}


def test_writing_needs_the_scope(cast, as_token):
    answer = as_token(cast.owner, "demands:read").post(URL, {"title": "x"}, format="json")

    assert answer.status_code == 403
    assert Demand.objects.count() == 0


def test_writing_needs_somebody(api, db):
    assert api.post(URL, {"title": "x"}, format="json").status_code in {401, 403}


def test_patch_by_a_stranger_is_not_found_or_refused(cast, demand, as_token):
    api = as_token(cast.stranger, "demands:write")
    assert api.patch(f"{URL}{demand.slug}/", {"title": "x"}, format="json").status_code == 404

    Demand.objects.update(status=DemandStatus.OPEN)
    assert api.patch(f"{URL}{demand.slug}/", {"title": "x"}, format="json").status_code == 403


def test_people_of_several_organisations_name_one(cast, as_token):
    other = OrganisationFactory()
    RoleAssignmentFactory(user=cast.owner, organisation=other)
    api = as_token(cast.owner, "demands:write")

    assert api.post(URL, {"title": "x"}, format="json").json()["code"] == "organisation"
    made = api.post(URL, {"title": "x", "organisation": other.uscc}, format="json")
    assert Demand.objects.get(slug=made.json()["slug"]).organisation == other


def test_staff_without_organisation_cannot_create(cast, as_token):
    answer = as_token(cast.staff, "demands:write").post(URL, {"title": "x"}, format="json")

    assert answer.status_code == 403


def test_kind_of_process_is_told_and_taken(cast, as_token):
    polymerisation, drying = process_kind(), process_kind(code="drying", name="干燥")
    demand = DemandFactory(organisation=cast.home, title="聚合", process_kind=polymerisation)
    api = as_token(cast.owner, "demands:read", "demands:write")
    one = f"{URL}{demand.slug}/"

    before = api.get(one).json()
    after = api.patch(one, {"stated_process_kind": drying.code}, format="json").json()

    assert (before["process_kind"], before["is_process_recognised"]) == ("polymerisation", True)
    assert (after["process_kind"], after["is_process_recognised"]) == ("drying", False)
