"""`/api/v1/me/` and how tokens open the API."""

import pytest

from accounts.enums import Role
from tests.factories.accounts import ServiceTokenFactory, person

pytestmark = pytest.mark.django_db
SECRET = "zs0123456789secret"


def test_me_tells_roles_organisations_and_scopes(api):
    token = ServiceTokenFactory(secret=SECRET)
    organisation = token.user.organisations[0]
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {SECRET}")

    body = api.get("/api/v1/me/").json()

    assert body == {
        "id": token.user.pk,
        "name": token.user.name,
        "email": token.user.email,
        "roles": [
            {
                "role": "partner",
                "label": "对接系统",
                "organisation": organisation.pk,
                "region": None,
            }
        ],
        "organisations": [
            {
                "id": organisation.pk,
                "name": organisation.name,
                "uscc": organisation.uscc,
                "region": "442000",
                "status": "approved",
                "is_demo": False,
            }
        ],
        "scopes": ["demands:read"],
        "token_expires_at": body["token_expires_at"],
    }
    assert body["token_expires_at"] is not None


def test_me_of_a_session_has_no_scopes(client):
    client.force_login(person(Role.ENTERPRISE))

    body = client.get("/api/v1/me/").json()

    assert (body["scopes"], body["token_expires_at"]) == (None, None)


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer nonsense", f"Bearer {SECRET}x", f"Bearer {SECRET} twice"]
)
def test_wrong_tokens_are_refused_with_the_envelope(header, api):
    ServiceTokenFactory(secret=SECRET)
    api.credentials(HTTP_AUTHORIZATION=header)

    response = api.get("/api/v1/me/")

    assert response.status_code == 401
    assert response.json() == {
        "code": "bad_token",
        "message": "令牌无效、已过期或已撤销。",
        "fields": {},
    }


def test_me_is_not_for_visitors(api):
    response = api.get("/api/v1/me/")

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")


def test_a_token_without_scope_reads_nothing(api):
    ServiceTokenFactory(secret=SECRET)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {SECRET}")

    response = api.get("/api/v1/regions/")

    assert (response.status_code, response.json()["code"]) == (403, "permission_denied")


def test_a_token_with_scope_reads(api):
    ServiceTokenFactory(secret=SECRET, scopes=["taxonomy:read"])
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {SECRET}")

    assert api.get("/api/v1/regions/").status_code == 200


def test_using_a_token_is_noted(api):
    token = ServiceTokenFactory(secret=SECRET)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {SECRET}")

    api.get("/api/v1/me/")

    token.refresh_from_db()
    assert token.last_used_at is not None
