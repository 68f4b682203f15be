"""What every list of the API promises, asked of each endpoint that the schema names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from rest_framework.throttling import AnonRateThrottle

from accounts.enums import Role, Scope
from tests.factories.accounts import RoleAssignmentFactory, person, with_token
from tests.factories.taxonomy import RegionFactory

SCHEMA = yaml.safe_load((settings.BASE_DIR / "docs/api/schema.yml").read_text(encoding="utf-8"))
ENVELOPE = {"code", "message", "fields"}
PAGE = {"count", "next", "previous", "results"}
NOT_A_LIST = {"/api/v1/me/", "/api/v1/statistics/"}


def lists() -> list[str]:
    """Addresses without a parameter that may be read. Ids for neighbours are no pages."""
    found = {path for path, ways in SCHEMA["paths"].items() if "get" in ways and "{" not in path}
    return sorted(path for path in found - NOT_A_LIST if not path.endswith("/ids/"))


def parameters(path: str) -> set[str]:
    return {row["name"] for row in SCHEMA["paths"][path]["get"].get("parameters", [])}


@pytest.fixture
def partner(api) -> Any:
    """A system with every scope: of a partner that the government runs itself."""
    actor = person(Role.PARTNER)
    RoleAssignmentFactory(user=actor, role=Role.GOVERNMENT, region=RegionFactory())
    return with_token(api, actor, *Scope.values)


def test_the_schema_is_generated_without_a_warning(tmp_path: Path) -> None:
    written = tmp_path / "schema.yml"
    call_command("spectacular", "--fail-on-warn", "--validate", file=str(written))
    assert yaml.safe_load(written.read_text(encoding="utf-8"))["paths"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", lists())
def test_a_visitor_gets_a_page_or_the_envelope(path: str, api: Any) -> None:
    answer = api.get(path)
    if answer.status_code == 200:
        assert set(answer.json()) == PAGE
    else:
        assert answer.status_code in {401, 403}
        assert set(answer.json()) == ENVELOPE


@pytest.mark.django_db
@pytest.mark.parametrize("path", lists())
def test_a_list_is_paged_and_refuses_what_it_does_not_know(path: str, partner: Any) -> None:
    assert {"page", "page_size"} <= parameters(path)
    first = partner.get(path, {"page_size": 1})
    assert first.status_code == 200
    assert len(first.json()["results"]) <= 1

    beyond = partner.get(path, {"page": 10_000})
    assert (beyond.status_code, beyond.json()["code"]) == (404, "not_found")

    if "ordering" in parameters(path):
        wrong = partner.get(path, {"ordering": "-nonsense"})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")
        assert "nonsense" in wrong.json()["fields"]["ordering"][0]


@pytest.mark.django_db
@pytest.mark.parametrize("path", lists())
def test_a_token_without_the_scope_is_refused(path: str, api: Any) -> None:
    held = Scope.TAXONOMY_READ if "/polic" in path else Scope.POLICIES_READ
    answer = with_token(api, person(Role.PARTNER), held).get(path)
    # these are read with policies:read as well
    is_content = path.split("/")[3] in {"interpretations", "news", "topics"}
    assert answer.status_code == (200 if is_content else 403)
    if not is_content:
        assert answer.json() == {
            "code": "permission_denied", "message": "令牌没有这项权限范围。", "fields": {},
        }  # fmt: skip


@pytest.mark.django_db
def test_unknown_addresses_answer_programs_and_people_in_their_own_way(client: Any) -> None:
    program = client.get("/api/v1/nothing/")
    assert program.status_code == 404
    assert program.json() == {"code": "not_found", "message": "没有找到。", "fields": {}}

    person_ = client.get("/nothing/")
    assert person_.status_code == 404
    assert person_["Content-Type"].startswith("text/html")


@pytest.mark.django_db
def test_the_documentation_needs_no_inline_code(client: Any) -> None:
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    script = client.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")


@pytest.mark.django_db
def test_too_many_requests_are_put_off_with_the_envelope(
    api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "2/min", "user": "2/min"})
    codes = [api.get("/api/v1/terms/").status_code for _ in range(3)]
    refused = api.get("/api/v1/terms/")
    assert codes == [200, 200, 429]
    assert refused.json()["code"] == "throttled"
    assert int(refused["Retry-After"]) > 0
