"""Two enterprises at the last of a budget; outside the transaction that other tests share."""

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from accounts.enums import Role
from cases.models import Voucher
from cases.services import claim_voucher
from core.errors import DomainError
from tests.factories.accounts import person
from tests.factories.cases import voucher_programme


@pytest.mark.django_db(transaction=True)
def test_two_claims_of_the_last_budget_at_once(now):
    """The second waits for the first, then finds nothing left."""
    programme = voucher_programme(budget_yuan=50_000)
    people = [person(Role.ENTERPRISE) for _ in range(2)]
    gate, said = Barrier(2), []

    def claim(user):
        gate.wait()
        try:
            made = claim_voucher(
                actor=user, programme=programme, enterprise=user.organisations[0], now=now
            )
            said.append(made.face_yuan)
        except DomainError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [Thread(target=claim, args=[user]) for user in people]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(said, key=str) == [Decimal("50000.00"), "not_eligible"]
    assert Voucher.objects.get().face_yuan == 50_000
