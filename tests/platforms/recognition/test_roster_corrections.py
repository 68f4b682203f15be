"""A status won before is recorded, and mended with a reason; what was decided here is not."""

from datetime import date

import pytest
from django.utils import timezone

from core.errors import DomainError, Refused
from core.models import ActivityLog
from platforms import services
from platforms.selectors.roster import roster_rows
from tests.factories.recognition import ApplicationFactory, RecognitionFactory, SchemeFactory


@pytest.fixture
def recorded(province, platform, now):
    return services.record_recognition(
        actor=province, platform=platform, scheme=SchemeFactory(valid_years=3),
        document_number="1号", started_date=date(2025, 5, 1), now=now,
    )  # fmt: skip


def correct(actor, recognition, now, reason="日期录错", document="2号", **values):
    kept = {"started_date": date(2024, 5, 1), "batch": "第一批", "build_type": "direct",
            "certificate_number": "粤中试〔2024〕009"}  # fmt: skip
    return services.correct_recognition(
        actor=actor, recognition=recognition, values=kept | values, document_number=document,
        reason=reason, now=now,
    )  # fmt: skip


def test_the_roster_reads_as_if_it_had_been_entered_so(province, recorded, now):
    mended = correct(province, recorded, now)

    assert (mended.decided_date, mended.valid_until) == (date(2024, 5, 1), date(2027, 4, 30))
    assert mended in roster_rows(date(2024, 6, 1))
    line = mended.changes.get()
    assert (line.day, line.document_number) == (date(2024, 5, 1), "2号")
    log = ActivityLog.objects.get(action="platforms.recognition.correct")
    assert (log.reason, log.data["before"]["started_date"]) == ("日期录错", "2025-05-01")


def test_a_wrong_correction_changes_nothing(staff, operator, province, recorded, now):
    for actor in (staff, operator):
        with pytest.raises(Refused):
            correct(actor, recorded, now)
    services.move_recognition(
        actor=province, recognition=recorded, name="warn", reason="逾期", now=now,
        day=date(2025, 9, 1),
    )  # fmt: skip
    RecognitionFactory(certificate_number="粤中试〔2024〕001")
    for values, field in (
        ({"reason": " "}, "reason"), ({"document": ""}, "document_number"),
        ({"started_date": date(2199, 1, 1)}, "started_date"),
        ({"started_date": date(2025, 9, 2)}, "started_date"),
        ({"certificate_number": "粤中试〔2024〕001"}, "certificate_number"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            correct(province, recorded, now, **values)
        assert error.value.field == field
    recorded.refresh_from_db()
    assert (recorded.started_date, recorded.batch) == (date(2025, 5, 1), "")


def test_what_was_decided_here_stays(province, platform, now):
    application = ApplicationFactory(platform=platform, status="recognised")
    granted = RecognitionFactory(platform=platform, application=application)

    with pytest.raises(DomainError) as error:
        correct(province, granted, now)
    assert error.value.code == "granted"


def test_staff_correct_in_the_page_and_the_platform_asks(sign_in, province, operator, recorded):
    page = recorded.get_absolute_url()
    url = f"{page}correct/"
    own = sign_in(operator)
    assert "申请更正" in own.get(page).content.decode()
    assert own.get(url).status_code == 403
    client = sign_in(province)
    assert url in client.get(page).content.decode()
    assert client.get(url).context["form"]["document_number"].value() == "1号"
    asked = {
        "document_number": "2号", "started_date": "2024-05-01", "build_type": "direct",
        "batch": "第一批", "certificate_number": recorded.certificate_number, "reason": "录错",
    }  # fmt: skip

    client.post(url, asked | {"started_date": str(timezone.localdate().replace(year=2199))})
    recorded.refresh_from_db()
    assert recorded.batch == ""
    client.post(url, asked)

    recorded.refresh_from_db()
    assert (recorded.batch, recorded.started_date) == ("第一批", date(2024, 5, 1))
