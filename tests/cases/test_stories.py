"""Cases: written of a confirmed project, agreed to, reviewed, published, taken down."""

import pytest
from django.core.exceptions import ValidationError

from cases import selectors, services
from cases.enums import CaseStatus, ProjectStatus
from cases.models import Case
from core.errors import Conflict, DomainError, Refused
from core.models import ActivityLog, Event
from core.search import search_rows
from tests.factories.cases import CaseFactory, confirmed, published_case
from tests.factories.demands import open_demand
from tests.factories.platforms import CapabilityFactory
from tests.factories.taxonomy import TermFactory

VALUES = {"title": "树脂放大", "client_name": "某企业", "summary": "做了三批", "result": "合格"}


@pytest.fixture
def closed(reach):
    project = reach(ProjectStatus.CLOSED)
    confirmed(project)
    return project


@pytest.fixture
def case(closed):
    return CaseFactory(project=closed, platform=closed.platform)


def test_write_drafts_a_case_of_the_project(cast, closed, now):
    case = services.write_case(actor=cast.operator, project=closed, values=VALUES, now=now)

    case.refresh_from_db()
    assert (case.status, case.slug) == (CaseStatus.DRAFT, closed.number.lower())
    assert (case.platform, case.region) == (cast.platform, cast.platform.region)
    assert search_rows(Case.objects.all(), "树脂").get() == case
    assert ActivityLog.objects.get().action == "cases.case.create"


def test_write_is_the_platforms(cast, closed, now):
    with pytest.raises(Refused):
        services.write_case(actor=cast.enterprise, project=closed, values=VALUES, now=now)


def test_write_waits_for_delivery_and_confirmation(cast, reach, now):
    for status, code in (
        (ProjectStatus.PILOTING, "wrong_state"), (ProjectStatus.DELIVERED, "unconfirmed"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            services.write_case(actor=cast.operator, project=reach(status), values=VALUES, now=now)
        assert error.value.code == code
    assert not Case.objects.exists()


def test_one_living_case_a_project(cast, closed, now):
    first = services.write_case(actor=cast.operator, project=closed, values=VALUES, now=now)
    with pytest.raises(DomainError) as error:
        services.write_case(actor=cast.operator, project=closed, values=VALUES, now=now)
    assert error.value.code == "case_exists"

    Case.objects.filter(pk=first.pk).update(status=CaseStatus.WITHDRAWN)
    second = services.write_case(actor=cast.operator, project=closed, values=VALUES, now=now)
    assert second.slug == f"{first.slug}-2"


def test_edit_changes_a_draft_and_its_search(cast, case, now):
    services.edit_case(
        actor=cast.operator, case=case, values={"title": "光刻胶提纯"}, now=now,
        version=case.updated_at,
    )  # fmt: skip

    case.refresh_from_db()
    assert (case.title, case.result) == ("光刻胶提纯", "转入量产")
    assert search_rows(Case.objects.all(), "光刻胶").exists()


def test_edit_refuses_an_old_version_another_state_and_others(cast, case, now):
    old = case.updated_at
    services.edit_case(actor=cast.operator, case=case, values=VALUES, now=now)

    with pytest.raises(Conflict):
        services.edit_case(actor=cast.operator, case=case, values=VALUES, now=now, version=old)
    with pytest.raises(Refused):
        services.edit_case(actor=cast.enterprise, case=case, values=VALUES, now=now)
    Case.objects.update(status=CaseStatus.IN_REVIEW)
    with pytest.raises(DomainError) as error:
        services.edit_case(actor=cast.operator, case=case, values=VALUES, now=now)
    assert error.value.code == "wrong_state"


def test_the_way_to_publication(cast, case, now):
    def move(who, name, **more):
        return services.move_case(actor=getattr(cast, who), case=case, name=name, now=now, **more)

    move("operator", "ask_consent")
    assert move("enterprise", "consent").consented_at == now
    published = move("city_staff", "publish")

    assert (published.status, published.published_at) == (CaseStatus.PUBLISHED, now)
    assert list(Event.objects.order_by("created_at").values_list("name", flat=True)) == [
        "cases.case.consent_asked", "cases.case.consented", "cases.case.published",
    ]  # fmt: skip


def test_a_returned_case_must_be_agreed_to_again(cast, case, now):
    Case.objects.update(status=CaseStatus.IN_REVIEW, consented_at=now)

    returned = services.move_case(
        actor=cast.staff, case=case, name="return", reason="写清指标", now=now
    )

    assert (returned.status, returned.consented_at) == (CaseStatus.DRAFT, None)


def test_a_withdrawn_case_keeps_its_first_day(cast, case, now):
    Case.objects.update(status=CaseStatus.PUBLISHED, consented_at=now, published_at=now)

    withdrawn = services.move_case(
        actor=cast.enterprise, case=case, name="withdraw", reason="不便公开", now=now
    )

    assert (withdrawn.status, withdrawn.published_at) == (CaseStatus.WITHDRAWN, now)


def test_the_database_wants_consent_or_a_source(case):
    case.status = CaseStatus.PUBLISHED

    with pytest.raises(ValidationError, match="企业同意后才能发布案例"):
        case.full_clean(exclude=["search"])


def test_a_new_case_begins_with_what_the_project_says(cast, reach):
    demand = open_demand(
        organisation=cast.firm, confidentiality="teaser", teaser="树脂放大", description="配方保密"
    )
    project = reach(
        ProjectStatus.CLOSED, demand=demand, started_date="2026-09-01", delivered_date="2026-10-08"
    )
    project.refresh_from_db()
    confirmed(project, trl_before=4, trl_after=6)

    found = selectors.case_beginnings(project)

    assert found == {
        "title": project.title,
        "client_name": "中山甲材料有限公司",
        "field": demand.field,
        "summary": "树脂放大\n"
        "在中山精细化工中试平台开展中试，2026 年 9 月开始，2026 年 10 月交付。",
        "result": "完成中试验证：三批均达到指标\n技术成熟度由 4 级提高到 6 级。",
    }


def test_a_new_case_keeps_an_anonymous_demand_anonymous(cast, reach):
    demand = open_demand(organisation=cast.firm, is_anonymous=True)

    found = selectors.case_beginnings(reach(ProjectStatus.CLOSED, demand=demand))

    assert found["client_name"] == ""


def test_a_new_case_without_demand_takes_the_field_of_the_capability(cast, reach):
    field = TermFactory()
    capability = CapabilityFactory(platform=cast.platform, field=field)

    found = selectors.case_beginnings(reach(ProjectStatus.CLOSED, capability=capability))

    assert found["field"] == field
    assert found["summary"] == "在中山精细化工中试平台开展中试。"


def test_rows_know_place_and_year(cast, now):
    sourced = published_case(region=None, platform=None, source_date="")
    at_platform = published_case(region=None, platform=cast.platform, source_date="2023-05")
    told = CaseFactory(
        project=None, status="published", source_url="https://example.org", source_date="2024",
    )  # fmt: skip

    rows = {row.pk: row for row in selectors.case_rows(Case.objects.all())}

    assert (rows[sourced.pk].province, rows[sourced.pk].year) == ("", "")
    assert (rows[at_platform.pk].province, rows[at_platform.pk].year) == ("440000", "2023")
    assert rows[told.pk].year == "2024"
    assert selectors.case_years() == [("2024", "2024 年"), ("2023", "2023 年")]


def test_a_case_told_here_is_of_the_year_of_its_publication(case, now):
    Case.objects.update(published_at=now)

    assert selectors.case_rows(Case.objects.all()).get().year == str(now.year)


def test_similar_cases_are_of_the_platform_then_of_the_field(cast):
    field = TermFactory()
    case = published_case(platform=cast.platform, field=field)
    same_field = published_case(field=field, source_date="2026-01-01")
    same_platform = published_case(platform=cast.platform)
    published_case()
    published_case(platform=cast.platform, status="withdrawn")

    assert selectors.similar_cases(case, Case.objects.all()) == [same_platform, same_field]
    placeless = published_case(platform=None, field=field, source_date="2020")
    assert set(selectors.similar_cases(placeless, Case.objects.all())) == {case, same_field}
    alone = published_case(platform=None, field=None)
    assert selectors.similar_cases(alone, Case.objects.all()) == []
