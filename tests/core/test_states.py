"""The engine that moves every life cycle, tried on demands of a hand-made access object."""

import pytest

from core.access import SYSTEM, Access
from core.errors import DomainError, Refused
from core.models import ActivityLog
from core.states import Relation, perform
from demands.enums import DemandStatus
from demands.models import Demand
from demands.states import DEMAND

pytestmark = pytest.mark.django_db


class OwnerAccess(Access):
    model = Demand
    machine = DEMAND

    def relations(self, obj):
        return frozenset({Relation.OWNER})


@pytest.fixture
def demand():
    return Demand.objects.create(slug="d-1", title="放大", status=DemandStatus.OPEN)


def test_perform_moves_stamps_and_logs(demand, now):
    moved = perform(OwnerAccess(SYSTEM), "withdraw", demand, now=now, reason="已解决")

    demand.refresh_from_db()
    log = ActivityLog.objects.get()
    assert (demand.status, demand.status_changed_at) == (DemandStatus.WITHDRAWN, now)
    assert moved.pk == demand.pk
    assert (log.action, log.reason) == ("demands.demand.withdraw", "已解决")
    assert log.data == {"from": "open", "to": "withdrawn"}


def test_perform_wants_the_reason_the_table_asks_for(demand, now):
    with pytest.raises(DomainError) as refusal:
        perform(OwnerAccess(SYSTEM), "withdraw", demand, now=now, reason="  ")

    demand.refresh_from_db()
    assert (refusal.value.code, refusal.value.field) == ("reason_required", "reason")
    assert demand.status == DemandStatus.OPEN
    assert ActivityLog.objects.count() == 0


def test_perform_refuses_from_another_status(demand, now):
    with pytest.raises(DomainError) as refusal:
        perform(OwnerAccess(SYSTEM), "submit", demand, now=now)

    assert refusal.value.code == "wrong_state"
    assert str(refusal.value) == "当前状态为“征集中”，不能提交发布。"


def test_perform_refuses_a_stranger(demand, now):
    with pytest.raises(Refused) as refusal:
        perform(OwnerAccess(SYSTEM), "publish", demand, now=now)

    assert str(refusal.value) == "只有技术经理人、管辖部门可以这样做。"


def test_perform_refuses_what_the_table_does_not_know(demand, now):
    with pytest.raises(Refused):
        perform(OwnerAccess(SYSTEM), "explode", demand, now=now)


def test_perform_names_the_field_that_is_missing(now):
    draft = Demand.objects.create(slug="d-2", title="放大", status=DemandStatus.DRAFT)

    with pytest.raises(DomainError) as refusal:
        perform(OwnerAccess(SYSTEM), "submit", draft, now=now)

    assert (refusal.value.code, refusal.value.field) == ("field_required", "description")
    assert str(refusal.value) == "请先填写“具体需求”。"


def test_perform_looks_at_the_row_not_at_the_stale_copy(demand, now):
    perform(OwnerAccess(SYSTEM), "withdraw", demand, now=now, reason="x")

    stale = demand  # still says open in memory
    with pytest.raises(DomainError) as refusal:
        perform(OwnerAccess(SYSTEM), "withdraw", stale, now=now, reason="x")

    assert refusal.value.code == "wrong_state"


def test_access_refuses_what_is_not_declared(demand):
    decision = OwnerAccess(SYSTEM).can("delete", demand)

    assert (decision.allowed, decision.code) == (False, "unknown_action")


def test_access_offers_the_buttons_of_the_state(demand):
    assert [row.name for row in OwnerAccess(SYSTEM).transitions(demand)] == ["withdraw", "fulfil"]


def test_access_shows_nothing_by_default():
    assert list(Access.visible(OwnerAccess(SYSTEM))) == []
