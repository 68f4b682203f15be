"""REST of recognition: the roster of any day, own applications, hours."""

from datetime import timedelta

import pytest

from accounts.enums import Scope
from platforms.models import Application, UsageLog
from tests.factories.accounts import with_token
from tests.factories.recognition import (
    ApplicationFactory,
    ProgrammeFactory,
    RecognitionFactory,
)


@pytest.fixture
def writer(api, operator):
    return with_token(api, operator, Scope.PLATFORMS_READ, Scope.PLATFORMS_WRITE)


def test_roster_of_a_day(api, platform):
    recognition = RecognitionFactory(platform=platform)

    def on(day):
        page = api.get("/api/v1/roster/", {"date": day}).json()
        return [row["platform"] for row in page["results"]]

    assert on("2025-03-03") == [platform.slug]
    assert on("2025-03-02") == []
    assert api.get("/api/v1/roster/?date=2025-13-40").status_code == 400
    found = api.get(f"/api/v1/roster/{recognition.verification_code}/").json()
    assert (found["certificate_number"], found["status_on_day"]) == (
        recognition.certificate_number, "active",
    )  # fmt: skip


def test_programmes_are_public(api, db):
    shown = ProgrammeFactory()
    ProgrammeFactory(status="draft")

    page = api.get("/api/v1/programmes/").json()

    assert [row["slug"] for row in page["results"]] == [shown.slug]
    assert api.get(f"/api/v1/programmes/{shown.slug}/").json()["title"] == shown.title


def test_applications_are_for_the_parties(api, writer, platform):
    own = ApplicationFactory(platform=platform, status="city")
    ApplicationFactory(status="city")

    page = writer.get("/api/v1/applications/").json()
    checks = writer.get(f"/api/v1/applications/{own.number}/checks/").json()

    assert [row["number"] for row in page["results"]] == [own.number]
    assert [row["name"] for row in checks] == ["平台资料已发布", "建设类型"]
    writer.credentials()
    assert writer.get("/api/v1/applications/").status_code in {401, 403}


def test_application_over_rest(writer, platform):
    programme = ProgrammeFactory()

    made = writer.post(
        "/api/v1/applications/",
        {"programme": programme.slug, "platform": platform.slug, "build_type": "new"},
        format="json",
    )
    sent = writer.post(f"/api/v1/applications/{made.json()['number']}/submit/")

    assert (made.status_code, sent.status_code) == (201, 200)
    assert sent.json()["status"] == "city"
    assert Application.objects.get().build_type == "new"


def test_hours_over_rest(writer, equipment_of_platform, now):
    body = {
        "lines": [
            {"equipment": equipment_of_platform.slug, "hours": "6.5", "external_id": "L-1",
             "start_at": (now - timedelta(days=1)).isoformat()}
        ]
    }  # fmt: skip

    first = writer.post("/api/v1/usage-logs/", body, format="json")
    again = writer.post("/api/v1/usage-logs/", body, format="json")
    wrong = writer.post(
        "/api/v1/usage-logs/", {"lines": [{**body["lines"][0], "equipment": "none"}]},
        format="json",
    )  # fmt: skip

    assert (first.status_code, first.json()) == (201, {"created": 1, "repeated": 0})
    assert again.json() == {"created": 0, "repeated": 1}
    assert wrong.status_code == 400
    assert UsageLog.objects.get().source == "api"
    assert len(writer.get("/api/v1/usage-logs/").json()["results"]) == 1


def test_register_entries_over_rest(writer, platform):
    address = "/api/v1/register-entries/"
    line = {"platform": platform.slug, "started_date": "2026-03-05"}
    patent = line | {"kind": "patent", "title": "固化方法", "number": "ZL1"}
    licence = line | {"kind": "licence", "title": "某企业", "patent": "ZL1"}

    first = writer.post(address, {"lines": [patent, licence]}, format="json")
    again = writer.post(address, {"lines": [patent, licence]}, format="json")
    wrong = writer.post(
        address, {"lines": [patent | {"number": "ZL2"}, licence | {"patent": "ZL3"}]},
        format="json",
    )  # fmt: skip

    assert (first.status_code, first.json()) == (201, {"created": 2, "repeated": 0})
    assert again.json() == {"created": 0, "repeated": 2}
    assert (wrong.status_code, wrong.json()["fields"]["lines"][0][:5]) == (400, "第 2 条")
    assert {row["patent"] for row in writer.get(address).json()["results"]} == {None, "ZL1"}
    writer.credentials()
    assert [row["title"] for row in writer.get(address).json()["results"]] == ["固化方法"]
    assert writer.post(address, {"lines": [patent]}, format="json").status_code in {401, 403}
