"""Pages of cases: the library, writing, review and taking down."""

import pytest
from django.urls import reverse

from cases import services
from cases.enums import CaseStatus, ProjectStatus
from cases.models import Case
from tests.factories.cases import (
    CaseFactory,
    confirmed,
    published_case,
)
from tests.factories.taxonomy import TermFactory

S = ProjectStatus


@pytest.mark.parametrize("rows", [1, 3])
def test_the_library_costs_the_same_for_one_and_three_rows(
    visitor, db, rows, django_assert_num_queries
):
    field = TermFactory()
    for _ in range(rows):
        published_case(field=field)

    with django_assert_num_queries(6):
        response = visitor.get(reverse("cases:cases"))

    assert response.context["total"] == rows


def test_the_library_filters(visitor, db):
    field = TermFactory()
    old = published_case(source_date="2021", title="树脂放大", field=field)
    new = published_case(source_date="2025-03", platform=None, region=None)
    published_case(status="withdrawn")
    Case.objects.filter(pk=old.pk).update(search=services.stories.case_search(old))

    def found(**query):
        rows = visitor.get(reverse("cases:cases"), query).context["table"].data
        return [row.pk for row in rows]

    assert found() == [new.pk, old.pk]
    assert found(sort="year") == [old.pk, new.pk]
    assert found(year="2021") == found(region="440000") == found(field=field.code) == [old.pk]
    assert found(q="树脂") == [old.pk]
    assert found(platform=old.platform.slug) == [old.pk]


def test_a_case_from_a_mirror_shows_its_address_as_text(visitor, db):
    case = published_case(source_kind="mirror", source_url="https://mirror.example/1")

    page = visitor.get(case.get_absolute_url()).content.decode()

    assert "https://mirror.example/1" in page
    assert 'href="https://mirror.example/1"' not in page
    assert "（转载）" in page


def test_a_case_of_a_project_tells_who_agreed(visitor, cast, reach, now):
    project = reach(S.CLOSED, is_demo=True)
    confirmed(project, trl_before=4, trl_after=6)
    case = CaseFactory(
        project=project, platform=cast.platform, client_name="某企业", status="published",
        consented_at=now, published_at=now,
    )  # fmt: skip

    page = visitor.get(case.get_absolute_url()).content.decode()

    assert "某企业于" in page
    assert "演示数据" in page
    assert "4 → 6 级" in page
    assert project.number not in page


def test_drafts_are_not_public(visitor, project):
    case = CaseFactory(project=project)

    assert visitor.get(case.get_absolute_url()).status_code == 404


VALUES = {"title": "树脂放大", "client_name": "某企业", "summary": "三批", "result": "合格"}


def test_a_case_is_written_agreed_to_reviewed_and_published(browse, cast, reach, visitor):
    project = reach(S.CLOSED)
    confirmed(project)
    url = reverse("cases:write", args=[project.number])
    assert browse("operator").get(url).context["form"].initial["title"] == project.title
    browse("operator").post(url, VALUES)
    case = Case.objects.get()
    edit = reverse("cases:edit", args=[case.slug])
    version = browse("operator").get(edit).context["form"].initial["version"]
    assert browse("operator").post(edit, VALUES | {"version": version, "result": "优"}).url

    def move(who, name, **values):
        browse(who).post(reverse("cases:move", args=[case.slug, name]), values)
        case.refresh_from_db()
        return case.status

    assert move("operator", "ask_consent") == CaseStatus.IN_CONSENT
    assert "案例待您同意" in browse("enterprise").get(project.get_absolute_url()).content.decode()
    assert move("enterprise", "consent") == CaseStatus.IN_REVIEW
    assert case.title in browse("staff").get(reverse("cases:review")).content.decode()
    assert move("staff", "return") == CaseStatus.IN_REVIEW  # no reason given
    assert move("staff", "publish") == CaseStatus.PUBLISHED
    browse("staff").logout()
    assert "优" in visitor.get(case.get_absolute_url()).content.decode()


def test_an_old_version_of_a_draft_is_not_written_over(browse, cast, project):
    case = CaseFactory(project=project, platform=cast.platform)
    edit = reverse("cases:edit", args=[case.slug])

    stale = {"version": "2020-01-01T00:00:00+08:00"}
    response = browse("operator").post(edit, VALUES | stale)
    assert "内容已被他人修改" in response.content.decode()
    assert "树脂放大" in response.content.decode()

    for nonsense in ("gestern", "2020-13-01T00:00:00"):
        response = browse("operator").post(edit, VALUES | {"version": nonsense})
        assert response.status_code == 302


def test_writing_is_the_platforms_and_wants_confirmation(browse, cast, reach):
    project = reach(S.CLOSED)
    url = reverse("cases:write", args=[project.number])

    assert browse("enterprise").get(url).status_code == 403
    response = browse("operator").post(url, VALUES)
    assert "成果经企业确认以后才能撰写案例。" in response.content.decode()

    published = published_case(platform=cast.platform)
    assert browse("operator").get(reverse("cases:edit", args=[published.slug])).status_code == 403
    move = reverse("cases:move", args=[published.slug, "publish"])
    assert browse("enterprise").post(move).status_code == 403


def test_who_took_down_a_public_case_and_sees_it_no_more_lands_on_the_list(
    browse, cast, reach, now
):
    case = CaseFactory(project=reach(S.CLOSED), status="published", consented_at=now)

    move = reverse("cases:move", args=[case.slug, "withdraw"])
    response = browse("enterprise").post(move, {"reason": "不便公开"})

    assert response.url == case.get_absolute_url()


def test_the_review_queue_is_for_staff(browse):
    assert browse("enterprise").get(reverse("cases:review")).status_code == 403
    empty = browse("staff").get(reverse("cases:review")).content.decode()
    assert "没有等待审核的案例" in empty
