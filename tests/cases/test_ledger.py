"""EIA, safety assessment and inspections of projects, and what reports take from them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases import services
from cases.access import ProjectAccess
from cases.models import Clearance, SafetyInspection
from cases.selectors import overdue_inspections
from core.errors import DomainError, Refused
from tests.factories.cases import ProjectFactory

INSPECTION = {
    "held_date": date(2026, 5, 6), "inspector": "李工", "findings": "两处标识缺失",
    "found_count": 2, "mended_count": 0, "rectify_by": date(2026, 5, 20),
}  # fmt: skip


def save(actor, project, now, kind="eia", **values):
    return services.save_clearance(actor=actor, project=project, kind=kind, values=values, now=now)


def test_a_procedure_is_one_row_a_kind(cast, project, now):
    save(cast.operator, project, now, stage="preparing", officer_name="王专员")
    save(cast.staff, project, now, stage="reused", approval_number="中环建表〔2024〕1号")

    row = Clearance.objects.get()
    assert (row.stage, row.approval_number, row.officer_name) == (
        "reused", "中环建表〔2024〕1号", "王专员",
    )  # fmt: skip


@pytest.mark.parametrize("stage", ["approved", "reused"])
def test_an_approval_wants_its_number(stage, cast, project, now):
    with pytest.raises(DomainError) as error:
        save(cast.operator, project, now, stage=stage)

    assert error.value.message == "已批复或沿用批复的，请填写批复文号。"
    assert not Clearance.objects.exists()


@pytest.mark.parametrize("who", ["enterprise", "other_operator", "far_staff", "broker"])
def test_others_do_not_keep_the_ledger(who, cast, project, now):
    with pytest.raises(Refused):
        save(getattr(cast, who), project, now, stage="exempt")
    assert not Clearance.objects.exists()


def test_inspections_are_mended_step_by_step(cast, project, now):
    row = services.record_inspection(
        actor=cast.operator, project=project, values=INSPECTION, now=now
    )
    overdue = overdue_inspections(ProjectAccess(cast.staff)).count()

    def mend(count):
        return services.mend_findings(
            actor=cast.operator, inspection=row, mended_count=count, rectification="已补标识",
            now=now,
        )  # fmt: skip

    mend(2)
    for wrong in (1, 3):
        with pytest.raises(DomainError):
            mend(wrong)
    row.refresh_from_db()
    assert (overdue, row.mended_count, row.rectification) == (1, 2, "已补标识")
    assert not overdue_inspections(ProjectAccess(cast.staff)).exists()


@pytest.mark.parametrize(
    "values",
    [{"held_date": date(2199, 1, 1)}, {"rectify_by": None}, {"mended_count": 3}],
)
def test_impossible_inspections_are_refused(values, cast, project, now):
    with pytest.raises(DomainError):
        services.record_inspection(
            actor=cast.operator, project=project, values=INSPECTION | values, now=now
        )
    assert not SafetyInspection.objects.exists()


def test_the_ledger_in_pages(client, cast, project, settings):
    settings.DEMO_MODE = True
    project.contract_date = timezone.localdate() - timedelta(days=3)
    project.status = "piloting"
    project.save()
    client.force_login(cast.operator)
    url = f"/projects/{project.number}/ledger/"

    assert url in client.get(project.get_absolute_url()).content.decode()
    wrong = client.post(f"{url}eia/", {"eia-stage": "approved"}).content.decode()
    client.post(f"{url}eia/", {"eia-stage": "approved", "eia-approval_number": "〔2026〕2号"})
    client.post(
        f"/projects/{project.number}/inspections/",
        INSPECTION | {"held_date": "2026-05-06", "rectify_by": "2026-05-20"},
    )
    row = SafetyInspection.objects.get()
    client.post(
        f"/projects/{project.number}/inspections/{row.pk}/",
        {"mended_count": "2", "rectification": "已补"},
    )

    assert "请填写批复文号" in wrong
    assert Clearance.objects.get().approval_number == "〔2026〕2号"
    row.refresh_from_db()
    assert row.mended_count == 2
    listed = client.get("/clearances/").content.decode()
    assert project.title in listed
    assert "〔2026〕2号" in client.get("/clearances/?export=csv").content.decode()
    client.force_login(cast.enterprise)
    assert client.get("/clearances/").status_code == 403
    assert "记录一次检查" not in client.get(url).content.decode()


def test_the_list_costs_the_same_for_one_and_three(
    client, cast, project, now, django_assert_num_queries
):
    save(cast.operator, project, now, stage="preparing")
    client.force_login(cast.operator)
    client.get("/clearances/")
    with django_assert_num_queries(7):
        client.get("/clearances/")
    for _ in range(2):
        more = ProjectFactory(platform=cast.platform)
        save(cast.operator, more, now, kind="safety", stage="submitted")
    with django_assert_num_queries(7):
        client.get("/clearances/")
