"""Health, readiness and metrics, and that care mode leads nowhere else."""

import pytest


def test_healthz_answers_without_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_asks_database_and_cache(client):
    response = client.get("/readyz", headers={"Accept": "application/json"})

    assert response.status_code == 200
    assert len(response.json()) == 2


@pytest.mark.django_db
def test_readyz_fails_without_the_cache(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    response = client.get("/readyz", headers={"Accept": "application/json"})

    assert response.status_code == 500


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "given", "status"),
    [
        ("", "", 404),
        ("", "Bearer ", 404),
        ("secret-token", "", 404),
        ("secret-token", "Bearer wrong", 404),
        ("secret-token", "Bearer 中文", 404),
        ("secret-token", "Bearer secret-token", 200),
    ],
)
def test_metrics_are_for_the_holder_of_the_token(token, given, status, client, settings):
    settings.METRICS_TOKEN = token

    response = client.get("/metrics", headers={"Authorization": given} if given else {})

    assert response.status_code == status
    assert (b"django_http_requests" in response.content) == (status == 200)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "http:///elsewhere.example",
        "",
    ],
)
def test_care_mode_never_leads_elsewhere(target, client):
    response = client.post("/care-mode/", {"care": "1", "next": target})

    assert (response.status_code, response.url) == (302, "/")


@pytest.mark.django_db
def test_care_mode_returns_to_the_page_with_its_query(client):
    response = client.post("/care-mode/", {"care": "1", "next": "/search/?q=冻干"})

    assert response.url == "/search/?q=%E5%86%BB%E5%B9%B2"


@pytest.mark.django_db
def test_care_mode_is_not_switched_by_a_link(client):
    assert client.get("/care-mode/", {"care": "1"}).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/about/", "/privacy/", "/accessibility/"])
def test_pages_about_the_portal_are_public(path, client):
    assert client.get(path).status_code == 200
