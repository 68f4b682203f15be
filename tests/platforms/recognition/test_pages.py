"""Every page of recognition, as everybody sees it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from platforms.models import (
    Appeal,
    Application,
    ChangeReport,
    ExpertAssignment,
    FundingRecord,
    Programme,
    Recognition,
    UsageLog,
)
from tests.factories.platforms import EquipmentFactory
from tests.factories.recognition import (
    ApplicationFactory,
    AssignmentFactory,
    ChangeReportFactory,
    FundingFactory,
    ProgrammeFactory,
    RecognitionFactory,
    SchemeFactory,
    UsageFactory,
)
from tests.factories.taxonomy import chengdu

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize(
    "path",
    ["/programmes/", "/publicity/", "/roster/", "/roster/changes/", "/verify/", "/verify/?code=X"],
)
def test_public_pages_are_there_without_rows(client, db, path):
    assert text(client.get(path))


def test_a_batch_says_why_the_own_platforms_cannot_apply(sign_in, operator, platform, other_staff):
    programme, elsewhere = ProgrammeFactory(), ProgrammeFactory(scheme__region=chengdu())
    free = text(sign_in(operator).get(programme.get_absolute_url()))
    ApplicationFactory(programme=programme, platform=platform)

    taken = text(sign_in(operator).get(programme.get_absolute_url()))
    outside = text(sign_in(operator).get(elsewhere.get_absolute_url()))

    button = f"/programmes/{programme.slug}/apply/"
    assert button in free
    assert button not in taken
    assert f"{platform}：已在本批次申报" in taken
    assert f"{platform}：不在适用地区" in outside
    assert "不能申报" not in text(sign_in(other_staff).get(programme.get_absolute_url()))


def test_batches_and_publicity_are_public(client, platform):
    programme = ProgrammeFactory()
    ProgrammeFactory(title="筹备中的批次", status="draft")
    now = timezone.now()
    shown = ApplicationFactory(
        programme=programme, platform=platform, status="publicity", publicity_starts_at=now,
        publicity_ends_at=now + timedelta(days=7),
    )  # fmt: skip

    page = text(client.get("/programmes/"))

    assert programme.title in page
    assert "筹备中的批次" not in page
    assert "由谁办理" in text(client.get(f"/programmes/{programme.slug}/"))
    assert shown.platform.name in text(client.get("/publicity/"))
    assert client.get(f"/publicity/{shown.number}/").status_code == 302


def test_operator_applies_uploads_and_submits(sign_in, operator, platform):
    programme = ProgrammeFactory(
        scheme=SchemeFactory(evidence=["营业执照", "场地证明"], vetoes=["重大事故"], criteria=[
            {"name": "近两年收入", "minimum": 200, "unit": "万元", "measure": ""},
        ])
    )  # fmt: skip
    client = sign_in(operator)

    assert text(client.get(f"/programmes/{programme.slug}/apply/"))
    client.post(
        f"/programmes/{programme.slug}/apply/",
        {"platform": platform.slug, "build_type": "direct"},
    )
    application = Application.objects.get()
    edit = f"/applications/{application.number}/edit/"
    page = text(client.get(edit))
    assert "还缺 3 项才能提交" in page
    refused = text(client.post(edit, {"build_type": "direct", "submit": "1"}))
    assert "还不能提交" in refused
    files = f"/applications/{application.number}/files/"
    assert "请先选择文件" in text(client.post(files, {}))
    wrong = {"item_1": SimpleUploadedFile("场地.exe", PDF)}
    assert "不支持这种文件" in text(client.post(files, wrong))
    client.post(files, {"item_0": SimpleUploadedFile("执照.pdf", PDF, "application/pdf")})
    assert "还缺：场地证明。" in text(client.get(edit))
    client.post(files, {"item_1": SimpleUploadedFile("场地.pdf", PDF, "application/pdf")})
    client.post(
        edit,
        {"build_type": "direct", "has_no_veto": "on", "declared_0": "260", "submit": "1",
         "statement": "设备齐全"},
    )  # fmt: skip

    application.refresh_from_db()
    assert (application.status, application.declared) == ("city", {"近两年收入": "260"})
    assert "市级审核" in text(client.get(application.get_absolute_url()))
    assert application.number in text(client.get("/manage/applications/"))


def test_wrong_version_is_told_and_nothing_lost(sign_in, operator, platform):
    application = ApplicationFactory(platform=platform, status="draft")

    page = text(
        sign_in(operator).post(
            f"/applications/{application.number}/edit/",
            {"build_type": "new", "statement": "我的文字", "version": "2020-01-01T00:00:00+00:00"},
        )
    )

    application.refresh_from_db()
    assert "已被他人修改" in page
    assert "我的文字" in page
    assert application.statement == ""


@pytest.mark.parametrize("status", ["city", "province", "experts", "site", "publicity", "decision"])
def test_application_page_for_everybody(sign_in, operator, staff, province, platform, status):
    application = ApplicationFactory(
        platform=platform, status=status, publicity_ends_at=timezone.now() + timedelta(days=1)
    )

    for user in (operator, staff, province):
        assert platform.name in text(sign_in(user).get(application.get_absolute_url()))
    assert application.number in text(sign_in(province).get("/review/applications/all/"))


def test_application_is_hidden_from_others(sign_in, stranger, other_staff, platform):
    application = ApplicationFactory(platform=platform, status="city")

    for user in (stranger, other_staff):
        assert sign_in(user).get(application.get_absolute_url()).status_code == 404


def test_staff_forward_and_return(sign_in, staff, platform):
    application = ApplicationFactory(platform=platform, status="city")
    client = sign_in(staff)

    client.post(
        f"/applications/{application.number}/opinions/", {"department": "科技局", "body": "同意"}
    )
    client.post(f"/applications/{application.number}/return/", {"reason": "缺证明"})

    application.refresh_from_db()
    assert (application.status, application.returned_from) == ("returned", "city")
    assert application.opinions.count() == 2


def test_panel_and_visit_pages(sign_in, province, expert, platform):
    application = ApplicationFactory(platform=platform, status="experts")
    due = timezone.localdate() + timedelta(days=5)
    client = sign_in(province)
    client.post(
        f"/applications/{application.number}/experts/",
        {"reviewer": expert.pk, "due_date": due.isoformat()},
    )
    assignment = ExpertAssignment.objects.get()

    client = sign_in(expert)
    assert "待声明" in text(client.get("/expert/"))
    assert "声明无利益关系" in text(client.get(assignment.get_absolute_url()))
    client.post(f"/expert/{assignment.pk}/declare/")
    assert "提交评分" in text(client.get(assignment.get_absolute_url()))
    wrong = text(client.post(
        assignment.get_absolute_url(),
        {"item_0": "61", "item_1": "30", "comment": "好", "is_supportive": "yes"},
    ))  # fmt: skip
    assert "60" in wrong
    client.post(
        assignment.get_absolute_url(),
        {"item_0": "55", "item_1": "30", "comment": "好", "is_supportive": "yes"},
    )
    assignment.refresh_from_db()
    assert (assignment.status, assignment.total) == ("scored", 85)

    client = sign_in(province)
    assert "85" in text(client.get(application.get_absolute_url()))
    client.post(f"/applications/{application.number}/to_site/")
    client.post(
        f"/applications/{application.number}/visits/",
        {"visited_date": timezone.localdate().isoformat(), "members": "张三", "findings": "在用",
         "result": "passed"},
    )  # fmt: skip
    assert application.site_checks.count() == 1


def test_roster_by_date_verification_and_certificate(client, platform):
    recognition = RecognitionFactory(platform=platform)

    assert platform.name in text(client.get("/roster/"))
    assert platform.name in text(client.get("/roster/?date=2025-03-03"))
    assert platform.name not in text(client.get("/roster/?date=2025-03-02"))
    assert platform.name in text(client.get("/roster/changes/?from=2025-03-01&to=2025-04-01"))
    found = client.get(f"/verify/?code={recognition.verification_code.lower()}")
    assert found.url == recognition.get_absolute_url()
    assert "证书有效" in text(client.get(found.url))
    assert recognition.certificate_number in text(
        client.get(f"/certificates/{recognition.verification_code}/")
    )
    assert client.get("/roster/?export=csv").status_code == 200
    assert client.get("/verify/NOSUCHCODE/").status_code == 404


def test_staff_remove_and_operator_appeals(sign_in, province, operator, platform):
    recognition = RecognitionFactory(platform=platform)
    url = recognition.get_absolute_url()
    client = sign_in(province)
    assert "责令整改" in text(client.get(url))
    client.post(f"{url}warn/", {"reason": "机时不足"})
    client.post(f"{url}remove/", {"reason": "停止运行"})

    client = sign_in(operator)
    assert "证书已失效" in text(client.get(url))
    client.post(f"{url}appeal/", {"body": "仍在运行"})
    client = sign_in(province)
    assert "仍在运行" in text(client.get("/review/applications/"))
    client.post(f"/appeals/{Appeal.objects.get().pk}/uphold/", {"reason": "属实"})

    recognition.refresh_from_db()
    assert recognition.status == "active"


def test_staff_record_an_earlier_recognition(sign_in, province, platform):
    scheme = SchemeFactory()
    client = sign_in(province)
    assert text(client.get("/roster/record/"))

    client.post(
        "/roster/record/",
        {"platform": platform.slug, "scheme": scheme.pk, "document_number": "粤科函〔2025〕1号",
         "started_date": "2025-06-01"},
    )  # fmt: skip

    assert Recognition.objects.get().changes.get().document_number == "粤科函〔2025〕1号"


def test_staff_make_and_open_a_batch(sign_in, province, staff):
    scheme = SchemeFactory()
    client = sign_in(province)
    assert text(client.get("/manage/programmes/new/"))
    client.post(
        "/manage/programmes/new/",
        {"scheme": scheme.pk, "title": "第一批", "year": "2026", "opens_date": "2026-11-01",
         "closes_date": "2026-12-31", "publicity_workdays": "7"},
    )  # fmt: skip
    programme = Programme.objects.get()
    assert "第一批" in text(client.get("/manage/programmes/"))
    assert text(client.get(f"/manage/programmes/{programme.slug}/edit/"))
    client.post(f"/manage/programmes/{programme.slug}/open/")

    programme.refresh_from_db()
    assert programme.status == "open"
    # a city's staff do not open the province's batches
    assert "第一批" not in text(sign_in(staff).get("/manage/programmes/"))


def test_change_reports_in_pages(sign_in, operator, staff, platform):
    client = sign_in(operator)
    assert text(client.get(f"/manage/platforms/{platform.slug}/changes/new/"))
    client.post(
        f"/manage/platforms/{platform.slug}/changes/new/",
        {"kind": "leader", "happened_date": "2026-03-01", "before": "甲", "after": "乙",
         "note": "换届"},
    )  # fmt: skip
    report = ChangeReport.objects.get()
    assert report.status == "submitted"

    client = sign_in(staff)
    assert platform.name in text(client.get("/changes/"))
    assert "核准" in text(client.get(report.get_absolute_url()))
    client.post(f"/changes/{report.pk}/accept/")
    report.refresh_from_db()
    assert report.status == "accepted"

    asked = ChangeReportFactory(platform=platform, is_detected=True, history_id=1, note="")
    client = sign_in(operator)
    assert "还没有报告" in text(client.get(asked.get_absolute_url()))
    client.post(asked.get_absolute_url(), {"happened_date": "2026-03-02", "note": "搬迁"})
    asked.refresh_from_db()
    assert asked.status == "submitted"


def test_funding_pages_refuse_a_second_support(sign_in, staff, operator, platform):
    FundingFactory(platform=platform)
    client = sign_in(staff)
    values = {
        "platform": platform.slug, "level": "province", "kind": "build", "fund": "另一专项",
        "year": "2026", "amount_yuan": "500000",
    }  # fmt: skip

    assert text(client.get("/funding/new/"))
    assert "原则上不再重复支持" in text(client.post("/funding/new/", values))
    client.post("/funding/new/", {**values, "exception_reason": "省政府批准"})

    assert FundingRecord.objects.count() == 2
    assert "省政府批准" in text(sign_in(operator).get("/funding/"))


def test_usage_pages(sign_in, operator, staff, platform):
    equipment = EquipmentFactory(platform=platform, name="反应釜")
    UsageFactory(equipment=equipment, start_at=timezone.now() - timedelta(hours=2))
    client = sign_in(operator)
    url = f"/manage/platforms/{platform.slug}/usage/"
    assert "反应釜" in text(client.get(url))
    started = timezone.localtime() - timedelta(hours=9)

    client.post(
        url,
        {"equipment": equipment.pk, "start_at": started.strftime("%Y-%m-%dT%H:%M"), "hours": "4.5",
         "is_external": "on", "client_name": "某企业"},
    )  # fmt: skip

    assert UsageLog.objects.filter(is_external=True, hours="4.5").count() == 1
    template = client.get(f"{url}import/?template=1")
    upload = SimpleUploadedFile("u.xlsx", template.content)
    assert text(client.get(f"{url}import/"))
    preview = client.post(f"{url}import/", {"file": upload})
    assert not UsageLog.objects.filter(source="import").exists()
    client.post(f"{url}import/", {"content": preview.context["content"]})
    assert UsageLog.objects.filter(source="import").count() == 1
    line = UsageLog.objects.filter(source="import").get()
    client.post(f"/usage/{line.pk}/delete/")
    assert not UsageLog.objects.filter(pk=line.pk).exists()
    assert "登记一条" not in text(sign_in(staff).get(url))


def test_expert_sees_nothing_before_declaring(sign_in, expert, platform):
    assignment = AssignmentFactory(
        application=ApplicationFactory(platform=platform, status="experts", statement="机密内容"),
        reviewer=expert,
    )

    page = text(sign_in(expert).get(assignment.get_absolute_url()))

    assert "机密内容" not in page


@pytest.mark.parametrize(
    ("path", "factory", "cost"),
    [
        ("/roster/", RecognitionFactory, 5),
        ("/programmes/", ProgrammeFactory, 1),
        ("/api/v1/roster/", RecognitionFactory, 2),
    ],
)
def test_lists_cost_the_same_for_one_and_three(
    client, db, path, factory, cost, django_assert_num_queries
):
    factory()
    client.get(path)  # fills the caches
    with django_assert_num_queries(cost):
        client.get(path)
    factory.create_batch(2)
    with django_assert_num_queries(cost):
        client.get(path)


def test_queue_costs_the_same_for_one_and_three(sign_in, province, django_assert_max_num_queries):
    client = sign_in(province)
    ApplicationFactory.create_batch(1, status="province")
    with django_assert_max_num_queries(14) as first:
        client.get("/review/applications/")
    ApplicationFactory.create_batch(2, status="province")
    with django_assert_max_num_queries(len(first)):
        client.get("/review/applications/")
