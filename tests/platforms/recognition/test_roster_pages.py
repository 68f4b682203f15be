"""Public pages of the roster: who came and went, and what a removed platform shows."""

from datetime import date, timedelta

from django.utils import timezone

from platforms import services
from tests.factories.recognition import ApplicationFactory, RecognitionFactory


def text(response):
    return response.content.decode()


def test_changes_are_listed_filtered_and_exported(client, province, platform, now):
    recognition = RecognitionFactory(platform=platform, started_date=date(2025, 3, 3))
    services.move_recognition(
        actor=province, recognition=recognition, name="remove", reason="停止运行", now=now,
        day=date(2026, 3, 2), document_number="20号",
    )  # fmt: skip
    span = "from=2025-01-01&to=2026-06-30"

    def words(query=""):
        page = client.get(f"/roster/changes/?{span}{query}")
        return [row.record.word for row in page.context["table"].paginated_rows]

    assert words() == ["退出", "入册"]
    assert words("&kind=entry") == ["入册"]
    assert words("&kind=exit") == ["退出"]
    assert words("&kind=other") == []
    exported = client.get(f"/roster/changes/?{span}&export=csv").content.decode("utf-8-sig")
    assert "停止运行,20号" in exported
    rows = client.get(f"/api/v1/roster-changes/?{span}").json()["results"]
    assert [(row["word"], row["reason"]) for row in rows] == [("退出", "停止运行"), ("入册", "")]
    assert client.get("/api/v1/roster-changes/?from=x").status_code == 400


def test_leaving_is_the_last_thing_a_platform_is_offered(
    client, sign_in, operator, province, platform
):
    application = ApplicationFactory(platform=platform, status="recognised")
    address = RecognitionFactory(platform=platform, application=application).get_absolute_url()

    anybody = text(client.get(address))
    own, theirs = (text(sign_in(user).get(address)) for user in (operator, province))

    way = application.get_absolute_url()
    assert [way in page for page in (anybody, own, theirs)] == [False, True, True]

    assert own.index("认定信息") < own.index("主动退出名册")
    assert ("警示" in own, "警示" in theirs) == (False, True)
    assert "主动退出" not in theirs


def test_the_list_of_changes_costs_the_same_for_one_and_three(
    client, django_assert_num_queries, db
):
    RecognitionFactory(started_date=timezone.localdate())
    client.get("/roster/changes/")
    with django_assert_num_queries(7):
        client.get("/roster/changes/")
    RecognitionFactory.create_batch(2, started_date=timezone.localdate())
    with django_assert_num_queries(7):
        client.get("/roster/changes/")


def test_a_removed_platform_says_so_on_its_page_until_it_is_back(client, platform, db):
    gone = RecognitionFactory(
        platform=platform, status="removed", reason="停止运行一年以上",
        ended_date=timezone.localdate() - timedelta(days=1),
    )  # fmt: skip
    url = platform.get_absolute_url()
    page = text(client.get(url))
    assert "停止运行一年以上" in page
    assert gone.get_absolute_url() in page

    RecognitionFactory(platform=platform, scheme=gone.scheme)

    assert "停止运行一年以上" not in text(client.get(url))
