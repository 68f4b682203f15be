"""Rules of recognition one by one: works, refused, wrong state, twice."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import Conflict, DomainError, Refused
from core.models import StoredFile
from notifications.models import Notification
from platforms import services
from platforms.ladders import check_application, needs_building, path_of
from platforms.models import (
    Application,
    ChangeReport,
    FundingRecord,
    Platform,
    Recognition,
    Scheme,
    UsageLog,
)
from platforms.selectors.recognition import roster_changes, roster_rows
from platforms.services.applications import publicity_end
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.platforms import PlatformFactory
from tests.factories.recognition import (
    ApplicationFactory,
    AssignmentFactory,
    ChangeReportFactory,
    FundingFactory,
    ProgrammeFactory,
    RecognitionFactory,
    SchemeFactory,
)
from tests.factories.taxonomy import RegionFactory, guangdong, zhongshan

ZONE = ZoneInfo("Asia/Shanghai")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


# ---- schemes ----


def dongguan():
    return RegionFactory(
        code="441900", name="东莞市", short_name="东莞", level=2, parent=guangdong(),
        pinyin_key="dong1guan3",
    )  # fmt: skip


def test_sync_schemes_brings_the_province_and_its_cities_and_is_safe_twice(db):
    guangdong(), zhongshan(), dongguan()

    first = services.sync_schemes()
    again = services.sync_schemes()

    slugs = sorted(Scheme.objects.values_list("slug", flat=True))
    assert slugs == [
        "dongguan-city-platform", "guangdong-provincial-platform", "zhongshan-city-platform",
        "zhongshan-cultivation",
    ]  # fmt: skip
    assert first == {"created": 4, "updated": 0, "retired": 0}
    assert again == {"created": 0, "updated": 0, "retired": 0}


def test_sync_schemes_retires_what_left_the_files(db):
    guangdong(), zhongshan(), dongguan()
    old = SchemeFactory(slug="guangdong-former")

    assert services.sync_schemes()["retired"] == 1
    old.refresh_from_db()
    assert not old.is_active


def test_ladders_of_the_files_give_their_paths(db):
    guangdong(), zhongshan(), dongguan()
    services.sync_schemes()
    province = Scheme.objects.get(slug="guangdong-provincial-platform")
    pool = Scheme.objects.get(slug="zhongshan-cultivation")

    assert path_of(province, "new", 2) == [
        "city", "province", "experts", "site", "publicity", "decision",
    ]  # fmt: skip
    assert path_of(pool, "", 2) == ["city", "decision"]
    assert needs_building(province, "new")
    assert not needs_building(province, "direct")


def test_linyi_asks_for_its_numbers(db, settings):
    settings.JURISDICTION = "linyi"
    RegionFactory(code="371300", name="临沂市", level=2, pinyin_key="lin2yi2")

    services.sync_schemes()

    scheme = Scheme.objects.get()
    assert [(row["minimum"], row["unit"]) for row in scheme.criteria] == [
        (300, "万元"), (100, "平方米"), (200, "万元"),
    ]  # fmt: skip
    assert path_of(scheme, "", 3) == [
        "county", "city", "experts", "site", "publicity", "decision",
    ]  # fmt: skip
    assert scheme.word == "备案"
    assert scheme.basis == "临沂市中试基地意见 五(一)、六(一)"


# ---- batches ----


def test_programme_is_changed_only_by_staff_of_its_region(province, staff, now):
    scheme = SchemeFactory()
    values = {
        "scheme": scheme, "title": "第一批", "year": 2026, "opens_date": date(2026, 1, 1),
        "closes_date": date(2026, 2, 1),
    }  # fmt: skip

    programme = services.save_programme(actor=province, values=values, now=now)
    with pytest.raises(Refused):
        services.save_programme(actor=staff, values=values, now=now)
    with pytest.raises(DomainError) as error:
        services.save_programme(
            actor=province, programme=programme, values={"closes_date": date(2025, 1, 1)}, now=now
        )
    assert error.value.message == "截止日不能早于开始受理日。"
    with pytest.raises(Conflict):
        services.save_programme(
            actor=province, programme=programme, values={"title": "改"}, now=now, version="2020"
        )


def test_programmes_close_after_their_last_day(db, now):
    over = ProgrammeFactory(closes_date=timezone.localdate() - timedelta(days=1))
    ProgrammeFactory(closes_date=timezone.localdate())

    assert services.close_programmes(actor=SYSTEM, now=now) == 1
    assert services.close_programmes(actor=SYSTEM, now=now) == 0
    over.refresh_from_db()
    assert over.status == "closed"


# ---- applications ----


def test_application_needs_an_open_batch_and_the_region(operator, platform, now):
    closed = ProgrammeFactory(status="closed")
    elsewhere = ProgrammeFactory(scheme=SchemeFactory(region=dongguan()))

    for programme, code in ((closed, "programme_closed"), (elsewhere, "out_of_region")):
        with pytest.raises(DomainError) as error:
            services.start_application(
                actor=operator, programme=programme, platform=platform, now=now
            )
        assert error.value.code == code
    assert not Application.objects.exists()


def test_application_once_a_batch_and_numbered_in_turn(operator, stranger, platform, now):
    programme = ProgrammeFactory()
    first = services.start_application(
        actor=operator, programme=programme, platform=platform, now=now
    )
    with pytest.raises(DomainError) as error:
        services.start_application(actor=operator, programme=programme, platform=platform, now=now)
    with pytest.raises(Refused):
        services.start_application(actor=stranger, programme=programme, platform=platform, now=now)
    other = PlatformFactory(organisation=platform.organisation)
    second = services.start_application(
        actor=operator, programme=programme, platform=other, now=now
    )

    assert error.value.message == "该平台在本批次已有申报。"
    assert (first.number, second.number) == ("A2026-00001", "A2026-00002")


def test_self_check_tells_what_is_missing_and_why(operator, platform, now):
    scheme = SchemeFactory(
        criteria=[
            {"name": "设备原值", "minimum": 300, "unit": "万元", "measure": "equipment_value_wan"},
            {"name": "场地", "minimum": 100, "unit": "平方米", "measure": "floor_area_sqm"},
            {"name": "收入", "minimum": 200, "unit": "万元", "measure": ""},
        ],
        vetoes=["重大事故"],
    )
    platform.floor_area_sqm = 80
    platform.save()
    platform.equipment.create(slug="big", name="大设备", value_yuan=3_200_000, status="published")
    application = ApplicationFactory(
        programme=ProgrammeFactory(scheme=scheme), platform=platform, status="draft"
    )

    found = {check.label: (check.passed, check.advice) for check in check_application(application)}

    assert found["设备原值"] == (True, "")
    assert found["场地"] == (False, "还差 20 平方米。")
    assert found["收入"] == (None, "还没有数据，请在申报表中填写。")
    with pytest.raises(DomainError) as error:
        services.submit_application(actor=operator, application=application, now=now)
    assert error.value.code == "self_check"
    assert "场地：还差 20 平方米。" in error.value.message
    application.refresh_from_db()
    assert (application.status, application.self_check) == ("draft", [])


def test_second_support_of_the_same_level_needs_a_reason(platform):
    FundingFactory(platform=platform)
    application = ApplicationFactory(platform=platform, status="draft", wants_funding=True)

    def funding_check():
        return check_application(application)[-1]

    assert funding_check().passed is False
    application.funding_reason = "省政府批准"
    assert funding_check().passed is True
    application.funding_reason, application.wants_funding = "", False
    assert funding_check().passed is True


def test_returned_application_may_come_back_after_the_last_day(operator, platform, now):
    programme = ProgrammeFactory(status="closed")
    returned = ApplicationFactory(
        programme=programme, platform=platform, status="returned", returned_from="province"
    )

    services.submit_application(actor=operator, application=returned, now=now)

    returned.refresh_from_db()
    assert (returned.status, returned.returned_from) == ("province", "")


def test_evidence_is_kept_and_taken_back_while_editing(operator, stranger, platform, now):
    application = ApplicationFactory(platform=platform, status="draft")

    def upload():
        return SimpleUploadedFile("执照.pdf", PDF)

    (stored,) = services.attach_evidence(
        actor=operator, application=application, uploads=[upload()], now=now
    )
    with pytest.raises(Refused):
        services.attach_evidence(
            actor=stranger, application=application, uploads=[upload()], now=now
        )
    services.remove_evidence(actor=operator, application=application, file_id=stored.pk, now=now)
    with pytest.raises(DomainError):
        services.remove_evidence(
            actor=operator, application=application, file_id=stored.pk, now=now
        )
    Application.objects.update(status="city")
    with pytest.raises(Refused):
        services.attach_evidence(
            actor=operator, application=application, uploads=[upload()], now=now
        )
    assert not StoredFile.objects.exists()


def test_publicity_counts_working_days():
    # 国庆 2025: 1–8 October are holidays, Sunday 28 September and Saturday 11 October are worked
    start = datetime(2025, 9, 29, 15, tzinfo=ZONE)

    assert publicity_end(start, 5) == datetime(2025, 10, 13, 23, 59, 59, tzinfo=ZONE)


def test_objection_is_for_people_signed_in_during_publicity(stranger, platform, now):
    from django.contrib.auth.models import AnonymousUser

    ends = now + timedelta(days=3)
    application = ApplicationFactory(platform=platform, status="publicity", publicity_ends_at=ends)

    opinion = services.object_to(
        actor=stranger, application=application, body="数据不实", name="某公司", now=now
    )
    assert (opinion.kind, opinion.stage) == ("objection", "publicity")
    for actor, moment in ((AnonymousUser(), now), (stranger, ends + timedelta(seconds=1))):
        with pytest.raises(DomainError):
            services.object_to(actor=actor, application=application, body="x", name="y", now=moment)


def test_rejected_application_is_decided_anew_after_an_upheld_appeal(
    operator, province, staff, platform, now
):
    application = ApplicationFactory(platform=platform, status="decision")
    services.move_application(
        actor=province, application=application, name="reject", reason="不符合", now=now
    )
    appeal = services.make_appeal(actor=operator, application=application, body="请复议", now=now)
    with pytest.raises(DomainError):
        services.make_appeal(actor=operator, application=application, body="再提", now=now)
    with pytest.raises(Refused):
        services.answer_appeal(actor=staff, appeal=appeal, name="uphold", answer="可", now=now)
    services.answer_appeal(actor=province, appeal=appeal, name="uphold", answer="可", now=now)

    application.refresh_from_db()
    assert application.status == "decision"


# ---- experts ----


def test_experts_of_the_applicant_are_refused(province, expert, platform, now):
    application = ApplicationFactory(platform=platform, status="experts")
    own = person(Role.OPERATOR, organisation=platform.organisation)
    own.role_assignments.create(role=Role.REVIEWER)
    due = timezone.localdate()

    def invite(user, day=due):
        return services.assign_expert(
            actor=province, application=application, reviewer=user, due_date=day, now=now
        )

    invite(expert)
    refusals = []
    for user, day in ((own, due), (province, due), (expert, due), (expert, date(2020, 1, 1))):
        with pytest.raises(DomainError) as error:
            invite(type(user).objects.get(pk=user.pk), day)
        refusals.append(error.value.code)

    assert refusals == ["own_organisation", "not_expert", "twice", "past"]


def test_score_sheet_wants_every_item_in_range(expert, platform, now):
    row = AssignmentFactory(
        application=ApplicationFactory(platform=platform, status="experts"),
        reviewer=expert, status="scoring",
    )  # fmt: skip
    good = {"设施": Decimal(60), "团队": Decimal("39.5")}

    def score(scores, comment="好", is_supportive=True):
        return services.score_application(
            actor=expert, assignment=row, scores=scores, comment=comment,
            is_supportive=is_supportive, now=now,
        )  # fmt: skip

    refusals = []
    for arguments in (
        [{"设施": Decimal(60)}], [{**good, "设施": Decimal(61)}], [good, " "], [good, "好", None],
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            score(*arguments)
        refusals.append(error.value.field)
    done = score(good)

    assert refusals == ["团队", "设施", "comment", "is_supportive"]
    assert (done.status, done.total) == ("scored", Decimal("99.5"))
    with pytest.raises(DomainError):
        score(good)


# ---- roster ----


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
    due = date(2026, 12, 1)
    assessment = services.plan_assessment(
        actor=province, recognition=recognition, kind="midterm", due_date=due, now=now
    )

    def ask(until, reason="设备未到"):
        return services.ask_extension(
            actor=operator, assessment=assessment, until=until, reason=reason, now=now
        )

    with pytest.raises(DomainError):
        services.grant_extension(actor=province, assessment=assessment, now=now)
    for until, reason in ((due, "x"), (date(2027, 1, 1), " ")):
        with pytest.raises(DomainError):
            ask(until, reason)
    ask(date(2027, 1, 1))
    assert services.grant_extension(
        actor=province, assessment=assessment, now=now
    ).due_date == date(2027, 1, 1)
    values = {"held_date": date(2026, 12, 20), "result": "passed", "conclusion": "良好"}
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
        ask(date(2028, 1, 1))


def test_roster_costs_one_query(db, django_assert_num_queries):
    RecognitionFactory.create_batch(3)

    with django_assert_num_queries(1):
        rows = [(str(row.platform), str(row.scheme)) for row in roster_rows(date(2026, 1, 1))]
    assert len(rows) == 3
    assert len(roster_changes(date(2025, 1, 1), date(2025, 12, 31))) == 3


# ---- money ----


def money(**values):
    return {
        "level": "province", "kind": "build", "fund": "某专项", "year": 2026,
        "amount_yuan": Decimal(1_000_000),
    } | values  # fmt: skip


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


# ---- changes ----


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


# ---- hours ----


def sheet(*rows):
    book = Workbook()
    book.active.append(["设备", "日期", "机时(小时)", "对外服务", "使用单位", "用途"])
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
        (3, "设备"), (4, "日期"), (5, "机时(小时)"), (6, "对外服务"), (7, "整行"), (8, "使用单位"),
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


# ---- messages ----


def test_people_are_told_at_each_step(
    operator, staff, province, expert, platform, now, django_capture_on_commit_callbacks
):
    application = ApplicationFactory(platform=platform, status="draft")

    def told(user):
        titles = list(Notification.objects.filter(user=user).values_list("title", flat=True))
        Notification.objects.all().delete()
        return titles

    with django_capture_on_commit_callbacks(execute=True):
        services.submit_application(actor=operator, application=application, now=now)
    assert told(staff) == [f"待办理（市级审核）：{platform}"]
    with django_capture_on_commit_callbacks(execute=True):
        services.move_application(
            actor=staff, application=application, name="return", reason="缺证明", now=now
        )
    assert told(operator) == ["申报进展：退回补正"]
    Application.objects.update(status="experts")
    with django_capture_on_commit_callbacks(execute=True):
        services.assign_expert(
            actor=province, application=application, reviewer=expert,
            due_date=timezone.localdate(), now=now,
        )  # fmt: skip
    assert told(expert) == [f"评审邀请：{application}"]
    recognition = RecognitionFactory(platform=platform)
    with django_capture_on_commit_callbacks(execute=True):
        services.move_recognition(
            actor=province, recognition=recognition, name="warn", reason="机时不足", now=now
        )
    assert told(operator) == ["省中试平台：已警示"]
    with django_capture_on_commit_callbacks(execute=True):
        services.record_funding(actor=staff, platform=platform, values=money(), now=now)
    assert told(operator) == [f"资金已登记：{platform}"]


def test_new_batch_is_told_to_operators_of_its_region(
    operator, stranger, province, platform, now, django_capture_on_commit_callbacks
):
    programme = ProgrammeFactory(status="draft")

    with django_capture_on_commit_callbacks(execute=True):
        services.move_programme(actor=province, programme=programme, name="open", now=now)

    assert list(Notification.objects.values_list("user", "title")) == [
        (operator.pk, f"开始受理：{programme}")
    ]


@pytest.mark.parametrize("name", ["accept", "return", "dismiss"])
def test_change_decisions_are_told(
    name, operator, staff, platform, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        report = services.report_change(
            actor=operator, platform=platform, now=now,
            values={"kind": "leader", "happened_date": date(2026, 3, 1), "note": "换届"},
        )  # fmt: skip
        services.move_change(actor=staff, report=report, name=name, reason="已阅", now=now)

    users = Notification.objects.order_by("pk").values_list("user", flat=True)
    assert list(users) == [staff.pk, operator.pk]


def test_appeals_and_assessments_are_told(
    operator, province, platform, now, django_capture_on_commit_callbacks
):
    recognition = RecognitionFactory(platform=platform)
    with django_capture_on_commit_callbacks(execute=True):
        assessment = services.plan_assessment(
            actor=province, recognition=recognition, kind="midterm", due_date=date(2026, 12, 1),
            now=now,
        )  # fmt: skip
        services.ask_extension(
            actor=operator, assessment=assessment, until=date(2027, 1, 1), reason="晚", now=now
        )
        services.move_recognition(
            actor=province, recognition=recognition, name="remove", reason="停运", now=now
        )
        appeal = services.make_appeal(actor=operator, recognition=recognition, body="不服", now=now)
        services.answer_appeal(
            actor=province, appeal=appeal, name="dismiss", answer="维持", now=now
        )

    to_operator = Notification.objects.filter(user=operator).count()
    to_province = Notification.objects.filter(user=province).count()
    assert (to_operator, to_province) == (3, 2)


# ---- demo ----


def test_demo_batch_is_marked_and_made_once(db, now):
    guangdong(), zhongshan(), dongguan()
    assert services.attach_demo_programme(now=now) is None
    services.sync_schemes()

    programme = services.attach_demo_programme(now=now)

    assert services.attach_demo_programme(now=now) == programme
    assert (programme.is_demo, programme.status) == (True, "open")
    assert programme.title.startswith("演示")


def test_recognition_of_a_demo_batch_is_demo(province, platform, now):
    application = ApplicationFactory(
        platform=platform, status="decision", programme=ProgrammeFactory(is_demo=True)
    )

    services.move_application(
        actor=province, application=application, name="recognise", decision_number="演示", now=now
    )

    assert Recognition.objects.get().is_demo


def test_people_of_another_organisation_do_not_edit(stranger, platform, now):
    application = ApplicationFactory(platform=platform, status="draft")
    OrganisationFactory()

    with pytest.raises(Refused):
        services.edit_application(
            actor=stranger, application=application, values={"statement": "x"}, now=now
        )
