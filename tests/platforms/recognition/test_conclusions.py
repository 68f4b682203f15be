"""Assessments: asked for, put off or not, concluded, with what a conclusion entails."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.errors import DomainError, Refused
from platforms import services
from platforms.models import Assessment, AssessmentItem
from platforms.services.recognition_messages import tell_recognition
from tests.factories.recognition import RecognitionFactory

PDF_START = b"%PDF-"


def day(count):
    return timezone.localdate() + timedelta(days=count)


@pytest.fixture
def recognition(platform):
    return RecognitionFactory(platform=platform)


@pytest.fixture
def assessment(recognition):
    return recognition.assessments.create(kind="midterm", due_date=day(30))


def conclude(actor, assessment, now, **values):
    facts = {"held_date": day(0), "result": "passed", "conclusion": "达到目标"} | values
    return services.conclude_assessment(actor=actor, assessment=assessment, values=facts, now=now)


def ask(actor, assessment, now):
    return services.request_assessment(actor=actor, assessment=assessment, now=now)


def test_the_platform_asks_once_its_tasks_are_done(operator, province, assessment, now):
    with pytest.raises(DomainError) as error:
        ask(operator, assessment, now)
    assert error.value.code == "task_book_open"
    item = AssessmentItem.objects.create(assessment=assessment, name="服务企业", target="30 家")
    with pytest.raises(DomainError) as error:
        ask(operator, assessment, now)
    assert error.value.code == "task_book_open"
    item.done = "32 家"
    item.save()
    with pytest.raises(Refused):
        ask(province, assessment, now)
    assessment.refresh_from_db()
    assert assessment.requested_at is None

    assert ask(operator, assessment, now).requested_at == now

    with pytest.raises(DomainError) as error:
        ask(operator, assessment, now)
    assert error.value.code == "twice"
    conclude(province, assessment, now)
    with pytest.raises(DomainError) as error:
        ask(operator, assessment, now)
    assert error.value.code == "concluded"


def test_an_extension_may_be_refused_with_a_reason(operator, province, assessment, now):
    def refuse(actor=province, reason="进度正常，不需要延期"):
        return services.refuse_extension(actor=actor, assessment=assessment, reason=reason, now=now)

    with pytest.raises(DomainError) as error:
        refuse()
    assert error.value.code == "not_asked"
    services.ask_extension(
        actor=operator, assessment=assessment, until=day(60), reason="设备未到", now=now
    )
    with pytest.raises(Refused):
        refuse(operator)
    with pytest.raises(DomainError) as error:
        refuse(reason=" ")
    assert error.value.field == "reason"

    refused = refuse()

    assert (refused.due_date, refused.extension_asked_date) == (day(30), None)
    assert refused.extension_answer == "进度正常，不需要延期"
    with pytest.raises(DomainError):
        refuse()


def test_a_conclusion_checks_its_fields_and_changes_nothing(province, assessment, now):
    for values, field in (
        ({"held_date": None}, "held_date"), ({"held_date": day(1)}, "held_date"),
        ({"conclusion": ""}, "conclusion"), ({"result": "rectify"}, "rectify_by"),
        ({"result": "rectify", "rectify_by": day(0)}, "rectify_by"),
        ({"scores": {"设施": Decimal(50), "团队": None}}, "团队"),
        ({"scores": {"设施": Decimal(61), "团队": Decimal(1)}}, "设施"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as error:
            conclude(province, assessment, now, **values)
        assert error.value.field == field
    assessment.refresh_from_db()
    assert (assessment.result, assessment.scores) == ("", {})


def test_scores_are_summed_or_left_out(province, recognition, assessment, now):
    scored = conclude(
        province, assessment, now, scores={"设施": Decimal(50), "团队": Decimal("30.5")},
        members="组长张三", findings="设备在用",
    )  # fmt: skip
    other = recognition.assessments.create(kind="recheck", due_date=day(30))
    unscored = conclude(province, other, now, scores={"设施": None, "团队": None})

    assert (scored.total, scored.scores) == (Decimal("80.5"), {"设施": 50.0, "团队": 30.5})
    assert (unscored.total, unscored.scores) == (None, {})


def test_rectification_of_a_platform_on_the_roster_is_ordered(
    province, recognition, assessment, now
):
    conclude(province, assessment, now, result="rectify", rectify_by=day(40), conclusion="人员不足")

    recognition.refresh_from_db()
    assert (recognition.status, recognition.rectify_by) == ("rectifying", day(40))
    assert recognition.reason == "人员不足"
    recheck = recognition.assessments.get(kind="recheck")
    assert recheck.due_date == day(40)
    # the re-check may order once more
    conclude(province, recheck, now, result="rectify", rectify_by=day(80), conclusion="仍不足")
    recognition.refresh_from_db()
    assert (recognition.status, recognition.rectify_by) == ("rectifying", day(80))
    assert recognition.assessments.get(kind="recheck", result="").due_date == day(80)


@pytest.mark.parametrize(
    ("kind", "following"), [("midterm", "recheck"), ("acceptance", "acceptance")]
)
def test_what_is_being_built_is_assessed_again(province, platform, now, kind, following):
    building = RecognitionFactory(platform=platform, status="building", started_date=None)
    first = building.assessments.create(kind=kind, due_date=day(10))

    conclude(province, first, now, result="rectify", rectify_by=day(40))

    building.refresh_from_db()
    assert building.status == "building"
    again = building.assessments.get(result="")
    assert (again.kind, again.due_date) == (following, day(40))


def test_the_letter_is_for_the_parties_once_concluded(
    sign_in, operator, province, stranger, recognition, assessment, now
):
    url = f"/assessments/{assessment.pk}/letter/"
    client = sign_in(operator)
    assert client.get(url).status_code == 404
    AssessmentItem.objects.create(assessment=assessment, name="服务企业", target="30 家")
    conclude(
        province, assessment, now, scores={"设施": Decimal(50), "团队": Decimal(30)},
        members="张三", findings="# 设备在用", result="rectify", rectify_by=day(30),
    )  # fmt: skip

    response = client.get(url)

    assert response.content.startswith(PDF_START)
    assert response["Content-Type"] == "application/pdf"
    assert f"{url}" in client.get(recognition.get_absolute_url()).content.decode()
    assert sign_in(stranger).get(url).status_code == 404


def test_an_older_letter_gets_its_code_once(sign_in, staff, assessment):
    Assessment.objects.filter(pk=assessment.pk).update(
        result="passed", held_date=date(2025, 3, 1), conclusion="通过", verification_code=""
    )
    url = f"/assessments/{assessment.pk}/letter/"

    codes = []
    for _ in range(2):
        assert sign_in(staff).get(url).status_code == 200
        codes.append(Assessment.objects.get(pk=assessment.pk).verification_code)

    assert codes[0] == codes[1] != ""
    assert sign_in(staff).get(f"/letters/{codes[0]}/").status_code == 200


def test_anybody_verifies_a_letter_by_its_code(
    client, sign_in, operator, province, assessment, now
):
    open_one = assessment.recognition.assessments.create(kind="recheck", due_date=day(9))
    done = conclude(province, assessment, now, findings="内部核查情况", conclusion="内部意见")
    code = done.verification_code
    assert (len(code), open_one.verification_code) == (12, "")

    for address in (f"/verify/?code={code.lower()}", f"/reports/verify/{code}/"):
        assert client.get(address).url == f"/letters/{code}/"
    page = client.get(f"/letters/{code}/").content.decode()
    assert "核验通过" in page
    assert code in page
    assert "内部" not in page
    letter = f"/assessments/{assessment.pk}/letter/"
    assert letter not in page
    assert client.get("/letters/NOSUCHCODE12/").status_code == 404
    assert letter in sign_in(operator).get(f"/letters/{code}/").content.decode()


def test_staff_conclude_in_the_page(sign_in, operator, province, assessment):
    url = f"/assessments/{assessment.pk}/conclude/"
    assert sign_in(operator).get(url).status_code == 403
    client = sign_in(province)
    asked = {"held_date": str(day(0)), "conclusion": "人员不足", "result": "rectify"}

    page = client.post(url, asked).content.decode()
    assert "请填写整改期限" in page
    assert "人员不足" in page
    half = client.post(url, asked | {"rectify_by": str(day(9)), "item_0": "50"}).content.decode()
    assert "请给“团队”评分" in half
    client.post(url, asked | {"rectify_by": str(day(9)), "item_0": "50", "item_1": "20"})

    assessment.refresh_from_db()
    assert (assessment.result, assessment.total) == ("rectify", Decimal(70))
    assert assessment.recognition.status == "rectifying"


def test_asking_granting_and_refusing_in_the_pages(sign_in, operator, province, assessment):
    base = f"/assessments/{assessment.pk}/"
    AssessmentItem.objects.create(
        assessment=assessment, name="服务企业", target="30 家", done="31 家"
    )
    client = sign_in(operator)
    client.post(f"{base}ask/")
    assert "请填写申请延期至哪一天" in client.post(f"{base}extend/", follow=True).content.decode()
    client.post(f"{base}extend/", {"until": str(day(60)), "reason": "设备未到"})

    staff = sign_in(province)
    assert "已申请考核" in staff.get(assessment.recognition.get_absolute_url()).content.decode()
    staff.post(f"{base}extend/refuse/", {"reason": "不必延期"})
    assert (
        "没有待答复的延期申请" in staff.post(f"{base}extend/grant/", follow=True).content.decode()
    )
    assessment.refresh_from_db()
    assert assessment.requested_at is not None
    assert (assessment.due_date, assessment.extension_answer) == (day(30), "不必延期")


@pytest.mark.parametrize(
    ("verb", "title"),
    [("requested", "申请考核："), ("extension_refused", "中期考核评估不同意延期，仍应于 ")],
)
def test_people_are_told(operator, province, assessment, now, verb, title):
    assessment.extension_answer = "不必延期"
    assessment.save()

    tell_recognition(
        event_id="3f0b9f6e-0000-4000-8000-000000000001", name=f"platforms.assessment.{verb}",
        payload={"assessment_id": assessment.pk}, now=now,
    )  # fmt: skip

    told = province if verb == "requested" else operator
    (message,) = told.notifications.all()
    assert message.title.startswith(title)
