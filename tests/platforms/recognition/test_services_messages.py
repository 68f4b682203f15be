"""What people are told, and the demo batch."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.errors import Refused
from notifications.models import Notification
from platforms import services
from platforms.models import (
    Application,
    Recognition,
)
from tests.factories.accounts import OrganisationFactory
from tests.factories.recognition import (
    ApplicationFactory,
    ProgrammeFactory,
    RecognitionFactory,
    dongguan,
    money,
)
from tests.factories.taxonomy import guangdong, zhongshan

ZONE = ZoneInfo("Asia/Shanghai")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


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
