from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from core.models import StoredFile
from policies.enums import ContentStatus, Validity
from policies.models import Interpretation, News, PolicyDocument
from policies.services import attach_file, edit_content
from tests.factories.policies import DocumentFactory, InterpretationFactory, NewsFactory
from tests.factories.taxonomy import zhongshan

S = ContentStatus


def page(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("url", "factory"),
    [
        ("/policies/", DocumentFactory),
        ("/interpretations/", InterpretationFactory),
        ("/news/", NewsFactory),
    ],
)
def test_lists_show_what_is_published(visitor, db, url, factory):
    assert "还没有内容" in page(visitor.get(url))
    shown = factory()
    hidden = factory(status=S.DRAFT, title="未发布的")

    text = page(visitor.get(url))

    assert shown.title in text
    assert hidden.title not in text
    assert page(visitor.get(shown.get_absolute_url())).count(shown.title) > 1
    assert visitor.get(hidden.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_list_queries(visitor, db, django_assert_num_queries, count):
    for _ in range(count):
        DocumentFactory()
    visitor.get("/policies/")

    with django_assert_num_queries(5):  # total, page, facets, years and 全国
        visitor.get("/policies/")


def test_years_are_offered_newest_first(visitor, db):
    for year in (2024, 2024, 2026, 2025):
        DocumentFactory(issued_date=date(year, 3, 1))

    facets = {row.name: row for row in visitor.get("/policies/").context["facets"]}

    assert [choice.value for choice in facets["year"].choices] == ["2026", "2025", "2024"]


@pytest.mark.parametrize("typed", ["粤府办[2024]7号", "粤府办（2024）7号", "粤府办〔2024〕7号"])
def test_a_number_is_found_in_any_brackets(visitor, cast, now, typed):
    wanted = DocumentFactory()
    edit_content(
        actor=cast.staff, content=wanted, values={"doc_number": "粤府办〔2024〕7号"}, now=now
    )
    DocumentFactory(title="别的文件")

    text = page(visitor.get("/policies/", {"q": typed}))

    assert wanted.title in text
    assert "别的文件" not in text


def test_filters_of_documents(visitor, db):
    old = DocumentFactory(
        title="旧办法",
        expiry_date=timezone.localdate() - timedelta(days=1),
        issued_date=date(2020, 1, 1),
    )
    DocumentFactory(title="新办法", validity=Validity.IN_FORCE, region=zhongshan())

    for query in ({"validity": "expired"}, {"year": "2020"}, {"issuer": "科学技术厅", "q": ""}):
        assert old.title in page(visitor.get("/policies/", query))
    assert "新办法" not in page(visitor.get("/policies/", {"validity": "expired"}))
    assert "新办法" not in page(visitor.get("/policies/", {"year": "2020"}))
    assert "新办法" in page(visitor.get("/policies/", {"region": "440000"}))


def test_export_shows_mirrors_as_hosts(visitor, db):
    NewsFactory(source_url="http://mirror.example/a/b", source_kind="mirror")

    text = visitor.get("/news/", {"export": "csv"}).content.decode("utf-8-sig")

    assert "mirror.example" in text
    assert "http://mirror.example" not in text


def test_document_page_has_every_official_field(visitor, db):
    document = DocumentFactory(doc_number="粤府办〔2024〕7号", signed_date=date(2024, 6, 1))

    text = page(visitor.get(document.get_absolute_url()))

    labels = (
        "文号 索引号 发文机关 适用地区 成文日期 发布日期 实施日期 失效日期 有效性 公开方式 主题分类"
        " 体裁 服务对象 主题词"
    )
    missing = text.partition("未注明：")[2].partition("。")[0].split("、")
    stated = [label for label in labels.split() if f"<dt>{label}</dt>" in text]
    assert sorted(stated + missing) == sorted(labels.split())
    assert {"文号", "成文日期"} <= set(stated)
    assert "2024-06-01" in text


def test_expired_and_superseded_documents_say_so(visitor, db):
    old = DocumentFactory(expiry_date=date(2020, 1, 1))
    assert "本文件已失效" in page(visitor.get(old.get_absolute_url()))

    newer = DocumentFactory(supersedes=old, status=S.DRAFT)
    assert "本文件已被替代" not in page(visitor.get(old.get_absolute_url()))
    PolicyDocument.objects.filter(pk=newer.pk).update(status=S.PUBLISHED)

    text = page(visitor.get(old.get_absolute_url()))
    assert "本文件已被替代" in text
    assert newer.get_absolute_url() in text
    assert old.get_absolute_url() in page(visitor.get(newer.get_absolute_url()))


def test_interpretations_are_linked_both_ways(visitor, db):
    document, interpretation = DocumentFactory(), InterpretationFactory()
    interpretation.documents.add(document)
    draft = InterpretationFactory(status=S.DRAFT)
    draft.documents.add(document)

    text = page(visitor.get(document.get_absolute_url()))

    assert interpretation.get_absolute_url() in text
    assert draft.get_absolute_url() not in text
    assert document.get_absolute_url() in page(visitor.get(interpretation.get_absolute_url()))


def test_mirrors_are_named_and_not_linked(visitor, db):
    mirror = NewsFactory(source_url="http://mirror.example/a", source_kind="mirror")
    gov = NewsFactory(source_url="http://www.gd.gov.cn/a", source_kind="gov")

    text = page(visitor.get(mirror.get_absolute_url()))
    assert "mirror.example" in text
    assert 'href="http://mirror.example' not in text
    assert 'href="http://www.gd.gov.cn/a"' in page(visitor.get(gov.get_absolute_url()))


@pytest.mark.parametrize(
    ("url", "factory"), [("/policies/feed/", DocumentFactory), ("/news/feed/", NewsFactory)]
)
def test_feeds(visitor, db, url, factory):
    shown = factory()
    factory(status=S.DRAFT, title="未发布的")

    answer = visitor.get(url)

    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert shown.title in page(answer)
    assert "2026-11-01T02:00:00+00:00" in page(answer)
    assert "未发布的" not in page(answer)


# ---- the editor ----


def test_editor_is_for_staff(client, sign_in, cast):
    assert client.get("/manage/policies/").status_code == 302
    sign_in(cast.owner)

    assert client.get("/manage/policies/").status_code == 403
    assert client.get("/manage/policies/news/new/").status_code == 403
    assert client.get("/manage/policies/nothing/").status_code == 404


def test_manage_lists_what_one_may_edit(client, sign_in, cast):
    here = NewsFactory(region=zhongshan(), status=S.DRAFT)
    elsewhere = NewsFactory()
    sign_in(cast.city_staff)

    text = page(client.get("/manage/policies/news/"))

    assert here.title in text
    assert elsewhere.title not in text
    assert "栏目自查" in text


def test_write_preview_publish_withdraw(client, sign_in, cast, visitor):
    sign_in(cast.staff)
    form = page(client.get("/manage/policies/documents/new/"))
    assert 'value="广东省"' in form
    typed = {
        "title": "补贴办法",
        "body_source": "## 总则\n第一条",
        "region": "广东省",
        "validity": "in_force",
        "doc_number": "粤科规[2026]8号",
    }

    saved = client.post("/manage/policies/documents/new/", typed)
    document = PolicyDocument.objects.get()
    assert saved.url == document.get_absolute_url()
    preview = page(client.get(saved.url))
    assert "公众看不到" in preview
    assert "<h2>总则</h2>" in preview

    def press(name, **data):
        url = reverse("policies:transition", args=["documents", document.slug, name])
        return page(client.post(url, data, follow=True))

    assert "已发布。" in press("publish")
    assert "请写明原因。" in press("withdraw")
    assert "已撤下。" in press("withdraw", reason="有误")
    assert "已重新发布。" in press("republish")
    document.refresh_from_db()
    assert (document.status, document.doc_number) == (S.PUBLISHED, "粤科规〔2026〕8号")


def test_wrong_input_stays_in_the_form(client, sign_in, cast):
    DocumentFactory(doc_number="粤府办〔2024〕7号")
    sign_in(cast.staff)

    text = page(
        client.post(
            "/manage/policies/documents/new/",
            {
                "title": "",
                "body_source": "写了很多",
                "region": "无此地",
                "doc_number": "粤府办(2024)7号",
                "source_url": "不是网址",
                "validity": "in_force",
            },
        )
    )

    assert "写了很多" in text
    assert "没有找到“无此地”" in text
    assert "该文号已有文件。" in text
    assert "请输入合法的URL。" in text
    assert PolicyDocument.objects.count() == 1


def test_refusals_of_the_service_are_shown(client, sign_in, cast):
    sign_in(cast.city_staff)

    text = page(
        client.post("/manage/policies/news/new/", {"title": "省里的事", "region": "广东省"})
    )

    assert "只有管辖部门可以这样做。" in text
    assert News.objects.count() == 0


def test_edit_and_conflict(client, sign_in, cast):
    content = InterpretationFactory()
    document = DocumentFactory()
    sign_in(cast.staff)
    url = reverse("policies:edit", args=["interpretations", content.slug])
    seen = content.updated_at.isoformat()
    typed = {"title": "改过的解读", "region": "广东省", "documents": [document.pk]}
    assert "这篇已经发布" in page(client.get(url))

    client.post(url, typed | {"version": seen})
    clash = page(client.post(url, typed | {"title": "再改", "version": seen}))

    assert "内容已被他人修改" in clash
    content = Interpretation.objects.get()
    assert content.title == "改过的解读"
    assert list(content.documents.all()) == [document]


def test_edit_by_staff_of_elsewhere_is_refused(client, sign_in, cast):
    content = NewsFactory()
    sign_in(cast.far_staff)

    assert client.get(reverse("policies:edit", args=["news", content.slug])).status_code == 403
    url = reverse("policies:transition", args=["news", content.slug, "withdraw"])
    assert client.post(url, {"reason": "x"}).status_code == 403


def test_attachments(client, sign_in, cast, settings):
    content = DocumentFactory()
    sign_in(cast.staff)
    url = reverse("policies:attach", args=["documents", content.slug])

    good = SimpleUploadedFile("全文.txt", "正文".encode())
    bad = SimpleUploadedFile("全文.pdf", b"not a pdf")
    assert "附件已上传。" in page(client.post(url, {"file": good}, follow=True))
    assert "附件没有上传" in page(client.post(url, {"file": bad}, follow=True))
    assert "请先选择" in page(client.post(url, {}, follow=True))
    stored = StoredFile.objects.get()
    assert "全文.txt" in page(client.get(content.get_absolute_url()))

    gone = reverse("policies:remove_file", args=["documents", content.slug, stored.pk])
    assert "附件已移除。" in page(client.post(gone, follow=True))
    assert StoredFile.objects.count() == 0


def test_files_of_a_draft_are_not_for_strangers(client, cast, now):
    content = DocumentFactory(status=S.DRAFT)
    stored = attach_file(
        actor=cast.staff,
        content=content,
        upload=SimpleUploadedFile("全文.txt", "正文".encode()),
        now=now,
    )

    assert client.get(stored.get_absolute_url()).status_code == 404
    PolicyDocument.objects.update(status=S.PUBLISHED)
    answer = client.get(stored.get_absolute_url())
    assert b"".join(answer.streaming_content).decode() == "正文"
    answer.close()
