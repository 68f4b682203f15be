from datetime import timedelta

import pytest

from core.errors import DomainError, Refused
from core.models import ActivityLog, Event
from demands import services
from demands.enums import Confidentiality
from demands.models import Disclosure
from tests.factories.demands import open_demand


@pytest.fixture
def secret(cast):
    return open_demand(
        organisation=cast.home,
        posted_by=cast.owner,
        confidentiality=Confidentiality.TEASER,
        teaser="需要反应釜",
    )


def test_disclose_grants_once(cast, secret, now):
    platform = cast.platform.organisations[0]

    first = services.disclose_demand(
        actor=cast.owner, demand=secret, organisation=platform, now=now
    )
    second = services.disclose_demand(
        actor=cast.owner, demand=secret, organisation=platform, now=now
    )

    assert first == second == Disclosure.objects.get()
    assert Event.objects.get().payload == {
        "demand_id": secret.pk,
        "organisation_id": platform.pk,
    }
    assert ActivityLog.objects.get().data == {"organisation": platform.name}


@pytest.mark.parametrize("who", ["stranger", "staff", "broker", "platform"])
def test_only_the_owner_discloses(cast, secret, who, now):
    with pytest.raises(Refused):
        services.disclose_demand(
            actor=getattr(cast, who),
            demand=secret,
            organisation=cast.platform.organisations[0],
            now=now,
        )

    assert Disclosure.objects.count() == 0


def test_disclosing_to_oneself_makes_no_sense(cast, secret, now):
    with pytest.raises(DomainError) as refused:
        services.disclose_demand(actor=cast.owner, demand=secret, organisation=cast.home, now=now)

    assert refused.value.code == "own_organisation"


def test_revoke_takes_it_back_and_a_new_grant_revives_it(cast, secret, now):
    platform = cast.platform.organisations[0]
    row = services.disclose_demand(actor=cast.owner, demand=secret, organisation=platform, now=now)

    services.revoke_disclosure(actor=cast.owner, disclosure=row, now=now)
    services.revoke_disclosure(actor=cast.owner, disclosure=row, now=now)
    row.refresh_from_db()
    assert row.revoked_at == now

    services.disclose_demand(actor=cast.owner, demand=secret, organisation=platform, now=now)
    row.refresh_from_db()
    assert row.revoked_at is None
    assert ActivityLog.objects.count() == 3


def test_revoke_by_the_platform_is_refused(cast, secret, now):
    platform = cast.platform.organisations[0]
    row = services.disclose_demand(actor=cast.owner, demand=secret, organisation=platform, now=now)

    with pytest.raises(Refused):
        services.revoke_disclosure(actor=cast.platform, disclosure=row, now=now)


def test_reading_is_noted_once_a_day_for_each_reader(cast, secret, now):
    now = now.replace(hour=4)
    services.note_full_reading(actor=cast.staff, demand=secret, now=now)
    services.note_full_reading(actor=cast.staff, demand=secret, now=now + timedelta(minutes=1))
    services.note_full_reading(actor=cast.broker, demand=secret, now=now)
    services.note_full_reading(actor=cast.staff, demand=secret, now=now + timedelta(days=1))

    assert ActivityLog.objects.filter(action="demands.demand.read_full").count() == 3


def test_owners_and_people_without_right_leave_no_trace(cast, secret, now):
    services.note_full_reading(actor=cast.owner, demand=secret, now=now)
    services.note_full_reading(actor=cast.stranger, demand=secret, now=now)

    assert ActivityLog.objects.count() == 0


def test_reading_a_public_demand_is_not_noted(cast, now):
    services.note_full_reading(
        actor=cast.staff, demand=open_demand(organisation=cast.home), now=now
    )

    assert ActivityLog.objects.count() == 0
