"""The roster, money, changes and hours."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from core.errors import DomainError, Refused
from platforms import services
from platforms.models import (
    ChangeReport,
    FundingRecord,
    Platform,
    Recognition,
    UsageLog,
)
from platforms.selectors.roster import Turnover, roster_changes, roster_rows, turnover
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import (
    ApplicationFactory,
    ChangeReportFactory,
    ProgrammeFactory,
    RecognitionFactory,
    SchemeFactory,
    money,
)

ZONE = ZoneInfo("Asia/Shanghai")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_direct_recognition_enters_the_roster_at_once(province, platform, now):
    application = ApplicationFactory(
        platform=platform, status="decision", build_type="direct",
        programme=ProgrammeFactory(scheme=SchemeFactory(valid_years=3)),
    )  # fmt: skip

    services.move_application(
        actor=province, application=application, name="recognise", decision_number="1号",
        now=datetime(2026, 3, 2, 10, tzinfo=ZONE),
    )  # fmt: skip

    found = Recognition.objects.get()
    assert (found.status, found.started_date) == ("active", date(2026, 3, 2))
    assert found.valid_until == date(2029, 3, 1)
    assert not found.assessments.exists()


def test_certificates_are_numbered_in_turn(province, now):
    scheme = SchemeFactory(certificate_prefix="粤中试")
    numbers = [
        services.record_recognition(
            actor=province, platform=PlatformFactory(), scheme=scheme, document_number="1号",
            started_date=date(2025, 5, 1), now=now,
        ).certificate_number
        for _ in range(2)
    ]  # fmt: skip

    assert numbers == ["粤中试〔2025〕001", "粤中试〔2025〕002"]


def test_record_wants_a_document_and_a_past_day(province, staff, platform, now):
    scheme = SchemeFactory()

    def record(actor=province, document="1号", day=date(2025, 5, 1)):
        return services.record_recognition(
            actor=actor, platform=platform, scheme=scheme, document_number=document,
            started_date=day, now=now,
        )  # fmt: skip

    with pytest.raises(Refused):
        record(staff)
    for arguments, field in (
        ({"document": " "}, "document_number"), ({"day": date(2199, 1, 1)}, "started_date"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            record(**arguments)
        assert error.value.field == field
    record()
    with pytest.raises(DomainError) as error:
        record()
    assert error.value.message == "该平台已在册。"


def test_what_is_over_leaves_the_roster(db, now):
    last = timezone.localdate() - timedelta(days=3)  # nobody looked for some days
    lapsed = RecognitionFactory(valid_until=last)
    RecognitionFactory(valid_until=timezone.localdate())

    assert services.expire_recognitions(now=now) == 1
    assert services.expire_recognitions(now=now) == 0
    lapsed.refresh_from_db()
    assert (lapsed.status, lapsed.ended_date) == ("expired", last + timedelta(days=1))
    assert lapsed in roster_rows(last)
    assert lapsed not in roster_rows(last + timedelta(days=1))


def test_rectification_wants_a_day_and_plans_the_recheck(province, platform, now):
    recognition = RecognitionFactory(platform=platform)

    def rectify(day):
        return services.move_recognition(
            actor=province, recognition=recognition, name="rectify", reason="不足", now=now,
            rectify_by=day,
        )  # fmt: skip

    for day in (None, timezone.localdate()):
        with pytest.raises(DomainError) as error:
            rectify(day)
        assert error.value.field == "rectify_by"
    rectify(timezone.localdate() + timedelta(days=30))
    assert recognition.assessments.get().kind == "recheck"


def test_assessment_extension_and_conclusion(province, operator, platform, now):
    recognition = RecognitionFactory(platform=platform)
    due = timezone.localdate() + timedelta(days=20)
    assessment = services.plan_assessment(
        actor=province, recognition=recognition, kind="midterm", due_date=due, now=now
    )

    def ask(until, reason="设备未到"):
        return services.ask_extension(
            actor=operator, assessment=assessment, until=until, reason=reason, now=now
        )

    with pytest.raises(DomainError):
        services.grant_extension(actor=province, assessment=assessment, now=now)
    later = due + timedelta(days=30)
    for until, reason in ((due, "x"), (later, " ")):
        with pytest.raises(DomainError):
            ask(until, reason)
    ask(later)
    granted = services.grant_extension(actor=province, assessment=assessment, now=now)
    assert granted.due_date == later
    values = {"held_date": timezone.localdate(), "result": "passed", "conclusion": "良好"}
    with pytest.raises(DomainError) as error:
        services.conclude_assessment(
            actor=province, assessment=assessment, values=values | {"result": ""}, now=now
        )
    assert error.value.field == "result"
    with pytest.raises(Refused):
        services.conclude_assessment(actor=operator, assessment=assessment, values=values, now=now)
    services.conclude_assessment(actor=province, assessment=assessment, values=values, now=now)
    with pytest.raises(DomainError):
        services.conclude_assessment(actor=province, assessment=assessment, values=values, now=now)
    with pytest.raises(DomainError):
        ask(later + timedelta(days=30))


def test_roster_costs_one_query(db, django_assert_num_queries):
    RecognitionFactory.create_batch(3)

    with django_assert_num_queries(1):
        rows = [(str(row.platform), str(row.scheme)) for row in roster_rows(date(2026, 1, 1))]
    assert len(rows) == 3
    with django_assert_num_queries(1):
        lines = roster_changes(date(2025, 1, 1), date(2025, 12, 31))
        words = [(row.word, str(row.recognition.platform)) for row in lines]
    assert [word for word, _name in words] == ["入册"] * 3


def test_who_came_and_went_adds_up(province, platform, now):
    staying = RecognitionFactory(started_date=date(2024, 1, 2))
    recognition = RecognitionFactory(platform=platform, started_date=date(2025, 3, 3))
    building = RecognitionFactory(status="building", started_date=None)

    def move(name, day, found=recognition, **values):
        services.move_recognition(
            actor=province, recognition=found, name=name, reason="说明", now=now, day=day, **values
        )

    move("warn", date(2025, 4, 1))
    move("restore", date(2025, 5, 1))
    move("remove", date(2025, 6, 1), building)
    move("remove", date(2025, 7, 1))

    first, last = date(2025, 1, 1), date(2025, 12, 31)
    words = [row.word for row in roster_changes(first, last)]
    assert words == ["退出", "终止建设", "恢复正常", "警示", "入册"]
    assert turnover(first, last) == Turnover(1, 1, 1, 1)
    assert turnover(date(2024, 1, 1), first) == Turnover(0, 1, 0, 1)
    assert list(roster_rows(last)) == [staying]


def test_a_second_order_to_rectify_moves_the_recheck(province, platform, now):
    recognition = RecognitionFactory(platform=platform)
    open_one = recognition.assessments.create(kind="recheck", due_date=date(2026, 12, 1))
    day = timezone.localdate() + timedelta(days=45)

    services.move_recognition(
        actor=province, recognition=recognition, name="rectify", reason="不足", now=now,
        rectify_by=day,
    )  # fmt: skip

    assert recognition.assessments.get() == open_one
    assert recognition.assessments.get().due_date == day


def test_same_level_does_not_build_twice_without_a_reason(staff, platform, now):
    services.record_funding(actor=staff, platform=platform, values=money(), now=now)
    with pytest.raises(DomainError) as error:
        services.record_funding(
            actor=staff, platform=platform, values=money(fund="另一专项"), now=now
        )
    assert (error.value.code, error.value.field) == ("double_funding", "exception_reason")
    for other in (
        {"level": "city"}, {"kind": "reward"}, {"fund": "另一专项", "exception_reason": "批准"},
    ):  # fmt: skip
        services.record_funding(actor=staff, platform=platform, values=money(**other), now=now)

    assert FundingRecord.objects.count() == 4


def test_funding_refuses_doubles_and_strangers(staff, operator, other_staff, platform, now):
    services.record_funding(actor=staff, platform=platform, values=money(kind="reward"), now=now)
    with pytest.raises(DomainError) as error:
        services.record_funding(
            actor=staff, platform=platform, values=money(kind="reward"), now=now
        )
    assert error.value.code == "twice"
    for actor in (operator, other_staff):
        with pytest.raises(Refused):
            services.record_funding(actor=actor, platform=platform, values=money(), now=now)
    with pytest.raises(DomainError) as error:
        services.record_funding(
            actor=staff, platform=platform, values=money(amount_yuan=Decimal(0)), now=now
        )
    assert error.value.message == "金额须大于 0。"


def test_unreported_changes_of_recognised_platforms_are_asked_about_once(operator, platform, now):
    RecognitionFactory(platform=platform)
    unrecognised = PlatformFactory(name="没有认定")
    for row in (platform, unrecognised):
        Platform.objects.filter(pk=row.pk).update(address="老地址")
        Platform.objects.filter(pk=row.pk).update(address="新地址")

    later = timezone.now()
    assert services.detect_changes(now=later) == 1
    assert services.detect_changes(now=later) == 0

    report = ChangeReport.objects.get()
    assert (report.platform, report.kind, report.status) == (platform, "address", "asked")
    assert (report.before, report.after, report.is_detected) == ("老地址", "新地址", True)


def test_reported_changes_are_not_asked_about(platform, now):
    RecognitionFactory(platform=platform)
    ChangeReportFactory(platform=platform, kind="name", happened_date=timezone.localdate())

    Platform.objects.filter(pk=platform.pk).update(name="新名称")

    assert services.detect_changes(now=timezone.now()) == 0


def test_old_changes_are_not_asked_about(platform, now):
    RecognitionFactory(platform=platform)
    Platform.objects.filter(pk=platform.pk).update(name="新名称")

    assert services.detect_changes(now=timezone.now() + timedelta(days=31)) == 0


def test_future_changes_are_refused(operator, platform, now):
    with pytest.raises(DomainError) as error:
        services.report_change(
            actor=operator, platform=platform, now=now,
            values={"kind": "leader", "happened_date": date(2199, 1, 1), "note": "x"},
        )  # fmt: skip
    assert error.value.field == "happened_date"
    assert not ChangeReport.objects.exists()


def sheet(*rows):
    book = Workbook()
    book.active.append(["设备", "日期", "机时（小时）", "对外服务", "使用单位", "用途"])
    for row in rows:
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def test_hours_import_writes_all_or_nothing(operator, platform, equipment_of_platform, now):
    good = ("反应釜", "2026-03-05", 8, "是", "某企业", "放大")
    bad = [
        ("没有这台", "2026-03-05", 8, "否"), ("反应釜", "三月", 8, "否"),
        ("反应釜", "2026-03-05", "多", "否"), ("反应釜", "2026-03-05", 8, "也许"),
        ("反应釜", "2026-03-05", 800, "否"), ("反应釜", "2026-03-05", 8, "是", ""),
    ]  # fmt: skip

    with pytest.raises(services.ImportErrors) as error:
        services.import_usage(actor=operator, platform=platform, file=sheet(good, *bad), now=now)
    assert [(e.row, e.column) for e in error.value.errors] == [
        (3, "设备"), (4, "日期"), (5, "机时（小时）"), (6, "对外服务"), (7, "整行"),
        (8, "使用单位"),
    ]  # fmt: skip
    assert not UsageLog.objects.exists()
    count = services.import_usage(actor=operator, platform=platform, file=sheet(good), now=now)
    assert count == UsageLog.objects.filter(source="import", is_external=True).count() == 1


def test_hours_template_names_the_equipment(platform, equipment_of_platform):
    book = load_workbook(BytesIO(services.usage_template(platform)))

    assert book.worksheets[0]["A2"].value == "反应釜"
    assert book.worksheets[1]["A2"].value == "反应釜"


def test_hours_sent_twice_are_written_once(operator, stranger, equipment_of_platform, now):
    line = {
        "equipment": equipment_of_platform, "start_at": now - timedelta(hours=9),
        "hours": Decimal(8), "external_id": "LIMS-1",
    }  # fmt: skip

    first = services.receive_usage(actor=operator, lines=[line], now=now)
    again = services.receive_usage(actor=operator, lines=[line], now=now)
    with pytest.raises(Refused):
        services.receive_usage(actor=stranger, lines=[{**line, "external_id": "2"}], now=now)
    with pytest.raises(DomainError) as error:
        services.receive_usage(
            actor=operator, now=now,
            lines=[{**line, "external_id": "3"},
                   {**line, "external_id": "4", "start_at": now + timedelta(hours=1)}],
        )  # fmt: skip

    assert (first.created, again.created, again.repeated) == (1, 0, 1)
    assert error.value.message == "第 2 条：还没有发生的使用不能登记。"
    assert UsageLog.objects.count() == 1
