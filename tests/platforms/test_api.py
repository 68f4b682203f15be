"""REST: public reading, writing with a token's scope, the error envelope."""

import pytest

from accounts.enums import Scope
from platforms.models import Capability
from tests.factories.accounts import with_token
from tests.factories.platforms import (
    FACTORIES,
    CapabilityFactory,
    ExpertFactory,
    PlatformFactory,
)
from tests.factories.taxonomy import TermFactory

PATHS = ("platforms", "capabilities", "equipment", "lines", "experts", "solutions")
COSTS = {
    "platforms": 3, "capabilities": 8, "equipment": 2, "lines": 2, "experts": 2, "solutions": 3,
}  # fmt: skip


@pytest.fixture
def writer(api, operator):
    return with_token(api, operator, Scope.PLATFORMS_READ, Scope.PLATFORMS_WRITE)


@pytest.mark.parametrize("key", PATHS)
def test_lists_and_pages_hold_public_rows(api, db, key):
    shown = FACTORIES[key]()
    hidden = FACTORIES[key](status="draft")

    page = api.get(f"/api/v1/{key}/").json()
    found = api.get(f"/api/v1/{key}/{shown.slug}/").json()

    assert [row["slug"] for row in page["results"]] == [shown.slug]
    assert page["results"] == [found]
    assert found["url"] == shown.get_absolute_url()
    assert api.get(f"/api/v1/{key}/{hidden.slug}/").status_code == 404


@pytest.mark.parametrize("key", PATHS)
def test_lists_cost_the_same_for_one_and_three(api, db, key, django_assert_num_queries):
    FACTORIES[key]()
    with django_assert_num_queries(COSTS[key]):
        api.get(f"/api/v1/{key}/")
    FACTORIES[key].create_batch(2)
    with django_assert_num_queries(COSTS[key]):
        api.get(f"/api/v1/{key}/")


def test_contacts_of_people_are_not_part_of_the_interface(api, db):
    PlatformFactory(contact_name="张三", contact_phone="0760-1", contact_email="a@b.example")

    body = api.get("/api/v1/platforms/").content.decode()

    for secret in ("张三", "0760-1", "a@b.example"):
        assert secret not in body


def test_filters_are_those_of_the_pages(api, db):
    wanted = CapabilityFactory(scale_text="公斤级", trl_low=4, trl_high=6)
    CapabilityFactory()

    found = api.get("/api/v1/capabilities/?known=scale&trl=5&province=440000").json()
    wrong = api.get("/api/v1/capabilities/?province=99")

    assert [row["slug"] for row in found["results"]] == [wanted.slug]
    assert wrong.status_code == 400
    assert set(wrong.json()["fields"]) == {"province"}


def test_ordering(api, db):
    for percent in (10, 90, 50):
        PlatformFactory(completeness=percent)

    page = api.get("/api/v1/platforms/?ordering=-completeness").json()

    assert [row["completeness"] for row in page["results"]] == [90, 50, 10]


def test_experts_without_consent_are_absent(api, db):
    ExpertFactory(status="draft", consented_at=None)

    assert api.get("/api/v1/experts/").json()["count"] == 0


def test_a_capability_is_written_submitted_and_confirmed(writer, platform, staff, now):
    TermFactory(code_list__slug="service-type", code="product-trial", name="产品试制")
    made = writer.post(
        "/api/v1/capabilities/",
        {
            "platform": platform.slug, "title": "树脂放大", "scale_low": "10",
            "scale_high": "200", "scale_unit": "kg/批", "service_types": ["product-trial"],
            "parameters": [{"name": "温度", "low": "20", "high": "300", "unit": "℃"}],
        },
        format="json",
    )  # fmt: skip
    path = f"/api/v1/capabilities/{made.json()['slug']}/"

    changed = writer.patch(path, {"trl_low": 4, "trl_high": 6}, format="json")
    submitted = writer.post(f"{path}submit/")
    recalled = writer.post(f"{path}recall/")

    assert made.status_code == 201
    assert made.json()["service_types"] == ["product-trial"]
    assert made.json()["parameters"][0]["name"] == "温度"
    assert (changed.json()["trl_low"], changed.json()["trl_high"]) == (4, 6)
    assert (submitted.json()["status"], recalled.json()["status"]) == ("in_review", "draft")


def test_published_capabilities_are_confirmed_withdrawn_and_reopened(writer, platform):
    capability = CapabilityFactory(platform=platform)
    path = f"/api/v1/capabilities/{capability.slug}/"

    confirmed = writer.post(f"{path}confirm/")
    without = writer.post(f"{path}withdraw/")
    withdrawn = writer.post(f"{path}withdraw/", {"reason": "检修"}, format="json")
    reopened = writer.post(f"{path}reopen/")

    assert confirmed.json()["confirmed_at"] is not None
    assert (without.status_code, without.json()["code"]) == (400, "reason_required")
    assert [r.json()["status"] for r in (withdrawn, reopened)] == ["withdrawn", "draft"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"trl_low": "high"}, "trl_low"),
        ({"field": "nothing"}, "field"),
        ({"parameters": [{"low": 1}]}, "parameters"),
        ({"parameters": [{"name": "产量", "low": 1, "unit": "筐"}]}, "parameters"),
        ({"scale_high": 1, "scale_unit": "筐"}, "scale_unit"),
    ],
)
def test_wrong_input_is_named(writer, platform, body, field):
    capability = CapabilityFactory(platform=platform)

    response = writer.patch(f"/api/v1/capabilities/{capability.slug}/", body, format="json")

    assert response.status_code == 400
    assert set(response.json()["fields"]) == {field}


def test_rules_of_the_service_hold(writer, platform):
    capability = CapabilityFactory(platform=platform, scale_high=5)

    response = writer.patch(
        f"/api/v1/capabilities/{capability.slug}/", {"scale_low": 9}, format="json"
    )

    assert response.json() == {
        "code": "invalid", "message": "规模下限不能大于上限。", "fields": {},
    }  # fmt: skip
    assert Capability.objects.get().scale_low is None


def test_an_outdated_version_conflicts(writer, platform):
    capability = CapabilityFactory(platform=platform)

    response = writer.patch(
        f"/api/v1/capabilities/{capability.slug}/",
        {"title": "后到", "version": "2020-01-01T00:00:00+00:00"},
        format="json",
    )

    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_writing_needs_the_scope_and_the_right(api, stranger, operator, platform, now):
    capability = CapabilityFactory(platform=platform)
    path = f"/api/v1/capabilities/{capability.slug}/"

    nobody = api.patch(path, {"title": "新名"}, format="json")
    reading = with_token(api, operator, Scope.PLATFORMS_READ).patch(path, {"title": "新名"})
    foreign = with_token(api, stranger, Scope.PLATFORMS_WRITE).patch(path, {"title": "新名"})

    assert [r.status_code for r in (nobody, reading, foreign)] == [401, 403, 403]
    assert Capability.objects.get().title != "新名"


def test_a_capability_needs_a_platform_that_one_knows(writer, db):
    hidden = PlatformFactory(status="draft")

    response = writer.post("/api/v1/capabilities/", {"platform": hidden.slug, "title": "树脂"})

    assert response.status_code == 404


def test_version_from_the_answer_is_accepted(writer, platform):
    capability = CapabilityFactory(platform=platform)
    path = f"/api/v1/capabilities/{capability.slug}/"
    version = writer.get(path).json()["updated_at"]

    response = writer.patch(path, {"title": "新名", "version": version}, format="json")

    assert response.status_code == 200
