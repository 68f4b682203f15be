"""Register entries: kept by their platform, public where the kind is, names of people never."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from core.errors import DomainError, Refused
from core.files import files_of, may_read
from core.models import ActivityLog, StoredFile
from platforms import services
from platforms.access import RegisterAccess
from platforms.models import RegisterEntry
from platforms.registers import KINDS, PUBLIC_KINDS
from platforms.services.equipment_import import ImportErrors
from platforms.services.register_import import REGISTER_HEADINGS, register_template
from tests.factories.platforms import RegisterEntryFactory

DAY = date(2026, 3, 5)
FULL = {
    "title": "固化工艺", "level": "middle", "number": "N-1", "started_date": DAY,
    "link": "https://example.org/a", "note": "每季度更新",
}  # fmt: skip


def given(kind):
    """What the form of the kind asks for, but for a patent."""
    return {name: value for name, value in FULL.items() if name in KINDS[kind].fields}


def record(actor, platform, kind="dataset", now=None, **values):
    return services.record_entry(
        actor=actor, platform=platform, kind=kind, values=given(kind) | values, now=now
    )


def upload():
    return SimpleUploadedFile("证书.txt", b"certificate", "text/plain")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_registered_as_its_form_asks(kind, operator, platform, now):
    patent = RegisterEntryFactory(platform=platform, kind="patent", number="ZL1")
    extra = {"patent": patent} if kind == "licence" else {}

    made = record(operator, platform, kind, now, **extra)

    assert (made.platform, made.recorded_by, made.title) == (platform, operator, "固化工艺")
    assert ActivityLog.objects.get().action == "platforms.registerentry.record"
    assert (made.search is not None) is (kind in PUBLIC_KINDS)


@pytest.mark.parametrize(
    ("kind", "values", "code", "field"),
    [
        ("dataset", {"title": " "}, "required", "title"),
        ("manager", {"number": ""}, "required", "number"),
        ("dataset", {"level": "senior"}, "not_for_kind", "level"),
        ("dataset", {"started_date": date(2999, 1, 1)}, "future", "started_date"),
        ("dataset", {"ended_date": date(2026, 3, 4)}, "out_of_range", "ended_date"),
        ("licence", {"patent": None}, "required", "patent"),
        ("other", {}, "unknown_kind", "kind"),
        ("dataset", {"link": "不是网址"}, "invalid", "link"),
    ],
)
def test_what_the_kind_does_not_allow_is_refused(
    kind, values, code, field, operator, platform, now
):
    base = given(kind) if kind in KINDS else {}

    with pytest.raises(DomainError) as error:
        services.record_entry(
            actor=operator, platform=platform, kind=kind, values=base | values, now=now
        )

    assert (error.value.code, error.value.field) == (code, field)
    assert not RegisterEntry.objects.exists()


def test_an_event_may_be_announced(operator, platform, now):
    made = record(operator, platform, "roadshow", now, started_date=date(2999, 1, 1))

    assert made.standing == "即将举办"


def test_the_same_is_not_registered_twice(operator, platform, now):
    record(operator, platform, "patent", now)

    for values, code in (({}, "twice"), ({"title": "另一件"}, "number")):
        with pytest.raises(DomainError) as error:
            record(operator, platform, "patent", now, **values)
        assert error.value.code == code
    other = RegisterEntryFactory(kind="patent", number="N-1")  # of another platform
    with pytest.raises(DomainError) as error:
        record(operator, platform, "licence", now, patent=other)
    assert error.value.code == "other_platform"
    assert RegisterEntry.objects.filter(platform=platform).count() == 1


def test_only_the_platform_keeps_its_entries(operator, stranger, staff, platform, now):
    entry = record(operator, platform, now=now)

    for who in (stranger, staff, AnonymousUser()):
        with pytest.raises(Refused):
            record(who, platform, now=now, title="别的")
        with pytest.raises(Refused):
            services.edit_entry(actor=who, entry=entry, values={"title": "改"}, now=now)
        with pytest.raises(Refused):
            services.end_entry(actor=who, entry=entry, ended_date=DAY, reason="停", now=now)
        with pytest.raises(Refused):
            services.strike_entry(actor=who, entry=entry, reason="错", now=now)
    assert RegisterEntry.objects.get().title == "固化工艺"


def test_an_edit_keeps_what_it_said_before_but_no_name(operator, platform, now):
    entry = record(operator, platform, "manager", now)

    services.edit_entry(
        actor=operator, entry=entry, values={"title": "李某", "level": "senior"}, now=now
    )
    services.edit_entry(actor=operator, entry=entry, values={"level": "senior"}, now=now)

    entry.refresh_from_db()
    assert (entry.title, entry.level) == ("李某", "senior")
    log = ActivityLog.objects.get(action="platforms.registerentry.edit")
    assert log.data == {"before": {"级别": "middle"}}
    assert "固化工艺" not in log.target_label


def test_ending_wants_a_day_and_a_reason_and_happens_once(operator, platform, now):
    entry, event = record(operator, platform, now=now), record(operator, platform, "roadshow", now)
    end = services.end_entry

    for wrong, day, reason, code in (
        (entry, DAY, " ", "reason_required"),
        (entry, DAY - timedelta(days=1), "停", "out_of_range"),
        (entry, None, "停", "out_of_range"),
        (event, DAY, "停", "wrong_state"),
    ):
        with pytest.raises(DomainError) as error:
            end(actor=operator, entry=wrong, ended_date=day, reason=reason, now=now)
        assert error.value.code == code
    ended = end(actor=operator, entry=entry, ended_date=DAY, reason="停止更新", now=now)
    assert (ended.ended_date, ended.end_reason, ended.standing) == (DAY, "停止更新", "已停止")
    with pytest.raises(DomainError, match="已停止"):
        end(actor=operator, entry=entry, ended_date=DAY, reason="停", now=now)


def test_striking_takes_the_evidence_along_and_the_platform_remembers(operator, platform, now):
    patent = record(operator, platform, "patent", now)
    licence = record(operator, platform, "licence", now, patent=patent, title="某企业")
    services.edit_entry(actor=operator, entry=licence, values={}, uploads=[upload()], now=now)
    strike = services.strike_entry

    for entry, reason, code in ((patent, "错", "linked"), (licence, "", "reason_required")):
        with pytest.raises(DomainError) as error:
            strike(actor=operator, entry=entry, reason=reason, now=now)
        assert error.value.code == code
    assert StoredFile.objects.count() == 1
    strike(actor=operator, entry=licence, reason="登记错了", now=now)

    assert list(RegisterEntry.objects.all()) == [patent]
    assert not StoredFile.objects.exists()
    log = ActivityLog.objects.get(action="platforms.registerentry.strike")
    assert (log.target_id, log.reason) == (str(platform.pk), "登记错了")
    assert "某企业" not in str(log.data)


def test_names_of_people_are_seen_by_the_platform_and_its_region_alone(
    operator, stranger, staff, other_staff, platform, now
):
    public, private = (
        record(operator, platform, now=now),
        record(operator, platform, "manager", now),
    )
    services.edit_entry(actor=operator, entry=private, values={}, uploads=[upload()], now=now)
    stored = files_of(private).get()
    hidden = RegisterEntryFactory(platform__status="draft")

    for user, rows in ((operator, {public, private}), (staff, {public, private, hidden})):
        assert set(RegisterAccess(user).visible()) == set(RegisterAccess(user).kept()) == rows
        assert may_read(user, stored)
    for user in (stranger, other_staff, AnonymousUser()):
        assert set(RegisterAccess(user).visible()) == {public}
        assert not RegisterAccess(user).kept().exists()
        assert not may_read(user, stored)


def test_the_template_is_imported_once_and_wrong_rows_are_told(operator, platform, now):
    def load(content):
        return services.import_entries(
            actor=operator, platform=platform, file=BytesIO(content), now=now
        )

    assert (load(register_template(platform)), load(register_template(platform))) == (1, 0)
    wrong = sheet(
        ["技术经理人证书", "王某", "特级", "", "1", "2026-01-01"],
        ["开放许可被许可", "某企业", "", "ZL9", "", "2026-01-01"],
        ["活动", "某活动", "", "", "", "2026-01-01"],
        ["联盟活动", "年会", "", "", "", "年初"],
        ["联盟活动", "年会"],
        ["联盟活动", "年会二", "", "", "", "2026-01-01"],
    )
    with pytest.raises(ImportErrors) as errors:
        load(wrong)
    assert [(found.row, found.column) for found in errors.value.errors] == [
        (2, "级别"), (3, "被许可的专利号"), (4, "类别"), (5, "日期"), (6, "日期"),
    ]  # fmt: skip
    assert RegisterEntry.objects.count() == 1


def sheet(*rows):
    book, stream = Workbook(), BytesIO()
    for row in (REGISTER_HEADINGS, *rows):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()
