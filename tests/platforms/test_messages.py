"""Who is told of what, once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from core.events import reaction
from core.models import Event
from notifications.models import Notification
from platforms.models import Platform
from platforms.services import claim_platform, decide_claim, move_listing, report_listing
from platforms.services.reminders import remind_confirmations
from tests.factories.platforms import CapabilityFactory, ClaimFactory, PlatformFactory


def deliver(name):
    """Run a reaction on its event, twice as a broker might."""
    for event in Event.objects.filter(name__startswith="platforms."):
        found = reaction(name)
        if event.name in found.event_names:
            for _ in range(2):
                found.run(event_id=str(event.pk), name=event.name, payload=event.payload)


def told():
    rows = Notification.objects.order_by("pk").select_related("user")
    return [(row.user, row.title, row.url) for row in rows]


def test_staff_are_told_of_what_waits(operator, staff, other_staff, platform, now):
    capability = CapabilityFactory(platform=platform, status="draft", title="树脂放大")
    move_listing(actor=operator, listing=capability, name="submit", now=now)

    deliver("platforms.tell_staff")

    url = f"/review/listings/capabilities/{capability.slug}/"
    assert told() == [(staff, "待审核：中试服务能力“树脂放大”", url)]


@pytest.mark.parametrize(("name", "words"), [("publish", "已通过并发布"), ("return", "被退回修改")])
def test_operators_are_told_of_decisions(operator, staff, platform, now, name, words):
    capability = CapabilityFactory(platform=platform, status="in_review", title="树脂放大")
    move_listing(actor=staff, listing=capability, name=name, now=now, reason="请补价格")

    deliver("platforms.tell_operator")

    url = f"/manage/platforms/{platform.slug}/capabilities/"
    assert told() == [(operator, f"中试服务能力“树脂放大”{words}", url)]
    assert Notification.objects.get().body == "请补价格"


def test_nobody_is_told_of_their_own_deed(operator, platform, now):
    move_listing(actor=operator, listing=platform, name="withdraw", now=now, reason="搬迁")

    deliver("platforms.tell_operator")

    assert told() == []


def test_a_claim_is_told_to_staff_and_its_end_to_the_claimant(operator, staff, now):
    platform = PlatformFactory(organisation=None, name="无主平台")
    claim = claim_platform(
        actor=operator, platform=platform, organisation=operator.organisations[0],
        note="我们的", now=now,
    )  # fmt: skip
    deliver("platforms.tell_claim")
    decide_claim(actor=staff, claim=claim, name="approve", now=now)
    deliver("platforms.tell_claimant")

    assert told() == [
        (staff, "认领申请：无主平台", "/review/listings/"),
        (operator, "认领“无主平台”已通过", f"/manage/platforms/{platform.slug}/"),
    ]


def test_a_rejected_claimant_reads_why(operator, staff, now):
    claim = ClaimFactory(organisation=operator.organisations[0])
    decide_claim(actor=staff, claim=claim, name="reject", now=now, reason="材料不足")

    deliver("platforms.tell_claimant")

    assert Notification.objects.get().body == "材料不足"


def test_a_report_reaches_operator_and_staff(operator, staff, platform, now):
    report_listing(
        actor=AnonymousUser(),
        platform=platform,
        kind="closed",
        client="x",
        now=now,
        note="大门已封",
    )

    deliver("platforms.tell_report")

    assert [user for user, _title, _url in told()] == [operator, staff]


def test_events_of_what_is_gone_are_ignored(db):
    for name in ("platforms.tell_staff", "platforms.tell_operator"):
        reaction(name).run(
            event_id="x", name="platforms.capability.published", payload={"capability_id": 0}
        )

    assert told() == []


def test_operators_are_reminded_once_a_week(operator, platform, now):
    CapabilityFactory(platform=platform)
    PlatformFactory(organisation=None)

    assert remind_confirmations(now=now) == 1
    assert remind_confirmations(now=now) == 0
    assert remind_confirmations(now=now + timedelta(days=7)) == 1
    assert told()[0][1] == f"“{platform}”有 2 条信息待确认"


def test_fresh_platforms_are_left_in_peace(operator, platform, now):
    Platform.objects.update(confirmed_at=now)

    assert remind_confirmations(now=now) == 0
