"""Publications: frozen once, written by people, published for good, corrected by a new edition."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from core.errors import Conflict, DomainError, Refused
from core.files import files_of, may_read
from reporting.models import Publication, PublicationRow, PublicationSection, ReportCycle
from reporting.publishing.words import change_words, drafted, filled
from reporting.services import publications, rendering
from tests.factories import cases as cf
from tests.factories import publications as made
from tests.factories.accounts import person
from tests.factories.platforms import CapabilityFactory, PlatformFactory
from tests.factories.reporting import open_cycle, report_for
from tests.factories.taxonomy import chengdu, guangdong, zhongshan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_mode")]


@pytest.fixture
def actor():
    return made.staff()


@pytest.fixture
def handbook(actor):
    CapabilityFactory(title="50 L 放大")
    return made.frozen(actor, kind="handbook")


def section(publication, chapter="preface"):
    return PublicationSection.objects.get(publication=publication, chapter=chapter)


def edit(actor, row, body, version=None):
    return publications.edit_section(
        actor=actor, section=row, body=body, now=made.NOW,
        version=row.version if version is None else version,
    )  # fmt: skip


def test_a_handbook_holds_platforms_with_published_capabilities(actor):
    shown = CapabilityFactory(title="50 L 放大", scale_low=10, scale_high=50, scale_unit="L")
    CapabilityFactory(status="draft")
    CapabilityFactory(platform=PlatformFactory(region=chengdu()))
    CapabilityFactory(platform=PlatformFactory(is_demo=True))

    publication = made.frozen(actor, kind="handbook")

    row = publication.rows.get()
    assert row.title == shown.platform.name
    [offer] = row.data["capabilities"]
    assert (offer["title"], dict(offer["facts"])["规模"]) == ("50 L 放大", "10–50 L")
    assert not publication.is_demo
    assert "contact" not in str(row.data)


def test_a_compilation_tells_confirmed_results_with_their_grade(actor):
    project = cf.ProjectFactory(status="closed")
    cf.confirmed(project, evidence_grade="A")
    cf.OutcomeFactory(project=project, description="没有确认")
    cf.CaseFactory(
        project=project, platform=project.platform, status="published", published_at=made.NOW,
        consented_at=made.NOW,
    )  # fmt: skip
    cf.CaseFactory(platform=project.platform)

    publication = made.frozen(actor, kind="cases", year=2027)

    row = publication.rows.get()
    assert [one[3] for one in row.data["outcomes"]] == ["A 合同、报告与发票齐全"]


def test_scores_and_choices_survive_freezing(actor):
    for _ in range(2):
        cf.published_case(platform=PlatformFactory(), published_at=made.NOW)
    publication = made.frozen(actor, kind="cases", year=2027)
    first, second = publication.rows.order_by("order")
    with pytest.raises(DomainError, match="0—100"):
        publications.choose_entries(
            actor=actor, publication=publication, choices={first.pk: ("101", True)}, now=made.NOW
        )

    left = publications.choose_entries(
        actor=actor, publication=publication, now=made.NOW,
        choices={first.pk: ("90", True), second.pk: ("", False)},
    )  # fmt: skip
    made.refrozen(publication)

    assert left == 1
    assert [(row.key, row.score) for row in publication.entries] == [(first.key, 90)]
    page = Client().get(made.published(publication, actor).get_absolute_url()).content.decode()
    assert first.title in page
    assert second.title not in page
    with pytest.raises(DomainError):
        publications.choose_entries(actor=actor, publication=publication, choices={}, now=made.NOW)


def test_edited_text_survives_freezing_and_an_unedited_one_is_renewed(actor, handbook):
    edited = edit(actor, section(handbook), "我们的说明。")
    PublicationSection.objects.filter(pk=edited.pk).update(draft="旧稿")

    made.refrozen(handbook)

    row = section(handbook)
    assert row.text == "我们的说明。"
    assert row.draft.startswith("本手册收录")
    edit(actor, row, None)
    assert section(handbook).text == row.draft


def test_two_writers_do_not_overwrite_one_another(actor, handbook):
    row = section(handbook)
    edit(actor, row, "第一稿")

    with pytest.raises(Conflict):
        edit(made.staff(), row, "第二稿", version=0)

    assert section(handbook).body == "第一稿"


def test_a_text_may_name_only_numbers_that_there_are(actor, handbook):
    for wrong in ("{XXX-99}", "{SRV-02}", "{srv}"):
        with pytest.raises(DomainError) as error:
            edit(actor, section(handbook), f"共 {wrong}。")
        assert error.value.field == "body"
    assert section(handbook).body is None


NUMBERS = {
    "SRV-02": {"words": "5 项", "last_words": "4 项", "change_words": "比上年增长 25%"},
    "SRV-12": {"words": "", "last_words": "", "change_words": ""},
}


def test_placeholders_are_filled_and_clauses_without_numbers_left_out():
    text = "完成 {SRV-02}，{SRV-02.change}；收入 {SRV-12}。上年 {SRV-02.last}。收入 {SRV-12}。"

    assert filled(text, NUMBERS) == (
        "完成 5 项，比上年增长 25%；收入 （未统计）。上年 4 项。收入 （未统计）。"
    )
    assert drafted(text, NUMBERS) == "完成 {SRV-02}，{SRV-02.change}。上年 {SRV-02.last}。"


@pytest.mark.parametrize(
    ("now", "before", "unit", "words"),
    [
        ("5", "4", "项", "比上年增长 25%"), ("3", "4", "项", "比上年下降 25%"),
        ("4", "4", "项", "与上年持平"), ("60", "50.5", "%", "比上年增加 9.5 个百分点"),
        ("3", "0", "项", "上年为 0，增加 3 项"), (None, "4", "项", ""), ("4", None, "项", ""),
    ],
)  # fmt: skip
def test_change_in_words(now, before, unit, words):
    assert change_words(now, before, unit) == words


def test_the_way_to_publication(actor, handbook):
    with pytest.raises(DomainError):
        publications.publish_publication(actor=actor, publication=handbook, now=made.NOW)
    handed = publications.submit_publication(actor=actor, publication=handbook, now=made.NOW)
    with pytest.raises(DomainError, match="文件还没有"):
        publications.publish_publication(actor=actor, publication=handed, now=made.NOW)
    with pytest.raises(DomainError):
        edit(actor, section(handbook), "晚了")
    rendering.render_publication(cycle=None, now=made.NOW, tell=made.go_on, since=made.NOW,
                                 publication=handbook.pk)  # fmt: skip

    out = publications.publish_publication(actor=actor, publication=handed, now=made.NOW)

    assert (out.status, out.published_at) == ("published", made.NOW)
    assert {row.name.rsplit(".", 1)[-1] for row in files_of(out)} == set(rendering.FORMATS)


def test_what_is_published_never_changes(actor, handbook):
    out = made.published(handbook, actor)
    for change in (
        lambda: Publication.objects.filter(pk=out.pk).update(title="x"),
        lambda: Publication.objects.filter(pk=out.pk).update(snapshot={}),
        lambda: Publication.objects.filter(pk=out.pk).delete(),
        lambda: PublicationSection.objects.update(body="x"),
        lambda: PublicationRow.objects.update(title="x"),
        lambda: PublicationRow.objects.all().delete(),
        lambda: PublicationSection.objects.create(publication=out, chapter="x", order=9, title="x"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DomainError):
        publications.request_freeze(actor=actor, publication=out, now=made.NOW)


def test_a_correction_is_a_new_edition_that_says_why(actor, handbook):
    first = made.published(handbook, actor)
    with pytest.raises(DomainError) as error:
        made.frozen(actor, kind="handbook")
    assert error.value.field == "note"

    second = made.published(made.frozen(actor, kind="handbook", note="更正一处价格"), actor)

    assert second.edition == 2
    page = Client().get(first.get_absolute_url()).content.decode()
    assert "已有新版" in page
    assert "更正一处价格" in page
    shelf = Client().get("/publications/").content.decode()
    assert shelf.count(first.title) == 1


def test_sending_back_throws_the_files_away(actor, handbook):
    handed = made.handed_in(handbook, actor)
    assert files_of(handed).count() == len(rendering.FORMATS)

    back = publications.return_publication(
        actor=actor, publication=handed, reason="补写说明", now=made.NOW
    )

    assert (back.status, back.reason) == ("draft", "补写说明")
    assert not files_of(handed).exists()


def test_a_killed_renderer_loses_at_most_one_file(actor, handbook, monkeypatch):
    publications.submit_publication(actor=actor, publication=handbook, now=made.NOW)
    run = {"cycle": None, "now": made.NOW, "tell": made.go_on, "since": made.NOW,
           "publication": handbook.pk}  # fmt: skip
    whole = rendering.FORMATS["pdf"]
    monkeypatch.setitem(rendering.FORMATS, "pdf", (whole[0], lambda _: exec("raise SystemExit")))
    with pytest.raises(SystemExit):
        rendering.render_publication(**run)
    before = set(files_of(handbook).values_list("pk", flat=True))
    assert len(before) == 2
    monkeypatch.setitem(rendering.FORMATS, "pdf", whole)

    assert rendering.render_publication(**run) == {"files": len(rendering.FORMATS)}

    assert before < set(files_of(handbook).values_list("pk", flat=True))


def test_the_code_of_an_edition_is_verified_and_follows_its_fate(actor, handbook, client):
    first = made.published(handbook, actor)
    url = f"/reports/verify/{first.verification_code}/"
    told = client.get(url).content.decode()
    assert "核验通过" in told
    assert first.get_absolute_url() in told

    made.published(made.frozen(actor, kind="handbook", note="更正一处价格"), actor)

    assert "之后已发布" in client.get(url).content.decode()
    publications.withdraw_publication(actor=actor, publication=first, reason="数据有误",
                                      now=made.NOW)  # fmt: skip
    assert "已经撤回：数据有误" in client.get(url).content.decode()


def test_a_draft_has_nothing_to_verify(actor, handbook, client):
    handed = publications.submit_publication(actor=actor, publication=handbook, now=made.NOW)

    assert client.get(f"/reports/verify/{handed.verification_code}/").status_code == 404


def test_a_withdrawn_edition_says_why_and_shows_nothing(actor, handbook):
    out = made.published(handbook, actor)
    stored = files_of(out).first()
    assert may_read(AnonymousUser(), stored)

    publications.withdraw_publication(actor=actor, publication=out, reason="数据有误",
                                      now=made.NOW)  # fmt: skip

    page = Client().get(out.get_absolute_url()).content.decode()
    assert "数据有误" in page
    assert "50 L 放大" not in page
    assert Client().get(stored.get_absolute_url()).status_code == 404
    assert Client().get(out.get_absolute_url() + "download/pdf/").status_code == 404


def test_drafts_are_the_staffs_business(actor, handbook):
    assert Client().get(handbook.get_absolute_url()).status_code == 404
    stranger = person(Role.GOVERNMENT, region=chengdu())
    with pytest.raises(Refused):
        edit(stranger, section(handbook), "不该")
    with pytest.raises(Refused):
        made.frozen(person(Role.OPERATOR), kind="handbook", year=2020)
    city = person(Role.GOVERNMENT, region=zhongshan())
    with pytest.raises(Refused):
        publications.submit_publication(actor=city, publication=handbook, now=made.NOW)
    handbook.refresh_from_db()
    assert handbook.status == "draft"


def test_an_empty_one_is_not_handed_in(actor):
    publication = made.frozen(actor, kind="cases")
    with pytest.raises(DomainError, match="没有收录"):
        publications.submit_publication(actor=actor, publication=publication, now=made.NOW)

    publications.delete_publication(actor=actor, publication=publication, now=made.NOW)

    assert not Publication.objects.exists()


def test_a_report_needs_its_cycle(actor):
    with pytest.raises(DomainError) as error:
        publications.create_publication(
            actor=actor, kind="annual", region=guangdong(), year=2026, now=made.NOW
        )
    assert error.value.field == "cycle"


@pytest.mark.usefixtures("indicators")
def test_only_archived_reports_count_unless_asked_for(actor):
    archived, waiting, filling = PlatformFactory.create_batch(3)
    cycle = open_cycle()
    made.accepted(report_for(archived, cycle), actor=actor)
    made.accepted(report_for(waiting, cycle), actor=actor)
    cycle.reports.filter(platform=waiting).update(status="city")

    accepted = made.frozen(actor, cycle=cycle)
    submitted = made.frozen(actor, cycle=cycle, includes="submitted", note="也收审核中的")

    assert [row.key for row in accepted.rows.all()] == [archived.slug]
    assert accepted.snapshot["numbers"]["DEV-04"]["value"] == "1"
    assert accepted.snapshot["numbers"]["DEV-05"]["value"] == "3"
    assert submitted.rows.count() == 2
    assert filling.slug not in {row.key for row in submitted.rows.all()}


@pytest.mark.usefixtures("indicators")
def test_a_demo_year_is_marked_everywhere(actor):
    platform = PlatformFactory()
    cycle = open_cycle()
    ReportCycle.objects.filter(pk=cycle.pk).update(is_demo=True)
    cycle.refresh_from_db()
    made.accepted(report_for(platform, cycle), actor=actor)

    out = made.published(made.frozen(actor, cycle=cycle), actor)

    assert out.is_demo
    assert all("演示数据" in row.name for row in files_of(out))
    assert "演示数据" in Client().get(out.get_absolute_url()).content.decode()
    assert "演示数据" in Client().get("/publications/").content.decode()
    assert "演示数据" in Client().get("/publications/feed/").content.decode()
    assert Client().get(out.get_absolute_url() + "data/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_an_edition_takes_the_same_queries(actor, count):
    for _ in range(count):
        CapabilityFactory()
    out = made.published(made.frozen(actor, kind="handbook"), actor)
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        page = client.get(out.get_absolute_url())

    assert page.context["page"].paginator.count == count
    assert len(queries) == 6


def test_pages_of_the_staff(actor, handbook, client):
    actor.is_demo = True
    actor.save()
    client.force_login(actor)
    desk = f"/manage/publications/{handbook.pk}/"
    for page in ("/manage/publications/", "/manage/publications/new/", desk,
                 desk + "chapters/preface/", handbook.get_absolute_url()):  # fmt: skip
        assert client.get(page).status_code == 200, page
    answer = client.post(desk + "chapters/preface/", {"body": "新的说明", "version": "0"})
    assert answer.status_code == 302
    stale = client.post(desk + "chapters/preface/", {"body": "别的说明", "version": "0"})
    assert "刚刚改过" in stale.content.decode()
    assert "别的说明" in stale.content.decode()
    assert section(handbook).body == "新的说明"
    assert client.post(desk + "move/submit/").status_code == 302
    assert client.post(desk + "freeze/").status_code == 403
    handbook.refresh_from_db()
    assert handbook.status == "in_review"


def test_the_api_tells_numbers_with_definitions(actor, handbook, api):
    assert api.get("/api/v1/publications/").json()["count"] == 0
    out = made.published(handbook, actor)

    found = api.get(f"/api/v1/publications/{out.pk}/").json()

    assert found["sha256"] == out.sha256
    assert found["texts"]["preface"].startswith("本手册收录")
    assert len(found["files"]) == len(rendering.FORMATS)
    assert set(found["snapshot"]) >= {"numbers", "definitions", "chapters", "frozen_at"}
