"""What neighbours ask of a list: the order of changes, where to go on, ids, where a row began."""

from datetime import UTC, datetime, timedelta

import pytest

from core.api import changes
from demands.models import Demand
from platforms.models import Platform
from tests.factories.demands import open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory

FIRST = datetime(2026, 11, 1, tzinfo=UTC)


def platforms_of(*minutes: int) -> list[str]:
    """Slugs of platforms changed so many minutes after FIRST."""
    rows = [PlatformFactory(slug=f"p{number}") for number in range(len(minutes))]
    for row, minute in zip(rows, minutes, strict=True):
        at = FIRST + timedelta(minutes=minute)
        Platform.objects.filter(pk=row.pk).update(updated_at=at)
    return [row.slug for row in rows]


def changed(api, **query):
    return api.get("/api/v1/platforms/", query).json()["results"]


def test_changes_come_in_order_and_go_on_after_the_last_one(api, db):
    platforms_of(5, 1, 1, 3)

    first = changed(api, updated_after="", page_size=2)
    last = first[-1]
    rest = changed(api, updated_after=f"{last['updated_at']}~{last['slug']}")

    assert [row["slug"] for row in first] == ["p1", "p2"]
    assert [row["slug"] for row in rest] == ["p3", "p0"]


def test_a_moment_alone_is_then_or_later(api, db):
    platforms_of(1, 2)

    found = changed(api, updated_after=(FIRST + timedelta(minutes=2)).isoformat())

    assert [row["slug"] for row in found] == ["p1"]


@pytest.mark.parametrize("odd", ["gestern", "2026-11-01", "2026-99-01T00:00:00+08:00"])
def test_what_is_no_moment_is_refused(api, db, odd: str):
    answer = api.get("/api/v1/platforms/", {"updated_after": odd})

    assert (answer.status_code, set(answer.json()["fields"])) == (400, {"updated_after"})


def test_ids_are_all_that_is_public_piece_by_piece(api, db, monkeypatch: pytest.MonkeyPatch):
    PlatformFactory(slug="hidden", status="withdrawn")
    platforms_of(1, 1, 1)
    monkeypatch.setattr(changes, "MAX_IDS", 2)

    first = api.get("/api/v1/platforms/ids/").json()
    rest = api.get("/api/v1/platforms/ids/", {"after": first["next"]}).json()

    assert first == {"ids": ["p0", "p1"], "next": "p1"}
    assert rest == {"ids": ["p2"], "next": ""}


def test_what_a_withdrawn_platform_offered_is_gone_with_it(api, db):
    shown = CapabilityFactory()
    CapabilityFactory(platform__status="withdrawn")

    assert api.get("/api/v1/capabilities/ids/").json()["ids"] == [shown.slug]


def test_ids_of_demands_are_the_public_ones_whoever_asks(api, db):
    demand = open_demand()
    Demand.objects.create(slug="draft", title="草稿")

    ids = api.get("/api/v1/demands/ids/").json()["ids"]
    rows = api.get("/api/v1/demands/?updated_after=").json()["results"]

    assert ids == [row["slug"] for row in rows] == [demand.slug]


def test_a_row_began_here_unless_it_was_pulled(api, db, settings):
    own = PlatformFactory(source_kind="gov", source_url="https://kjt.example.cn/list")
    pulled = PlatformFactory(
        source_kind="peer", source_url="https://zs.example.cn/platforms/abc/", source_ref="abc"
    )

    first, second = (
        api.get(f"/api/v1/platforms/{row.slug}/").json()["origin"] for row in (own, pulled)
    )

    page = f"{settings.SITE_URL}/platforms/{own.slug}/"
    assert first == {"portal": settings.SITE_URL, "id": own.slug, "url": page}
    assert second == {
        "portal": "https://zs.example.cn", "id": "abc",
        "url": "https://zs.example.cn/platforms/abc/",
    }  # fmt: skip


def test_organisations_are_named_by_their_code_unless_they_asked_not_to_be(api, db):
    platform, named = PlatformFactory(), open_demand()
    hidden = open_demand(is_anonymous=True)

    codes = [
        api.get(f"/api/v1/platforms/{platform.slug}/").json()["operator_uscc"],
        api.get(f"/api/v1/demands/{named.slug}/").json()["organisation_uscc"],
        api.get(f"/api/v1/demands/{hidden.slug}/").json()["organisation_uscc"],
    ]

    assert codes == [platform.organisation.uscc, named.organisation.uscc, ""]
