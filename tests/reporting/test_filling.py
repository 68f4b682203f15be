"""What people type: kept, told, never overwritten; what is computed stays."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.files import files_of, may_read
from core.models import ActivityLog
from reporting.models import AnnualReport, ReportValue
from reporting.selectors.sheets import lines_of, values_of
from reporting.services import filling
from reporting.services.filling import Typed
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.platforms import EquipmentFactory, PlatformFactory
from tests.factories.reporting import SENTENCE, open_cycle, report_for
from tests.factories.taxonomy import guangdong

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators")]


@pytest.fixture(scope="module")
def _world(catalogue):
    operator = person(Role.OPERATOR, organisation=OrganisationFactory())
    platform = PlatformFactory(organisation=operator.organisations[0])
    EquipmentFactory(platform=platform, quantity=2, value_yuan=1_000_000)
    return {"operator": operator, "report": report_for(platform, open_cycle())}


@pytest.fixture
def operator(world):
    return world["operator"]


@pytest.fixture
def report(world):
    return world["report"]


def save(actor, report, *typed):
    return filling.save_values(actor=actor, report=report, typed=typed, now=timezone.now())


def value(report, code):
    return values_of(report)[code].value


@pytest.mark.parametrize(
    ("code", "raw", "kept"),
    [
        ("FIN-01", "１,２３４.５", Decimal("1234.5")),
        ("TAL-01", "12", Decimal(12)),
        ("BAS-06", "是", True),
        ("BAS-06", "否", False),
        ("BAS-07", "council", "council"),
        ("PLN-07", " 全年运行平稳。 ", "全年运行平稳。"),
        ("PLN-06", [{"kind": "用地", "note": "缺场地"}, {"kind": "", "note": ""}],
         [{"kind": "用地", "note": "缺场地"}]),
    ],
)  # fmt: skip
def test_values_are_kept_by_kind(operator, report, code, raw, kept):
    from tests.factories.taxonomy import TermFactory

    TermFactory(code_list__slug="governance", code="council", name="理事会")
    saved = save(operator, report, Typed(code, raw))

    assert saved.is_clean
    assert value(report, code) == kept


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("FIN-01", "一百"), ("FIN-01", "-1"), ("FIN-01", "1.234"), ("TAL-01", "1.5"),
        ("FIN-01", "NaN"), ("FIN-01", "1e30"), ("PLN-03", "101"), ("BAS-06", "也许"),
        ("BAS-07", "不存在"), ("PLN-06", "文字"), ("PLN-06", [{"kind": "用地"}]),
        ("PLN-06", [{"kind": "其它的", "note": "x"}]), ("SAF-04", [
            {"date": "2026-05-01", "found": "1.5", "mended": "1"}]), ("PLN-07", "字" * 3001),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_nothing_else_is_lost(operator, report, code, raw):
    saved = save(operator, report, Typed(code, raw), Typed("TAL-04", "3"))

    assert list(saved.errors) == [code]
    assert (saved.errors[code].field or "").split(":")[0] == code
    assert saved.written == ["TAL-04"]
    assert code not in values_of(report)


def test_nothing_needs_a_reason_and_a_value_has_none(operator, report):
    typed = [Typed("TAL-07", null_reason="na"), Typed("TAL-08", "5", null_reason="na")]
    saved = save(operator, report, *typed, Typed("TAL-09", null_reason="xx"))

    assert saved.written == ["TAL-07"]
    assert set(saved.errors) == {"TAL-08", "TAL-09"}


def test_computed_values_are_read_only(operator, report):
    saved = save(operator, report, Typed("CON-02", "99"), Typed("XXX-99", "1"))

    assert saved.errors["CON-02"].code == "auto_value"
    assert saved.errors["XXX-99"].code == "unknown_indicator"
    assert value(report, "CON-02") == 2


def test_a_warning_on_a_computed_value_may_be_explained(operator, report):
    saved = save(operator, report, Typed("CON-02", note=SENTENCE))

    assert saved.written == ["CON-02"]
    assert values_of(report)["CON-02"].note == SENTENCE


def test_derived_values_follow_at_once(operator, report):
    save(operator, report, Typed("FIN-01", "200"), Typed("FIN-01a", "50"), Typed("FIN-06", "80"))

    assert value(report, "FIN-05") == 25
    assert value(report, "FIN-07") == 250


def test_the_second_of_two_people_is_told_and_overwrites_nothing(operator, report):
    save(operator, report, Typed("FIN-01", "100"))
    seen = values_of(report)["FIN-01"].version
    save(operator, report, Typed("FIN-01", "200", version=seen))

    late = save(operator, report, Typed("FIN-01", "300", version=seen),
                Typed("TAL-01", "7", version=0))  # fmt: skip

    assert list(late.conflicts) == ["FIN-01"]
    assert late.conflicts["FIN-01"].value == 200
    assert late.written == ["TAL-01"]
    assert value(report, "FIN-01") == 200


def test_the_same_value_is_no_conflict_and_no_change(operator, report):
    save(operator, report, Typed("FIN-01", "100"))

    again = save(operator, report, Typed("FIN-01", "100.00", version=0))

    assert again.is_clean
    assert again.written == []


def test_strangers_and_staff_do_not_type(report):
    for who in (person(Role.OPERATOR), person(Role.GOVERNMENT, region=guangdong())):
        with pytest.raises(Refused):
            save(who, report, Typed("FIN-01", "1"))
    assert "FIN-01" not in values_of(report)


def test_submitted_reports_are_not_typed_into(operator, report):
    AnnualReport.objects.filter(pk=report.pk).update(status="city")

    with pytest.raises(Refused):
        save(operator, report, Typed("FIN-01", "1"))


def test_a_correction_keeps_both_values(operator, report):
    now, staff = timezone.now(), person(Role.GOVERNMENT, region=guangdong())
    filling.request_correction(
        actor=operator, report=report, code="CON-02", raw="3", reason="另有一台未登记", now=now
    )
    row = values_of(report)["CON-02"]
    assert (row.value, row.effective, row.correction) == (2, 2, {"value": "3"})

    filling.answer_correction(
        actor=staff, report=report, code="CON-02", accept=True, reason="", now=now
    )

    row = values_of(report)["CON-02"]
    assert (row.value, row.effective) == (2, 3)
    with pytest.raises(DomainError, match="没有待处理"):
        filling.answer_correction(
            actor=staff, report=report, code="CON-02", accept=False, reason="x", now=now
        )


def test_an_accepted_correction_counts_in_formulas(operator, report):
    now, staff = timezone.now(), person(Role.GOVERNMENT, region=guangdong())
    save(operator, report, Typed("SHR-05a", "4"))
    filling.request_correction(
        actor=operator, report=report, code="CON-04", raw="3", reason="另有一台未登记", now=now
    )
    assert value(report, "SHR-05") == 50
    filling.answer_correction(
        actor=staff, report=report, code="CON-04", accept=True, reason="", now=now
    )

    assert value(report, "SHR-05") == 75


@pytest.mark.parametrize(
    ("code", "raw", "reason", "field"),
    [("FIN-01", "1", "手填的也想更正", "value"), ("CON-02", "很多", "另有一台未登记", "value"),
     ("CON-02", "", "另有一台未登记", "value"), ("CON-02", "3", "错", "reason")],
)  # fmt: skip
def test_bad_corrections_are_refused(operator, report, code, raw, reason, field):
    save(operator, report, Typed("FIN-01", "5"))

    with pytest.raises(DomainError) as error:
        filling.request_correction(
            actor=operator, report=report, code=code, raw=raw, reason=reason, now=timezone.now()
        )
    assert error.value.field == field
    assert not ReportValue.objects.filter(report=report, correction__isnull=False).exists()


def test_plan_is_saved_and_becomes_the_baseline(operator, report):
    saved = filling.save_plan(
        actor=operator, report=report, now=timezone.now(),
        targets={"SRV-02": ("8", "加强推介"), "FIN-01": ("多", ""), "SRV-02T": ("9", "")},
    )  # fmt: skip

    assert {code: error.code for code, error in saved.errors.items()} == {
        "FIN-01": "invalid_value", "SRV-02T": "not_plannable",
    }  # fmt: skip
    assert value(report, "PLN-01")[0]["target"] == "8"
    filling.save_plan(actor=operator, report=report, targets={"SRV-02": ("", "")},
                      now=timezone.now())  # fmt: skip
    assert value(report, "PLN-01") is None


def test_a_target_that_somebody_changed_is_not_overwritten(operator, report):
    first = {"SRV-02": ("8", "")}
    filling.save_plan(actor=operator, report=report, targets=first, now=timezone.now())
    seen = {"SRV-02": report.plan_targets.get().version, "SRV-04": ""}
    filling.save_plan(
        actor=operator, report=report, targets={"SRV-02": ("9", "")}, now=timezone.now()
    )

    saved = filling.save_plan(
        actor=operator, report=report, targets={"SRV-02": ("7", ""), "SRV-04": ("3", "")},
        seen=seen, now=timezone.now(),
    )  # fmt: skip

    assert saved.written == ["SRV-04"]
    assert saved.errors["SRV-02"].code == "changed"
    assert "9" in saved.errors["SRV-02"].message
    assert {row.code: int(row.target) for row in report.plan_targets.all()} == {
        "SRV-02": 9, "SRV-04": 3
    }  # fmt: skip


def test_evidence_is_read_by_who_sees_the_report(operator, report):
    upload = SimpleUploadedFile("清单.txt", "合同一".encode(), "text/plain")
    row = filling.attach_evidence(
        actor=operator, report=report, code="FIN-01", uploads=[upload], now=timezone.now()
    )
    stored = files_of(row).get()

    assert may_read(operator, stored)
    assert may_read(person(Role.GOVERNMENT, region=guangdong()), stored)
    assert not may_read(person(Role.OPERATOR), stored)
    with pytest.raises(DomainError):
        filling.attach_evidence(
            actor=operator, report=report, code="FIN-01", uploads=[], now=timezone.now()
        )


def test_history_keeps_what_was_typed_and_not_what_was_computed(operator, report):
    event = ReportValue.pgh_event_models  # type: ignore[attr-defined]
    typed = next(model for label, model in event.items() if label in {"typed", "retyped"})
    save(operator, report, Typed("FIN-01", "100"))
    save(operator, report, Typed("FIN-01", "200"))

    kept = typed.objects.filter(indicator__code="FIN-01").order_by("pgh_id")
    assert [row.number for row in kept] == [100, 200]
    assert not typed.objects.filter(indicator__code="CON-02").exists()


def test_saving_is_logged_once(operator, report):
    save(operator, report, Typed("FIN-01", "100"), Typed("TAL-01", "3"))

    logged = ActivityLog.objects.filter(action="reporting.annualreport.fill").get()
    assert logged.data == {"codes": ["FIN-01", "TAL-01"]}


def test_problems_are_counted_for_lists(operator, report):
    filling.refresh_report(actor=operator, report=report, now=timezone.now())

    found = sum(f.blocks for line in lines_of(report) for f in line.findings)
    assert AnnualReport.objects.get(pk=report.pk).problem_count == found > 50
