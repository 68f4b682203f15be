"""Bookings over REST: enterprises ask and withdraw, operators answer."""

from accounts.enums import Scope
from tests.factories.accounts import with_token
from tests.factories.booking import hour

BOOKINGS = "/api/v1/bookings/"


def test_tokens_ask_answer_and_withdraw(api, enterprise, operator, reactor, firm):
    body = {
        "equipment": reactor.slug, "organisation": firm.uscc, "purpose": "试验",
        "start_at": hour(5).isoformat(), "end_at": hour(5, 12).isoformat(),
    }  # fmt: skip

    def sign(user):
        with_token(api, user, Scope.PLATFORMS_READ, Scope.PLATFORMS_WRITE)

    sign(enterprise)
    assert api.post(BOOKINGS, {**body, "line": "x"}).status_code == 400
    made = api.post(BOOKINGS, body)
    assert (made.status_code, made.json()["status"]) == (201, "requested")
    row = f"{BOOKINGS}{made.json()['id']}/"
    assert api.post(f"{row}accept/").status_code == 403

    sign(operator)
    assert api.get(BOOKINGS).json()["count"] == 1
    assert api.post(f"{row}decline/", {}).status_code == 400
    assert api.post(f"{row}accept/").json()["unit"] == 1
    assert api.post(f"{row}use/", {"hours": "2"}).json()["code"] == "wrong_state"

    sign(enterprise)
    assert api.post(f"{row}withdraw/").json()["status"] == "withdrawn"
    assert api.get(row).json()["equipment"] == reactor.slug
    api.credentials()
    assert api.get(BOOKINGS).status_code in {401, 403}
