"""Calls for cases: who may see and move them, entering, marking, selecting, telling."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from accounts.enums import Role
from cases import selectors, services
from cases.access import CallAccess, EntryAccess
from cases.enums import CallStatus
from cases.models import CaseCall, CaseEntry, CaseScore
from cases.services import call_notices
from cases.states import CALL
from core.errors import DomainError, Refused
from core.models import ActivityLog, Event
from core.states import Relation
from notifications.models import Notification
from tests.factories.accounts import RoleAssignmentFactory
from tests.factories.cases import ProjectFactory, case_call, entry_in, published_case
from tests.factories.taxonomy import chengdu, zhongshan

S = CallStatus
EVERYBODY = (
    "enterprise", "operator", "other_enterprise", "other_operator", "staff", "city_staff",
    "far_staff", "broker", "far_broker", "reviewer", "admin", "visitor", "system",
)  # fmt: skip
STAFF = {"staff", "city_staff"}


@pytest.fixture
def case(cast):
    return published_case(platform=cast.platform)


def values(**changes):
    today = timezone.localdate()
    criteria = [{"name": "成效", "marks": 60}, {"name": "技术", "marks": 40}]
    return {
        "title": "2026 年典型案例征集", "region": zhongshan(), "notice": "征集已做成的案例",
        "criteria": criteria, "opens_date": today, "due_date": today,
    } | changes  # fmt: skip


def refused(code, service, **arguments):
    """The service refuses with this code and leaves nothing behind."""
    before = state()
    with pytest.raises(DomainError) as error:
        service(**arguments)
    assert error.value.code == code
    assert state() == before


def state():
    return (
        list(CaseCall.objects.order_by("pk").values_list("pk", "status", "title", "due_date")),
        list(CaseEntry.objects.order_by("pk").values_list("pk", "is_selected")),
        list(CaseScore.objects.order_by("pk").values_list("pk", "total")),
        Event.objects.count(),
        ActivityLog.objects.count(),
    )


def standing(cast, who):
    """Who the person is to a call of 中山, from the cast alone."""
    found = {Relation.SYSTEM} if who == "system" else {Relation.VISITOR}
    if who in STAFF:
        found.add(Relation.STAFF)
    if who in {"operator", "other_operator"}:
        found.add(Relation.OWNER)
    return found


@pytest.mark.parametrize(("who", "status"), list(product(EVERYBODY, S)))
def test_every_transition_from_every_state_by_everybody(cast, who, status):
    call = case_call(status=status, days=1 if status == S.DRAFT else -1)

    for row in CALL.transitions:
        expected = bool(standing(cast, who) & row.relations) and status in row.sources
        assert bool(CallAccess(getattr(cast, who)).can(row.name, call)) is expected, row.name


@pytest.mark.parametrize(("who", "status"), list(product(EVERYBODY, S)))
def test_a_call_is_public_while_open_and_once_over(cast, who, status):
    case_call(status=status)
    is_public = status in {S.OPEN, S.SELECTED, S.CANCELLED}

    seen = CallAccess(getattr(cast, who)).visible().exists()

    assert seen is (is_public or who in STAFF | {"system"})


def test_a_call_under_marks_is_seen_by_those_who_take_part(cast, case):
    call = case_call(status=S.SCORING)
    entry = entry_in(call, case)
    call.reviewers.add(cast.reviewer)

    def seeing(access):
        return {who for who in EVERYBODY if access(getattr(cast, who)).visible().exists()}

    assert seeing(CallAccess) == STAFF | {"operator", "reviewer", "system"}
    assert seeing(EntryAccess) == STAFF | {"operator", "reviewer", "system"}
    for who in EVERYBODY:
        access = EntryAccess(getattr(cast, who))
        assert bool(access.can("mark", entry)) is (who in STAFF | {"reviewer"}), who
        assert not access.can("withdraw", entry)
        may_rank = bool(CallAccess(getattr(cast, who)).can("rank", call))
        assert may_rank is (who in STAFF), who


def test_staff_draft_a_call_of_their_region(cast, now):
    call = services.create_call(
        actor=cast.city_staff, values=values(), reviewers=[cast.reviewer], now=now
    )

    assert (call.status, call.made_by) == (S.DRAFT, cast.city_staff)
    assert list(call.reviewers.all()) == [cast.reviewer]
    assert ActivityLog.objects.get().action == "cases.casecall.create"


@pytest.mark.parametrize("who", ["far_staff", "operator", "reviewer"])
def test_others_draft_none(cast, now, who):
    with pytest.raises(Refused):
        services.create_call(actor=getattr(cast, who), values=values(), reviewers=[], now=now)
    assert not CaseCall.objects.exists()


@pytest.mark.parametrize(
    "marks", [[100], [50, 40], [100, 0], [10, 10, 10, 10, 10, 10, 40]],
)  # fmt: skip
def test_criteria_are_two_to_six_of_100_together(cast, now, marks):
    criteria = [{"name": f"第{place}项", "marks": mark} for place, mark in enumerate(marks)]
    refused(
        "criteria", services.create_call, actor=cast.staff, values=values(criteria=criteria),
        reviewers=[], now=now,
    )  # fmt: skip


def test_a_call_wants_different_criteria_days_in_order_and_experts(cast, now):
    same = [{"name": "成效", "marks": 50}] * 2
    wrong = timezone.localdate() + timedelta(days=1)
    given = {"actor": cast.staff, "now": now}
    refused("criteria", services.create_call, values=values(criteria=same), reviewers=[], **given)
    refused("invalid", services.create_call, values=values(opens_date=wrong), reviewers=[], **given)
    refused("reviewers", services.create_call, values=values(), reviewers=[cast.broker], **given)


def test_published_rules_stay(cast, now):
    call = case_call(status=S.OPEN)
    given = {"actor": cast.staff, "call": call, "reviewers": [], "now": now}
    changed = [{"name": "成效", "marks": 50}, {"name": "技术", "marks": 50}]
    past = timezone.localdate() - timedelta(days=1)

    services.edit_call(values={"title": "新标题"}, **given)
    refused("fixed", services.edit_call, values={"criteria": changed}, **given)
    refused("past", services.edit_call, values={"due_date": past}, **given)
    CaseCall.objects.update(status=S.SCORING)
    later = timezone.localdate() + timedelta(days=9)
    refused("fixed", services.edit_call, values={"due_date": later}, **given)
    CaseCall.objects.update(status=S.SELECTED)
    refused("wrong_state", services.edit_call, values={"title": "再改"}, **given)

    call.refresh_from_db()
    assert call.title == "新标题"


def test_an_expert_added_late_is_told_once(cast, now):
    call = case_call(status=S.SCORING)
    for _ in range(2):
        services.edit_call(
            actor=cast.staff, call=call, values={}, reviewers=[cast.reviewer], now=now
        )

    event = Event.objects.get()
    assert event.payload == {"call_id": call.pk, "user_ids": [cast.reviewer.pk]}


def test_opening_is_for_days_to_come_and_marks_begin_after_them(cast, case, now):
    given = {"actor": cast.staff, "now": now}
    late = case_call(status=S.DRAFT, days=-1)
    refused("wrong_state", services.move_call, call=late, name="open", **given)
    call = case_call(status=S.DRAFT)
    assert services.move_call(call=call, name="open", **given).status == S.OPEN
    refused("wrong_state", services.move_call, call=call, name="open", **given)
    refused("wrong_state", services.move_call, call=call, name="score", **given)

    over = case_call(status=S.OPEN, days=-1)
    refused("no_entries", services.move_call, call=over, name="score", **given)
    entry_in(over, case)
    over.reviewers.add(cast.reviewer)
    assert services.move_call(call=over, name="score", **given).status == S.SCORING
    assert Event.objects.get(name="cases.casecall.invited").payload["call_id"] == over.pk


def test_an_own_published_case_is_entered_once_and_taken_back(cast, case, now):
    call = case_call(status=S.OPEN)
    given = {"actor": cast.operator, "now": now}

    entry = services.enter_case(call=call, case=case, **given)
    refused("entered", services.enter_case, call=call, case=case, **given)
    with pytest.raises(Refused):
        services.withdraw_entry(actor=cast.other_operator, entry=entry, now=now)
    services.withdraw_entry(entry=entry, **given)
    refused("gone", services.withdraw_entry, entry=entry, **given)

    assert not call.entries.exists()
    assert list(ActivityLog.objects.order_by("pk").values_list("action", flat=True)) == [
        "cases.casecall.enter", "cases.casecall.withdraw_entry",
    ]  # fmt: skip


def test_what_may_not_be_entered(cast, case, now):
    call = case_call(status=S.OPEN)
    given = {"actor": cast.operator, "call": call, "now": now}
    draft = published_case(platform=cast.platform, status="withdrawn")
    far = published_case(platform=cast.platform, region=chengdu())

    for wrong in (published_case(), draft, far):
        refused("not_enterable", services.enter_case, case=wrong, **given)
    with pytest.raises(Refused):
        services.enter_case(actor=cast.enterprise, call=call, case=case, now=now)
    assert [row for row, _ in selectors.own_cases(cast.operator, call)] == [case]


@pytest.mark.parametrize(("status", "days"), [(S.DRAFT, 0), (S.OPEN, -1), (S.SCORING, 0)])
def test_there_is_a_time_to_enter_and_take_back(cast, case, now, status, days):
    call = case_call(status=status, days=days)
    refused("wrong_state", services.enter_case, actor=cast.operator, call=call, case=case, now=now)
    entry = entry_in(call, case)
    refused("wrong_state", services.withdraw_entry, actor=cast.operator, entry=entry, now=now)


@pytest.fixture
def entry(cast, case):
    call = case_call(status=S.SCORING)
    call.reviewers.add(cast.reviewer)
    return entry_in(call, case)


def test_marks_are_added_up_and_given_anew(cast, entry, now):
    given = {"actor": cast.reviewer, "entry": entry, "now": now}
    services.mark_entry(marks=[50, 30], comment=" 数据扎实 ", **given)
    services.mark_entry(marks=[60, 30], comment="数据扎实", **given)
    services.mark_entry(actor=cast.staff, entry=entry, marks=[40, 30], comment="尚可", now=now)

    (row,) = selectors.ranking(entry.call)
    assert (row.mean, row.lowest, row.highest, row.scored) == (80, 70, 90, 2)
    assert [score.comment for score in row.given] == ["数据扎实", "尚可"]


def test_marks_have_limits_a_reason_and_a_time(cast, entry, now):
    given = {"actor": cast.reviewer, "entry": entry, "now": now}
    for marks in ([61, 0], [-1, 0], [10], [10, 10, 10]):
        refused("marks", services.mark_entry, marks=marks, comment="好", **given)
    refused("comment", services.mark_entry, marks=[1, 1], comment=" ", **given)
    CaseCall.objects.update(status=S.SELECTED)
    refused("wrong_state", services.mark_entry, marks=[1, 1], comment="好", **given)


def test_nobody_marks_a_case_of_the_own_organisation(cast, entry, now):
    project = ProjectFactory(platform=cast.platform, enterprise=cast.firm)
    type(entry.case).objects.update(project=project)
    given = {"entry": entry, "marks": [1, 1], "comment": "好", "now": now}
    for organisation in (cast.runner, cast.firm):
        own = RoleAssignmentFactory(
            user=cast.reviewer, role=Role.ENTERPRISE, organisation=organisation
        )
        reviewer = type(cast.reviewer).objects.get(pk=cast.reviewer.pk)
        with pytest.raises(Refused, match="回避"):
            services.mark_entry(actor=reviewer, **given)
        own.delete()

    for stranger in (cast.operator, cast.far_staff):
        with pytest.raises(Refused):
            services.mark_entry(actor=stranger, **given)
    assert not CaseScore.objects.exists()


def test_the_expert_sees_what_is_left_to_mark(cast, entry, now):
    assert list(selectors.unmarked_calls(cast.reviewer)) == [entry.call]
    services.mark_entry(actor=cast.reviewer, entry=entry, marks=[1, 1], comment="好", now=now)

    assert not selectors.unmarked_calls(cast.reviewer).exists()
    ((_, score, decision),) = selectors.entries_to_mark(cast.reviewer, entry.call)
    assert (score.total, bool(decision)) == (2, True)


def test_what_is_selected_is_honoured_and_everybody_told(cast, entry, now):
    project = ProjectFactory(platform=cast.platform, enterprise=cast.firm)
    type(entry.case).objects.filter(pk=entry.case_id).update(project=project)
    other = entry_in(entry.call, published_case())
    services.mark_entry(actor=cast.staff, entry=entry, marks=[60, 20], comment="好", now=now)
    given = {"actor": cast.staff, "call": entry.call, "now": now}

    refused("none_selected", services.select_entries, entries=[], **given)
    refused("unmarked", services.select_entries, entries=[entry.pk, other.pk], **given)
    refused("unknown_entry", services.select_entries, entries=[entry.pk, 0], **given)
    with pytest.raises(Refused):
        services.select_entries(actor=cast.reviewer, call=entry.call, entries=[entry.pk], now=now)
    done = services.select_entries(entries=[entry.pk], **given)
    refused("wrong_state", services.select_entries, entries=[entry.pk], **given)

    assert [row.pk for row in selectors.selected_entries(done)] == [entry.pk]
    found = selectors.honours([entry.case.slug, other.case.slug])
    assert {slug: [row.mean for row in rows] for slug, rows in found.items()} == {
        entry.case.slug: [80]
    }
    event = Event.objects.get(name="cases.casecall.selected")
    Notification.objects.all().delete()
    for _ in range(2):
        call_notices.tell_selected(event_id=event.pk, now=now, **event.payload)
    told = set(Notification.objects.values_list("user", "kind"))
    assert told == {
        (cast.operator.pk, "casecall_selected"), (cast.enterprise.pk, "casecall_selected"),
    }  # fmt: skip
    assert Notification.objects.count() == 2


def test_a_case_taken_down_is_not_selected(cast, entry, now):
    services.mark_entry(actor=cast.staff, entry=entry, marks=[1, 1], comment="好", now=now)
    type(entry.case).objects.update(status="withdrawn")

    refused(
        "withdrawn", services.select_entries, actor=cast.staff, call=entry.call,
        entries=[entry.pk], now=now,
    )  # fmt: skip


def test_invited_experts_get_one_message(cast, entry, now):
    for _ in range(2):
        call_notices.tell_invited(
            event_id="00000000-0000-0000-0000-000000000001", call_id=entry.call_id,
            user_ids=[cast.reviewer.pk], now=now,
        )  # fmt: skip

    message = Notification.objects.get()
    assert (message.user, message.url) == (cast.reviewer, entry.call.get_absolute_url())


@pytest.mark.parametrize("status", [S.OPEN, S.SCORING])
def test_a_call_is_cancelled_with_a_reason_and_whoever_takes_part_is_told(cast, case, now, status):
    call = case_call(status=status, days=0 if status == S.OPEN else -1)
    entry_in(call, case)
    CaseEntry.objects.update(entered_by=cast.operator)
    call.reviewers.add(cast.reviewer)
    given = {"actor": cast.city_staff, "call": call, "name": "cancel", "now": now}

    refused("reason_required", services.move_call, reason=" ", **given)
    with pytest.raises(Refused):
        services.move_call(**given | {"actor": cast.far_staff, "reason": "并入下一年度"})
    done = services.move_call(reason="并入下一年度", **given)
    refused("wrong_state", services.move_call, reason="再次", **given)
    event = Event.objects.get(name="cases.casecall.cancelled")
    for _ in range(2):
        call_notices.tell_cancelled(event_id=event.pk, now=now, **event.payload)

    assert done.status == S.CANCELLED
    rows = Notification.objects.values_list("user", "body", "url")
    assert sorted(rows) == sorted(
        (person.pk, "原因：并入下一年度", call.get_absolute_url())
        for person in (cast.operator, cast.reviewer)
    )


def test_a_cancelled_call_takes_nothing_any_more(cast, case, now):
    call = case_call(status=S.CANCELLED)
    entry = entry_in(call, case)
    given = {"actor": cast.operator, "now": now}

    refused("wrong_state", services.enter_case, call=call, case=case, **given)
    refused("wrong_state", services.withdraw_entry, entry=entry, **given)
    refused("wrong_state", services.select_entries, actor=cast.staff, call=call,
            entries=[entry.pk], now=now)  # fmt: skip
    refused("wrong_state", services.edit_call, actor=cast.staff, call=call, values={},
            reviewers=[], now=now)  # fmt: skip
