"""Pages and endpoint of calls for cases."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import services
from cases.enums import CallStatus
from cases.models import CaseCall, CaseEntry, CaseScore
from tests.factories.cases import case_call, entry_in, published_case

S = CallStatus


def test_staff_write_open_and_begin(browse, cast):
    page = browse("city_staff")
    today = timezone.localdate()
    typed = {
        "title": "征集", "region": "442000", "notice": "说明", "opens_date": today,
        "due_date": today, "criteria": "中试成效 60\n技术水平 40", "reviewers": [cast.reviewer.pk],
    }  # fmt: skip

    wrong = page.post(reverse("cases:new_call"), typed | {"criteria": "成效六十"})
    assert set(wrong.context["form"].errors) == {"criteria"}
    page.post(reverse("cases:new_call"), typed | {"criteria": "甲 60\n乙 30"})
    assert not CaseCall.objects.exists()
    page.post(reverse("cases:new_call"), typed)
    call = CaseCall.objects.get()
    assert call.criteria == [{"name": "中试成效", "marks": 60}, {"name": "技术水平", "marks": 40}]

    page.post(reverse("cases:move_call", args=[call.pk, "open"]))
    edited = page.post(reverse("cases:edit_call", args=[call.pk]), typed | {"title": "新征集"})
    assert edited.status_code == 302
    call.refresh_from_db()
    assert (call.status, call.title) == (S.OPEN, "新征集")
    said = page.post(reverse("cases:move_call", args=[call.pk, "score"]), follow=True)
    assert "报名截止日期过后才能开始评分" in said.content.decode()


def test_the_operator_enters_in_one_click_and_takes_it_back(browse, cast):
    case = published_case(platform=cast.platform)
    call = case_call()
    page = browse("operator")
    assert "报名" in page.get(call.get_absolute_url()).content.decode()

    page.post(reverse("cases:enter", args=[call.pk]), {"case": case.slug})
    entry = CaseEntry.objects.get()
    assert "已报名" in page.get(call.get_absolute_url()).content.decode()
    assert page.get(reverse("cases:entries")).context["total"] == 1
    page.post(reverse("cases:withdraw_entry", args=[entry.pk]))

    assert not CaseEntry.objects.exists()
    assert page.post(reverse("cases:enter", args=[call.pk]), {"case": "x"}).status_code == 404


def test_experts_mark_and_staff_select(browse, cast, visitor):
    call = case_call(status=S.SCORING, days=-1)
    call.reviewers.add(cast.reviewer)
    entry = entry_in(call, published_case(platform=cast.platform))
    page = browse("reviewer")
    url = reverse("cases:mark", args=[entry.pk])
    assert url in page.get(call.get_absolute_url()).content.decode()
    wrong = page.post(url, {"mark_0": 61, "mark_1": 1, "comment": "好"})
    assert set(wrong.context["form"].errors) == {"mark_0"}
    page.post(url, {"mark_0": 55, "mark_1": 30, "comment": "数据扎实"})
    assert CaseScore.objects.get().marks == [55, 30]
    assert page.get(reverse("cases:ranking", args=[call.pk])).status_code == 403

    page = browse("city_staff")
    board = reverse("cases:ranking", args=[call.pk])
    assert "数据扎实" in page.get(board).content.decode()
    export = page.get(board, {"export": "csv"}).content.decode()
    assert f"{cast.reviewer} 85 分：数据扎实" in export
    page.post(reverse("cases:select", args=[call.pk]), {})
    call.refresh_from_db()
    assert call.status == S.SCORING
    page.post(reverse("cases:select", args=[call.pk]), {"entry": [entry.pk]})

    page.logout()
    public = visitor.get(call.get_absolute_url()).content.decode()
    assert entry.case.title in public
    assert "数据扎实" not in public
    assert f"入选“{call}”" in visitor.get(entry.case.get_absolute_url()).content.decode()


def test_drafts_and_calls_under_marks_are_not_public(visitor, db):
    for status in (S.DRAFT, S.SCORING):
        assert visitor.get(case_call(status=status).get_absolute_url()).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_one_and_three_rows(
    browse, cast, rows, django_assert_num_queries, now
):
    call = case_call(status=S.SCORING)
    for _ in range(rows):
        case_call()
        entry = entry_in(call, published_case(platform=cast.platform))
        services.mark_entry(actor=cast.staff, entry=entry, marks=[1, 1], comment="好", now=now)
    counts = {}
    for who, name, arguments in (
        ("staff", "calls", []), ("operator", "entries", []), ("staff", "ranking", [call.pk]),
    ):  # fmt: skip
        page = browse(who)
        with django_assert_num_queries(QUERIES[name]):
            counts[name] = page.get(reverse(f"cases:{name}", args=arguments)).context["total"]

    assert counts == {"calls": rows + 1, "entries": rows, "ranking": rows}


QUERIES = {"calls": 9, "entries": 9, "ranking": 11}


def test_the_endpoint_tells_what_was_selected(api, db):
    call = case_call(status=S.SELECTED, days=-1)
    chosen = entry_in(call, published_case(), is_selected=True)
    entry_in(call, published_case())
    case_call(status=S.DRAFT, due_date=timezone.localdate() + timedelta(days=5))

    (row,) = api.get("/api/v1/case-calls/").data["results"]

    assert (row["id"], row["selected"]) == (call.pk, [chosen.case.slug])
    assert api.get(f"/api/v1/case-calls/{call.pk}/").data["criteria"][0]["marks"] == 60


def test_staff_cancel_and_everybody_reads_why(browse, visitor):
    call = case_call()
    page = browse("city_staff")
    assert "取消征集" in page.get(call.get_absolute_url()).content.decode()

    page.post(reverse("cases:move_call", args=[call.pk, "cancel"]), {"reason": "并入下一年度"})

    page.logout()
    shown = visitor.get(call.get_absolute_url()).content.decode()
    assert ("已取消" in shown, "原因：并入下一年度" in shown) == (True, True)
