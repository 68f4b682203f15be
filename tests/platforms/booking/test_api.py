"""Bookings over REST: enterprises ask and withdraw, operators answer."""

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.enums import Scope
from tests.factories.accounts import with_token
from tests.factories.booking import BookingFactory, SharedFactory, hour

BOOKINGS = "/api/v1/bookings/"


def test_the_public_calendar_says_when_but_not_by_whom(api, reactor, firm):
    BookingFactory(
        equipment=reactor, organisation=firm, status="accepted", unit=1,
        start_at=hour(5), end_at=hour(5, 12), purpose="保密试验",
    )  # fmt: skip
    closed = SharedFactory(platform=reactor.platform, takes_bookings=False)

    answer = api.get(f"/api/v1/equipment/{reactor.slug}/calendar/")
    rows = answer.json()

    (day,) = [row for row in rows if row["spans"]]
    (span,) = day["spans"]
    assert (day["first"], day["last"]) == (str(timezone.localdate(hour(5))),) * 2
    assert (parse_datetime(span["start"]), parse_datetime(span["end"])) == (hour(5), hour(5, 12))
    assert (span["taken"], span["units"], day["is_full"]) == (1, reactor.units, False)
    assert firm.name not in answer.content.decode()
    assert "保密试验" not in answer.content.decode()
    assert api.get(f"/api/v1/equipment/{closed.slug}/calendar/").status_code == 404


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
