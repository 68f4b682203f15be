"""A region's programme of service vouchers: written, opened, closed and settled."""

import pytest

from cases import services
from core.errors import Refused
from tests.cases.test_vouchers import refused
from tests.factories.cases import voucher_of, voucher_programme


def test_a_programme_is_written_opened_and_settled(cast, now):
    draft = voucher_programme(status="draft")
    values = {name: getattr(draft, name) for name in services.voucher_programmes.FIELDS}
    draft.delete()
    with pytest.raises(Refused):
        services.create_programme(actor=cast.far_staff, values=values, now=now)
    wrong = {**values, "share_percent": 100}
    refused("invalid", services.create_programme, actor=cast.staff, values=wrong, now=now)

    made = services.create_programme(actor=cast.city_staff, values=values, now=now)
    given = {"actor": cast.city_staff, "programme": made, "now": now}
    services.edit_programme(values={"share_percent": 40}, **given)
    assert services.move_programme(name="open", **given).status == "open"
    refused("wrong_state", services.move_programme, name="open", **given)
    refused("fixed", services.edit_programme, values={"share_percent": 50}, **given)
    row = voucher_of(made, cast.firm)
    refused("budget", services.edit_programme, values={"budget_yuan": 49_999}, **given)
    assert services.edit_programme(values={"budget_yuan": 50_000}, **given).share_percent == 40
    services.move_programme(name="close", **given)
    refused("wrong_state", services.move_programme, name="settle", **given)
    services.void_voucher(actor=cast.city_staff, voucher=row, reason="结清", now=now)
    assert services.move_programme(name="settle", **given).status == "settled"
    refused("wrong_state", services.edit_programme, values={}, **given)
