"""Alerts as tasks (C18): who may move them, taken, due, closed with evidence, opened again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from core.errors import DomainError, Refused
from core.files import files_of, may_read
from core.models import ActivityLog, Event, StoredFile
from notifications.models import Notification
from reporting.access import AlertAccess
from reporting.models import Alert, Indicator
from reporting.services import alerts as services
from reporting.states import ALERT
from tests.factories.accounts import UserFactory, person
from tests.factories.taxonomy import guangdong, zhongshan
from tests.reporting.conftest import signed_in, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators", "demo_mode")]
WRONG = "超期未回复数为 2条，高于 0。"


@pytest.fixture
def staff():
    return person(Role.GOVERNMENT, region=guangdong())


@pytest.fixture
def city():
    return person(Role.GOVERNMENT, region=zhongshan())


@pytest.fixture
def indicator():
    return Indicator.objects.current().get(code="PRT-06")


@pytest.fixture
def alert(indicator, now, staff):
    return watched(indicator, now)


def watched(indicator, now, problem=WRONG):
    """What the alert of an indicator is after its value was computed."""
    services.watch_value(indicator=indicator, problem=problem, now=now)
    return Alert.objects.filter(indicator=indicator).order_by("-pk").first()


def paper():
    return SimpleUploadedFile("督办记录.txt", "已电话督办".encode())


def close(actor, alert, now, reason="已督办", uploads=None):
    files = [paper()] if uploads is None else uploads
    return services.close_alert(actor=actor, alert=alert, reason=reason, uploads=files, now=now)


def told():
    return set(Notification.objects.values_list("user", "title"))


def test_every_transition_from_every_state_by_everybody(alert, staff, city, operator):
    people = {"staff": staff, "city": city, "operator": operator, "nobody": UserFactory(),
              "system": SYSTEM}  # fmt: skip
    for status in ("open", "closed"):
        alert.status = status
        for row in ALERT.transitions:
            may = {who: AlertAccess(user).can(row.name, alert) for who, user in people.items()}
            expected = {"staff", "city", "system"} if status in row.sources else set()
            assert {who for who, found in may.items() if found} == expected, (status, row.name)
    for who, user in people.items():
        assert AlertAccess(user).visible().exists() is (who not in {"operator", "nobody"})


def test_one_alert_stands_open_and_its_words_follow_the_value(indicator, alert, now):
    again = watched(indicator, now + timedelta(days=1), "超期未回复数为 3条，高于 0。")

    assert (again.pk, again.message[:9], again.status) == (alert.pk, "超期未回复数为 3", "open")
    assert again.due_date == alert.due_date


def test_a_value_within_bounds_closes_it_for_good(indicator, alert, staff, now):
    over = watched(indicator, now + timedelta(days=1), "")
    with pytest.raises(DomainError) as refused:
        services.reopen_alert(actor=staff, alert=over, reason="不放心", now=now)
    later = watched(indicator, now + timedelta(days=2))

    assert (over.status, over.answer, over.closed_by) == ("closed", services.RECOVERED, None)
    assert over.recovered_at == now + timedelta(days=1)
    assert refused.value.code == "wrong_state"
    assert (later.pk != alert.pk, later.status) == (True, "open")


def test_an_alert_gets_an_owner_and_a_day(alert, staff, city, now):
    due = timezone.localdate(now) + timedelta(days=9)

    taken = services.assign_alert(actor=staff, alert=alert, owner=city, due_date=due, now=now)

    assert (taken.owner, taken.due_date) == (city, due)
    with pytest.raises(DomainError, match="期限"):
        services.assign_alert(
            actor=staff, alert=alert, owner=staff, due_date=due - timedelta(days=900), now=now
        )
    with pytest.raises(DomainError, match="政府"):
        services.assign_alert(actor=staff, alert=alert, owner=UserFactory(), now=now)
    alert.refresh_from_db()
    assert alert.owner == city


def test_closing_says_and_shows_what_was_done(alert, staff, operator, now):
    done = close(staff, alert, now)
    with pytest.raises(DomainError) as refused:
        close(staff, alert, now)

    assert (done.status, done.answer, done.closed_by) == ("closed", "已督办", staff)
    assert refused.value.code == "wrong_state"
    stored = files_of(done).get()
    assert (may_read(staff, stored), may_read(operator, stored)) == (True, False)
    assert ActivityLog.objects.get(action="reporting.alert.close").reason == "已督办"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"reason": " "}, "reason_required", "reason"),
        ({"uploads": []}, "evidence_required", "files"),
        ({"uploads": [SimpleUploadedFile("a.pdf", b"no pdf")]}, "file_content", "files"),
    ],
)
def test_closing_without_words_or_evidence_changes_nothing(alert, staff, now, values, code, field):
    with pytest.raises(DomainError) as refused:
        close(staff, alert, now, **values)

    alert.refresh_from_db()
    assert (refused.value.code, refused.value.field) == (code, field)
    assert (alert.status, StoredFile.objects.exists()) == ("open", False)


def test_others_neither_assign_close_nor_reopen(alert, operator, now):
    with pytest.raises(Refused):
        services.assign_alert(actor=operator, alert=alert, owner=operator, now=now)
    with pytest.raises(Refused):
        close(operator, alert, now)
    Alert.objects.update(status="closed")
    with pytest.raises(Refused):
        services.reopen_alert(actor=operator, alert=alert, reason="不", now=now)
    assert Alert.objects.get().status == "closed"


def test_reopening_says_why_and_sets_a_new_day(alert, staff, now):
    later = now + timedelta(days=30)
    close(staff, alert, now)
    with pytest.raises(DomainError) as refused:
        services.reopen_alert(actor=staff, alert=alert, reason=" ", now=later)
    opened = services.reopen_alert(actor=staff, alert=alert, reason="材料不符", now=later)
    with pytest.raises(DomainError):
        services.reopen_alert(actor=staff, alert=alert, reason="再", now=later)

    assert refused.value.code == "reason_required"
    assert (opened.status, opened.answer, opened.closed_by) == ("open", "", None)
    assert opened.due_date > timezone.localdate(later)
    assert files_of(opened).count() == 1


def test_what_a_person_closed_opens_again_while_the_value_stays(indicator, alert, staff, now):
    close(staff, alert, now)
    same_day = watched(indicator, now).status
    opened = watched(indicator, now + timedelta(days=1))

    assert (same_day, opened.pk, opened.status) == ("closed", alert.pk, "open")
    assert ActivityLog.objects.get(action="reporting.alert.reopen").reason == services.STILL_OUT
    assert Alert.objects.count() == 1


def test_what_a_person_closed_is_confirmed_by_the_value(indicator, alert, staff, now):
    close(staff, alert, now)
    over = watched(indicator, now + timedelta(days=1), "")

    assert (over.status, over.answer, over.closed_by) == ("closed", "已督办", staff)
    assert over.recovered_at is not None


def test_whoever_sees_to_it_is_told_once(indicator, alert, staff, city, now):
    services.assign_alert(actor=staff, alert=alert, owner=city, now=now)
    services.assign_alert(actor=staff, alert=alert, owner=city, now=now)
    close(city, alert, now)
    services.reopen_alert(actor=staff, alert=alert, reason="不够", now=now)
    for event in Event.objects.filter(name__startswith="reporting.alert."):
        for _ in range(2):
            services.tell(event_id=event.pk, name=event.name, payload=event.payload, now=now)

    name = indicator.name
    assert told() == {
        (city.pk, f"新的运行预警：{name}"),  # owned by now: the message goes to who sees to it
        (city.pk, f"请处理运行预警：{name}"), (city.pk, f"运行预警重新打开：{name}"),
    }  # fmt: skip
    assert Notification.objects.count() == 3


def test_late_ones_are_reminded_of_weekly(alert, staff, now):
    late = now + timedelta(days=20)
    assert services.remind_alerts(now=now) == 0
    assert [services.remind_alerts(now=late) for _ in range(2)] == [1, 0]
    assert services.remind_alerts(now=late + timedelta(days=7)) == 1

    Alert.objects.update(status="closed")
    assert services.remind_alerts(now=late + timedelta(days=14)) == 0
    assert {user for user, _title in told()} == {staff.pk}


def test_the_whole_loop_in_pages(alert, staff, operator):
    client = signed_in(staff)
    page, due = alert.get_absolute_url(), timezone.localdate() + timedelta(days=3)
    assert page in client.get(url("monitoring")).content.decode()

    client.post(url("assign_alert", alert.pk), {"owner": staff.pk, "due_date": due.isoformat()})
    bare = client.post(url("close_alert", alert.pk), {"reason": "已督办"})
    assert set(bare.context["close_form"].errors) == {"files"}
    client.post(url("close_alert", alert.pk), {"reason": "已督办", "files": [paper(), paper()]})
    shown = client.get(page).content.decode()
    assert (shown.count("督办记录.txt"), "等数值恢复" in shown) == (2, True)
    client.post(url("reopen_alert", alert.pk), {"reason": "材料不符"})

    alert.refresh_from_db()
    assert (alert.status, alert.owner) == ("open", staff)
    assert "材料不符" in client.get(page).content.decode()
    assert signed_in(operator).get(page).status_code == 404
    assert signed_in(operator).get(url("alerts")).status_code == 403


def test_late_ones_are_listed_and_exported(alert, staff):
    client = signed_in(staff)
    assert client.get(url("alerts"), {"overdue": "true"}).context["total"] == 0
    Alert.objects.update(due_date="2026-01-05", owner=staff)

    listed = client.get(url("alerts"), {"overdue": "true", "mine": "true"})
    file = client.get(url("alerts"), {"export": "csv", "overdue": "true"})

    assert listed.context["total"] == 1
    assert "<time>2026-01-05</time> 已逾期" in listed.content.decode()
    assert alert.message in file.content.decode("utf-8-sig")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries(count, staff, now, django_assert_num_queries):
    client = signed_in(staff)
    for indicator in Indicator.objects.current().filter(part="portal").order_by("pk")[:count]:
        Alert.objects.create(indicator=indicator, message="高", day=now.date(), owner=staff,
                             due_date=now.date())  # fmt: skip
    client.get(url("alerts"))
    with django_assert_num_queries(7):
        page = client.get(url("alerts"))

    assert page.context["total"] == count
