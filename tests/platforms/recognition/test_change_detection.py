"""Changes that nobody reported: found in the row history, asked about, answered."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Organisation
from core.errors import DomainError, Refused
from notifications.models import Notification
from platforms import services
from platforms.models import ChangeReport, Equipment, Platform
from tests.factories.platforms import CapabilityFactory, EquipmentFactory
from tests.factories.recognition import ChangeReportFactory, RecognitionFactory
from tests.factories.taxonomy import TermFactory


@pytest.fixture
def recognised(platform):
    RecognitionFactory(platform=platform)
    Platform.objects.filter(pk=platform.pk).update(leader_name="甲", address="老地址")
    return platform


def detect():
    return services.detect_changes(now=timezone.now())


def asked(**values):
    return ChangeReportFactory(
        status="asked", is_detected=True, history_id=1, note="", before="老", after="新", **values
    )


def test_a_new_leader_is_asked_about(recognised):
    Platform.objects.filter(pk=recognised.pk).update(leader_name="乙")

    assert (detect(), detect()) == (1, 0)
    report = ChangeReport.objects.get()
    assert (report.kind, report.before, report.after) == ("leader", "甲", "乙")
    assert report.sentence == "负责人由“甲”变为“乙”。"


def test_key_equipment_that_goes_is_asked_about_and_small_is_not(recognised):
    big = EquipmentFactory(platform=recognised, name="大设备", value_yuan=Decimal(600_000))
    EquipmentFactory(platform=recognised, name="小设备", value_yuan=Decimal(499_999))
    Equipment.objects.update(status="withdrawn")

    assert (detect(), detect()) == (1, 0)
    report = ChangeReport.objects.get()
    assert (report.kind, report.subject, report.platform) == ("equipment", big.name, recognised)
    assert (report.before, report.after) == ("1 台（套），原值 60万元", "无")


def test_each_piece_of_equipment_is_asked_about_by_itself(recognised):
    EquipmentFactory.create_batch(2, platform=recognised, value_yuan=Decimal(600_000))
    Equipment.objects.update(quantity=2)

    assert detect() == 2


def test_editing_equipment_elsewhere_is_no_change(recognised):
    EquipmentFactory(platform=recognised, value_yuan=Decimal(600_000))
    Equipment.objects.update(specification="改了说明", maker="某厂")

    assert detect() == 0


def test_a_lost_certificate_is_asked_about_once_no_capability_has_it(recognised):
    certificate = TermFactory(
        code_list__slug="certificate", code="cma", name="检验检测机构资质认定"
    )
    first, second = CapabilityFactory.create_batch(2, platform=recognised)
    for capability in (first, second):
        capability.certificates.set([certificate])

    first.certificates.set([])
    kept = detect()
    second.certificates.set([])

    assert (kept, detect(), detect()) == (0, 1, 0)
    report = ChangeReport.objects.get()
    assert (report.kind, report.subject, report.after) == ("qualification", str(certificate), "无")


def test_a_report_covers_what_changed_and_a_dismissed_one_does_not(recognised):
    Platform.objects.filter(pk=recognised.pk).update(leader_name="乙")
    earlier = ChangeReportFactory(
        platform=recognised, kind="leader", happened_date=timezone.localdate(), status="accepted"
    )
    covered = detect()
    ChangeReport.objects.filter(pk=earlier.pk).update(status="dismissed")

    assert (covered, detect()) == (0, 1)


def test_reporting_by_oneself_answers_the_question(operator, recognised, now):
    question = asked(
        platform=recognised, kind="leader", happened_date=timezone.localdate() - timedelta(days=3)
    )

    services.report_change(
        actor=operator, platform=recognised, now=now,
        values={"kind": "leader", "happened_date": timezone.localdate(), "note": "换届"},
    )  # fmt: skip

    question.refresh_from_db()
    assert question.status == "dismissed"


def test_the_platform_says_it_is_not_important_and_staff_insist(
    operator, staff, platform, now, django_capture_on_commit_callbacks
):
    question = asked(platform=platform)

    with pytest.raises(DomainError) as error:
        services.move_change(actor=operator, report=question, name="disclaim", now=now)
    assert error.value.code == "reason_required"
    with django_capture_on_commit_callbacks(execute=True):
        services.move_change(
            actor=operator, report=question, name="disclaim", now=now, reason="更正笔误"
        )
    assert Notification.objects.get().user == staff
    with pytest.raises(DomainError):
        services.move_change(
            actor=operator, report=question, name="disclaim", now=now, reason="再次"
        )
    with pytest.raises(Refused):
        services.move_change(actor=operator, report=question, name="ask", now=now, reason="x")
    services.move_change(actor=staff, report=question, name="ask", now=now, reason="确已搬迁")

    question.refresh_from_db()
    assert question.status == "asked"


def test_a_stranger_does_not_answer(stranger, platform, now):
    question = asked(platform=platform)

    with pytest.raises(Refused):
        services.move_change(
            actor=stranger, report=question, name="disclaim", now=now, reason="笔误"
        )
    question.refresh_from_db()
    assert question.status == "asked"


def test_the_workbench_asks_and_one_click_leads_to_a_filled_in_report(sign_in, operator, platform):
    question = asked(platform=platform)
    client = sign_in(operator)

    bench = client.get(f"/manage/platforms/{platform.slug}/").content.decode()
    page = client.get(question.get_absolute_url()).content.decode()
    client.post(
        question.get_absolute_url(),
        {"happened_date": "2026-03-02", "before": "老", "after": "新", "note": question.sentence},
    )

    assert "是否需要补报？地址变更" in bench
    assert "不属于重要变动" in bench
    assert question.sentence in page
    question.refresh_from_db()
    assert (question.status, question.note) == ("submitted", question.sentence)


def test_staff_list_what_nobody_answered(sign_in, staff, other_staff, platform):
    asked(platform=platform)

    assert platform.name in sign_in(staff).get("/changes/?status=asked").content.decode()
    found = sign_in(staff).get("/changes/?is_detected=True").content.decode()
    assert platform.name in found
    assert platform.name not in sign_in(staff).get("/changes/?is_detected=False").content.decode()
    assert platform.name not in sign_in(other_staff).get("/changes/").content.decode()


def test_who_runs_a_platform_is_watched_too(operator, platform, now):
    RecognitionFactory(platform=platform)
    organisation = platform.organisation
    rows = Organisation.objects.filter(pk=organisation.pk)
    rows.update(legal_person="张三")  # told for the first time
    rows.update(legal_person="李四")
    rows.update(name="新名称有限公司")
    old = organisation.name

    later = timezone.now()
    assert services.detect_changes(now=later) == 2
    assert services.detect_changes(now=later) == 0

    found = ChangeReport.objects.order_by("kind").values_list("kind", "subject", "before", "after")
    assert list(found) == [
        ("legal_person", "", "张三", "李四"), ("other", "运营单位名称", old, "新名称有限公司"),
    ]  # fmt: skip
