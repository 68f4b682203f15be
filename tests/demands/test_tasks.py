import pytest
from django.utils import timezone

from core.services import deliver_event, emit
from demands import services
from demands.enums import DemandStatus
from demands.models import Demand
from demands.tasks import expire_demands
from notifications.models import Notification
from tests.factories.accounts import OrganisationFactory
from tests.factories.demands import DemandFactory, open_demand
from tests.factories.taxonomy import chengdu


def deliver(name, demand):
    event = emit(name, demand_id=demand.pk)
    for _ in "12":  # twice: at least once is the promise of the outbox
        deliver_event(event_id=str(event.pk), now=timezone.now())
    return event


def told():
    return set(Notification.objects.values_list("user__name", flat=True))


def test_the_nearest_reviewers_are_told_once(cast):
    demand = DemandFactory(organisation=cast.home, status=DemandStatus.IN_REVIEW)

    deliver("demands.demand.submitted", demand)

    assert told() == {cast.city_staff.name, cast.broker.name}
    assert Notification.objects.first().title == f"新需求待审核：{demand.title}"


def test_without_reviewers_in_the_demands_region_its_owners_are_told(cast, db):
    tibet = chengdu().parent
    tibet.pk, tibet.code, tibet.name = "540000", "540000", "西藏自治区"
    tibet.save(force_insert=True)
    demand = DemandFactory(
        organisation=OrganisationFactory(), region=tibet, status=DemandStatus.IN_REVIEW
    )

    deliver("demands.demand.submitted", demand)

    assert told() == {cast.city_staff.name, cast.broker.name}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("demands.demand.published", "已发布"),
        ("demands.demand.expired", "已到期下架"),
        ("demands.demand.returned", "需要修改"),
    ],
)
def test_the_owner_is_told(cast, demand, name, text):
    deliver(name, demand)

    message = Notification.objects.get()
    assert message.user == cast.owner
    assert text in message.title


def test_the_reason_is_told(cast, now):
    demand = open_demand(organisation=cast.home, posted_by=cast.owner)
    services.move_demand(actor=cast.staff, demand=demand, name="return", reason="写规模", now=now)

    deliver("demands.demand.returned", demand)

    assert "退回原因：写规模" in Notification.objects.get(user=cast.owner).body


def test_nobody_is_told_of_starting_data_or_of_what_is_gone(cast):
    deliver("demands.demand.published", open_demand(organisation=None, posted_by=None))
    emit("demands.demand.submitted", demand_id=0)

    assert Notification.objects.count() == 0


def test_the_schedule_expires(cast):
    open_demand(organisation=cast.home, expires_date="2020-01-01")

    expire_demands()

    assert Demand.objects.get().status == DemandStatus.EXPIRED
