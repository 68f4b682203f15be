"""Departments' opinions in pages, messages, reminders and over REST."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifications.models import Notification
from platforms import services
from platforms.models import OpinionRequest, ReviewOpinion
from platforms.services import deadlines
from tests.factories.recognition import ApplicationFactory, OpinionRequestFactory

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 16, 10, tzinfo=ZONE)


def office(somebody):
    return somebody.organisations[0]


def test_the_whole_road_in_pages(sign_in, operator, staff, department, platform):
    application = ApplicationFactory(platform=platform, status="city", statement="建设方案")
    url = application.get_absolute_url()

    client = sign_in(staff)
    assert "征求部门意见" in client.get(url).content.decode()
    client.post(
        f"{url}consult/",
        {"departments": [office(department).pk], "question": "环保如何", "workdays": "5"},
    )
    request = OpinionRequest.objects.get()
    client = sign_in(department)
    assert "待答复的征求意见" in client.get("/workbench/").content.decode()
    page = client.get(request.get_absolute_url()).content.decode()
    assert "建设方案" in page
    client.post(request.get_absolute_url(), {"stance": "conditions", "body": "补办环评"})
    client = sign_in(staff)
    page = client.get(url).content.decode()
    assert "1. 市生态环境部门：有条件同意。补办环评" in page
    client.post(f"{url}merge/", {"body": "部门一致同意，补办环评"})

    assert ReviewOpinion.objects.get().body == "部门一致同意，补办环评"
    assert "部门一致同意" in client.get(url).content.decode()
    assert "部门一致同意" in sign_in(department).get(request.get_absolute_url()).content.decode()
    assert "部门一致同意" not in sign_in(operator).get(url).content.decode()


def test_the_department_does_not_see_how_it_is_judged(sign_in, staff, department, platform):
    application = ApplicationFactory(platform=platform, status="city")
    OpinionRequestFactory(application=application, department=office(department))
    services.add_opinion(
        actor=staff, application=application, body="市里意见", department="市局", now=MONDAY
    )
    services.move_application(
        actor=staff, application=application, name="return", reason="缺设备清单", now=MONDAY
    )
    application.refresh_from_db()
    OpinionRequestFactory(application=application, department=office(department))

    page = sign_in(department).get(application.get_absolute_url()).content.decode()

    assert "市里意见" not in page
    assert "缺设备清单" not in page


def test_a_wrong_answer_says_so_on_its_field(sign_in, department, platform):
    request = OpinionRequestFactory(application__platform=platform, department=office(department))

    page = sign_in(department).post(request.get_absolute_url(), {"stance": "object", "body": ""})

    assert "请写明条件或不同意的理由" in page.content.decode()


def test_others_do_not_find_the_page(sign_in, operator, stranger, other_staff, platform):
    request = OpinionRequestFactory(application__platform=platform)

    for user in (operator, stranger, other_staff):
        assert sign_in(user).get(request.get_absolute_url()).status_code == 404
    assert sign_in(operator).get("/consultations/").status_code == 403


def test_withdrawing_in_the_page(sign_in, staff, platform):
    request = OpinionRequestFactory(application__platform=platform)

    page = sign_in(staff).post(
        f"{request.get_absolute_url()}withdraw/", {"reason": "已电话答复"}, follow=True
    )

    request.refresh_from_db()
    assert request.status == "withdrawn"
    assert "已撤回" in page.content.decode()


def test_messages_go_to_the_other_side(
    staff, department, platform, django_capture_on_commit_callbacks
):
    application = ApplicationFactory(platform=platform, status="city")

    def told(do, **step):
        Notification.objects.all().delete()
        with django_capture_on_commit_callbacks(execute=True):
            do(now=MONDAY, **step)
        return list(Notification.objects.values_list("user", "title"))

    asked = told(
        services.ask_departments, actor=staff, application=application, workdays=5,
        departments=[office(department)], question="环保如何",
    )  # fmt: skip
    request = OpinionRequest.objects.get()
    answered = told(
        services.answer_request, actor=department, request=request, stance="agree", body=""
    )
    merged = told(services.merge_opinions, actor=staff, application=application, body="同意")
    again = told(
        services.ask_departments, actor=staff, application=application, workdays=5,
        departments=[office(department)], question="再问",
    )  # fmt: skip
    withdrawn = told(
        services.withdraw_request, actor=staff, request=OpinionRequest.objects.last(), reason="x"
    )

    assert asked == again == [(department.pk, f"征求意见，请于 2026-11-23 前答复：{platform}")]
    assert answered == [(staff.pk, f"市生态环境部门同意：{platform}")]
    assert merged == [(department.pk, f"贵部门的意见已汇总：{platform}")]
    assert withdrawn == [(department.pk, f"征求意见已撤回，不必再答复：{platform}")]


def test_departments_are_reminded_and_the_asker_told_when_late(staff, department, platform):
    due = datetime(2026, 11, 20, 23, 59, 59, tzinfo=ZONE)
    OpinionRequestFactory(
        application__platform=platform, department=office(department), due_at=due, asked_by=staff
    )

    counts = [deadlines.remind_recognition(now=MONDAY + timedelta(days=days)) for days in (0, 2, 7)]

    assert counts == [0, 1, 2]
    assert set(Notification.objects.values_list("user", flat=True)) == {department.pk, staff.pk}


def test_rest_asks_answers_and_merges(api, staff, department, platform):
    application = ApplicationFactory(platform=platform, status="city")
    base = f"/api/v1/applications/{application.number}"

    api.force_authenticate(staff)
    asked = api.post(
        f"{base}/consult/",
        {"departments": [office(department).uscc], "question": "环保如何"},
        format="json",
    )
    assert asked.status_code == 201
    pk = asked.json()[0]["id"]
    api.force_authenticate(department)
    rows = api.get("/api/v1/opinion-requests/?status=asked").json()["results"]
    assert [row["id"] for row in rows] == [pk]
    refused = api.post(
        f"/api/v1/opinion-requests/{pk}/answer/", {"stance": "object"}, format="json"
    )
    assert (refused.status_code, refused.json()["fields"].keys()) == (400, {"body"})
    said = api.post(f"/api/v1/opinion-requests/{pk}/answer/", {"stance": "agree"}, format="json")
    assert (said.json()["status"], said.json()["stance"]) == ("answered", "agree")
    api.force_authenticate(staff)
    merged = api.post(f"{base}/merge-opinions/", {"body": "同意"}, format="json")
    assert (merged.status_code, merged.json()["kind"]) == (201, "merged")
    late = api.post(f"/api/v1/opinion-requests/{pk}/withdraw/", {"reason": "x"}, format="json")
    assert late.status_code in {400, 409}
