import json
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from core.errors import Conflict, DomainError, Refused
from core.files import may_read
from core.models import ActivityLog, Event, StoredFile
from core.search import search_rows
from policies import services
from policies.enums import ContentStatus, Validity
from policies.models import Interpretation, News, PolicyDocument
from policies.selectors import self_inspection
from tests.factories.policies import DocumentFactory, InterpretationFactory, NewsFactory
from tests.factories.taxonomy import TermFactory, chengdu, guangdong, zhongshan
from tests.taxonomy.conftest import code_lists  # noqa: F401  a fixture of another folder

S = ContentStatus


def write(**values):
    return {"title": "补贴办法", "region": guangdong(), "body_source": "第一条"} | values


def test_create_makes_a_draft_with_sanitised_body_and_official_number(cast, now):
    field = TermFactory()

    made = services.create_content(
        actor=cast.staff,
        model=PolicyDocument,
        values=write(
            doc_number="粤科规(2026)08号", body_source="## 总则\n<b>x</b>", fields=[field]
        ),
        now=now,
    )

    document = PolicyDocument.objects.get(pk=made.pk)
    assert document.status == S.DRAFT
    assert document.doc_number == "粤科规〔2026〕8号"
    assert document.body == "<h2>总则</h2>\n<p>&lt;b&gt;x&lt;/b&gt;</p>"
    assert list(document.fields.all()) == [field]
    assert document.written_by == cast.staff
    assert ActivityLog.objects.get().action == "policies.policydocument.create"


@pytest.mark.parametrize("who", ["owner", "broker"])
def test_create_by_others_is_refused(cast, who, now):
    with pytest.raises(Refused):
        services.create_content(actor=getattr(cast, who), model=News, values=write(), now=now)

    assert News.objects.count() == 0


def test_city_staff_write_for_their_city_only(cast, now):
    with pytest.raises(Refused):
        services.create_content(actor=cast.city_staff, model=News, values=write(), now=now)
    made = services.create_content(
        actor=cast.city_staff, model=News, values=write(region=zhongshan()), now=now
    )

    with pytest.raises(Refused):
        services.edit_content(
            actor=cast.city_staff, content=made, values={"region": chengdu()}, now=now
        )
    assert News.objects.get().region == zhongshan()


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"title": ""}, "title", "此字段不能为空。"),
        ({"doc_number": "粤府办[2024]7号"}, None, "该文号已有文件。"),
        (
            {"effective_date": date(2026, 2, 1), "expiry_date": date(2026, 1, 1)},
            None,
            "失效日期不能早于实施日期。",
        ),
        ({"status": "published"}, None, "没有这个字段：status。"),
    ],
)
def test_create_refuses_what_cannot_be(cast, now, values, field, message):
    DocumentFactory(doc_number="粤府办〔2024〕7号")

    with pytest.raises(DomainError) as refused:
        services.create_content(
            actor=cast.staff, model=PolicyDocument, values=write(**values), now=now
        )

    assert (refused.value.field, refused.value.message) == (field, message)
    assert PolicyDocument.objects.count() == 1


def test_publish_sets_the_time_once(cast, now):
    document = DocumentFactory(status=S.DRAFT, published_at=None)
    services.move_content(actor=cast.staff, content=document, name="publish", now=now)
    services.move_content(
        actor=cast.staff, content=document, name="withdraw", reason="有误", now=now
    )

    services.move_content(
        actor=cast.staff, content=document, name="republish", now=now + timedelta(days=1)
    )

    document.refresh_from_db()
    assert document.status == S.PUBLISHED
    assert document.published_at == now
    assert list(Event.objects.values_list("name", flat=True)) == ["policies.content.published"] * 2


def test_publish_twice_is_refused_as_wrong_state(cast, now):
    document = DocumentFactory()

    with pytest.raises(DomainError) as refused:
        services.move_content(actor=cast.staff, content=document, name="publish", now=now)

    assert refused.value.code == "wrong_state"
    assert Event.objects.count() == 0


def test_nothing_empty_is_published(cast, now):
    news = NewsFactory(status=S.DRAFT, summary="", published_at=None)

    with pytest.raises(DomainError) as refused:
        services.move_content(actor=cast.staff, content=news, name="publish", now=now)

    assert refused.value.code == "empty"
    assert News.objects.get().status == S.DRAFT


def test_withdraw_wants_a_reason(cast, now):
    with pytest.raises(DomainError) as refused:
        services.move_content(actor=cast.staff, content=NewsFactory(), name="withdraw", now=now)

    assert refused.value.code == "reason_required"


@pytest.mark.parametrize("factory", [DocumentFactory, InterpretationFactory, NewsFactory])
def test_the_database_itself_keeps_the_publish_time(db, factory, now):
    content = factory()

    with pytest.raises(DatabaseError), transaction.atomic():
        type(content).objects.filter(pk=content.pk).update(published_at=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        type(content).objects.filter(pk=content.pk).update(published_at=None)


def test_edit_logs_what_changed_and_can_be_found(cast, now):
    document = DocumentFactory()
    interpretation = InterpretationFactory()

    services.edit_content(
        actor=cast.staff, content=document, values={"body_source": "支持概念验证"}, now=now
    )
    services.edit_content(
        actor=cast.staff, content=interpretation, values={"documents": [document]}, now=now
    )

    assert [row.data for row in ActivityLog.objects.order_by("pk")] == [
        {"fields": ["body_source", "body"]},
        {"fields": ["documents"]},
    ]
    assert search_rows(PolicyDocument.objects.all(), "概念验证").get() == document
    assert list(document.interpretations.all()) == [interpretation]


def test_edit_without_change_is_not_logged(cast, now):
    document = DocumentFactory()

    services.edit_content(
        actor=cast.staff, content=document, values={"title": document.title}, now=now
    )

    assert ActivityLog.objects.count() == 0


def test_edit_of_what_somebody_changed_since_is_a_conflict(cast, now):
    document = DocumentFactory()
    seen = document.updated_at
    services.edit_content(actor=cast.staff, content=document, values={"title": "甲"}, now=now)

    with pytest.raises(Conflict):
        services.edit_content(
            actor=cast.staff, content=document, values={"title": "乙"}, version=seen, now=now
        )

    assert PolicyDocument.objects.get().title == "甲"


def test_edit_by_others_is_refused(cast, now):
    with pytest.raises(Refused):
        services.edit_content(
            actor=cast.far_staff, content=DocumentFactory(), values={"title": "改"}, now=now
        )


def upload():
    return SimpleUploadedFile("附件.txt", "全文".encode())


def test_attachments_are_as_visible_as_their_piece(cast, now):
    document = DocumentFactory(status=S.DRAFT)

    stored = services.attach_file(actor=cast.staff, content=document, upload=upload(), now=now)

    assert may_read(cast.staff, stored) is True
    assert may_read(cast.visitor, stored) is False
    PolicyDocument.objects.update(status=S.PUBLISHED)
    assert may_read(cast.visitor, stored) is True


def test_attach_by_others_is_refused(cast, now):
    with pytest.raises(Refused):
        services.attach_file(actor=cast.owner, content=DocumentFactory(), upload=upload(), now=now)

    assert StoredFile.objects.count() == 0


def test_remove_file(cast, now):
    document = DocumentFactory()
    stored = services.attach_file(actor=cast.staff, content=document, upload=upload(), now=now)
    with pytest.raises(DomainError):
        services.remove_file(actor=cast.staff, content=NewsFactory(), stored=stored, now=now)

    services.remove_file(actor=cast.staff, content=document, stored=stored, now=now)

    assert StoredFile.objects.count() == 0
    assert ActivityLog.objects.last().data["file"] == "附件.txt"


@pytest.mark.parametrize(
    ("validity", "expiry", "shown"),
    [
        (Validity.IN_FORCE, None, Validity.IN_FORCE),
        (Validity.IN_FORCE, date(2026, 11, 21), Validity.IN_FORCE),
        (Validity.IN_FORCE, date(2026, 11, 20), Validity.EXPIRED),
        (Validity.UNKNOWN, date(2026, 11, 20), Validity.EXPIRED),
        (Validity.REPEALED, date(2026, 11, 20), Validity.REPEALED),
    ],
)
def test_validity_of_the_day_is_one_in_page_and_query(db, validity, expiry, shown):
    today = date(2026, 11, 21)
    document = DocumentFactory(validity=validity, expiry_date=expiry)

    assert document.validity_on(today) == shown
    assert PolicyDocument.objects.with_validity(today=today).get().validity_now == shown


@pytest.mark.parametrize(
    ("values", "day"),
    [
        ({"issued_date": date(2024, 6, 5), "source_date": "2024"}, "2024-06-05"),
        ({"source_date": "2024-01", "source_kind": "gov"}, "2024-01"),
        ({"source_kind": "gov"}, ""),
        ({}, "2026-11-01"),
    ],
)
def test_the_day_is_one_in_page_and_query(db, values, day):
    NewsFactory(**values)

    news = News.objects.dated().get()

    assert (news.day, news.shown_date, news.year) == (day, day, day[:4])


def test_self_inspection_finds_stale_columns_and_lonely_documents(db, now):
    today = date(2026, 11, 21)
    DocumentFactory()
    NewsFactory()

    found = {check.name: (check.found, check.is_well) for check in self_inspection(today=today)}

    assert found == {
        "行业动态更新": ("最近发布 2026-11-01", False),
        "政策文件更新": ("最近发布 2026-11-01", True),
        "没有解读的政策文件": ("1 件", False),
        "未注明文号的政策文件": ("1 件", False),
        "栏目“政策解读”": ("0 篇", False),
    }


def test_self_inspection_of_an_empty_site(db):
    assert self_inspection(today=date(2026, 11, 21))[0].found == "还没有内容"


@pytest.mark.usefixtures("code_lists")
def test_starting_data_loads_once(now):
    lines = (settings.BASE_DIR / "data/policies.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]

    first = services.load_policies(rows=rows, now=now)
    second = services.load_policies(rows=rows, now=now)

    assert (first.created, first.updated, first.unchanged) == (68, 0, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 68)
    counts = [model.objects.published().count() for model in (PolicyDocument, Interpretation, News)]
    assert counts == [31, 2, 35]
    assert ActivityLog.objects.count() == 68
    assert News.objects.filter(region=None).count() == 0


@pytest.mark.usefixtures("code_lists")
def test_starting_data_keeps_half_known_dates_as_text_and_pairs_interpretations(now):
    rows = [
        {"id": "p-1", "title": "实施意见", "category": "政策文件", "date": "2024-01",
         "doc_number": "工信部联科[2024]11号", "region": "全国", "source_kind": "mirror",
         "source_url": "http://mirror.example/x", "summary": "一"},
        {"id": "p-2", "title": "《实施意见》政策解读", "category": "政策解读", "date": "2024-11-25",
         "region": "广东省东莞市", "summary": "二", "source_kind": "seed"},
    ]  # fmt: skip
    services.load_policies(rows=rows, now=now)

    document, interpretation = PolicyDocument.objects.get(), Interpretation.objects.get()
    assert (document.issued_date, document.shown_date) == (None, "2024-01")
    assert document.doc_number == "工信部联科〔2024〕11号"
    assert document.source_is_linkable is False
    assert interpretation.issued_date == date(2024, 11, 25)
    assert list(interpretation.documents.all()) == [document]

    rows[0]["summary"] = "改"
    again = services.load_policies(rows=rows, now=now)
    assert (again.created, again.updated, again.unchanged) == (0, 1, 1)
    assert PolicyDocument.objects.get().summary == "改"
