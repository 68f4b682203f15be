"""The portal's main job over REST alone: service tokens, HTTP and a real worker."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from django.utils import timezone

from accounts.enums import Role, Scope
from accounts.models import User
from accounts.services import create_token, revoke_token
from cases.models import Case, Project
from cases.services import move_case, write_case
from core.errors import DomainError
from demands.models import Demand
from demands.services import move_demand
from tests.factories.accounts import person
from tests.journeys.partner import Partner

pytestmark = [pytest.mark.real_celery, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PLATFORM, CAPABILITY = "demo-polymer-pilot", "demo-epoxy-scale-up"
WRITING = [
    Scope.DEMANDS_READ, Scope.DEMANDS_WRITE, Scope.MATCHING_READ, Scope.MATCHING_WRITE,
    Scope.CASES_READ, Scope.CASES_WRITE,
]  # fmt: skip
NEED = {
    "title": "电子级环氧树脂从公斤级放大到百公斤级",
    "description": "双酚 A 型环氧树脂小试已通，需放大到 100 kg/批，水洗纯化，控制可水解氯。",
    "field": "new-materials", "scale_low": 50, "scale_high": 100, "scale_unit": "kg/批",
}  # fmt: skip


def demo(account: str) -> User:
    return User.objects.get(email=f"{account}@demo.example")


def partner(address: str, user: User, scopes: list[str], *, now: datetime | None = None) -> Partner:
    """A system holding a token of the user, made a day before it ends."""
    now = now or timezone.now()
    _, secret = create_token(
        actor=user, name="对接系统", scopes=scopes, expires_at=now + timedelta(days=1), now=now
    )
    return Partner(address, secret)


@pytest.mark.usefixtures("worker")
def test_from_demand_to_published_case(served: str) -> None:
    enterprise = partner(served, demo("enterprise"), WRITING)
    operator = partner(served, demo("operator"), WRITING)
    outsider = partner(served, person(Role.OPERATOR), WRITING)

    demand = post_demand(enterprise, outsider)
    publish(demand)
    read_matches(enterprise, outsider, demand)
    number = ask(enterprise, operator, outsider, demand)
    work_through(enterprise, operator, number)
    confirm_outcome(enterprise, operator, outsider, number)
    slug = tell_the_story(number)

    case = Partner(served).get(f"cases/{slug}/")
    assert (case["title"], case["platform"], case["is_demo"]) == (
        "环氧树脂放大到百公斤级", PLATFORM, True,
    )  # fmt: skip
    assert slug in [row["slug"] for row in Partner(served).get("cases/", q="环氧树脂")["results"]]


def post_demand(enterprise: Partner, outsider: Partner) -> str:
    status, wrong = enterprise.call("POST", "demands/", {**NEED, "field": "x", "scale_low": "many"})
    assert (status, wrong["code"]) == (400, "invalid")
    assert set(wrong["fields"]) == {"field", "scale_low"}

    draft = enterprise.post("demands/", NEED, status=201)
    slug = draft["slug"]
    assert (draft["status"], draft["is_full"]) == ("draft", True)
    assert outsider.refused("GET", f"demands/{slug}/") == (404, "not_found")
    assert Partner(enterprise.address).refused("GET", f"demands/{slug}/") == (404, "not_found")

    status, hasty = enterprise.call("POST", f"demands/{slug}/submit/", {})
    assert (status, hasty["code"]) == (400, "secrecy_unconfirmed")
    assert set(hasty["fields"]) == {"is_secrecy_confirmed"}
    sent = enterprise.post(f"demands/{slug}/submit/", {"is_secrecy_confirmed": True})
    assert sent["status"] == "in_review"
    again = enterprise.refused("POST", f"demands/{slug}/submit/", {"is_secrecy_confirmed": True})
    assert again == (400, "wrong_state")
    assert enterprise.refused("POST", f"demands/{slug}/publish/", {}) == (403, "refused")
    return str(slug)


def publish(slug: str) -> None:
    """Officials hold no tokens for this: they publish at their own desk."""
    city = demo("city")
    with pytest.raises(DomainError) as refused:
        partner("", city, WRITING)
    assert refused.value.code == "scopes"
    demand = Demand.objects.get(slug=slug)
    move_demand(actor=city, demand=demand, name="publish", now=timezone.now())


def read_matches(enterprise: Partner, outsider: Partner, demand: str) -> None:
    assert outsider.refused("POST", "match-runs/", {"demand": demand}) == (404, "not_found")
    status, wrong = enterprise.call("POST", "match-runs/", {})
    assert (status, set(wrong["fields"])) == (400, {"demand"})

    run = enterprise.post("match-runs/", {"demand": demand}, status=201)
    run = enterprise.poll(f"match-runs/{run['id']}/", lambda row: row["is_finished"])
    assert (run["status"], run["percent"], run["demand"]) == ("done", 100, demand)

    page = enterprise.get(f"match-runs/{run['id']}/results/", page_size=5)
    best = page["results"][0]
    assert (page["count"] > 5, len(page["results"])) == (True, 5)
    assert best["capability"]["slug"] == CAPABILITY
    assert best["words"]
    assert best["parts"]
    assert {check["result"] for check in best["checks"]} <= {"met", "unmet", "unknown"}
    assert "met" in {check["result"] for check in best["checks"]}
    second = enterprise.get(f"match-runs/{run['id']}/results/", page=2, page_size=5)
    assert [row["rank"] for row in second["results"]] != [row["rank"] for row in page["results"]]

    judged = {"counterpart": CAPABILITY, "verdict": "nonsense"}
    path = f"match-runs/{run['id']}/feedback/"
    assert enterprise.refused("POST", path, judged) == (400, "invalid")
    assert outsider.refused("GET", f"match-runs/{run['id']}/") == (404, "not_found")


def ask(enterprise: Partner, operator: Partner, outsider: Partner, demand: str) -> str:
    question = {
        "platform": PLATFORM,
        "capability": CAPABILITY,
        "demand": demand,
        "body": "何时能排？",
    }
    status, wrong = enterprise.call("POST", "enquiries/", {**question, "platform": "no-such"})
    assert (status, set(wrong["fields"])) == (400, {"platform"})

    asked = enterprise.post("enquiries/", question, status=201)
    number = asked["number"]
    assert (asked["status"], asked["platform"], asked["demand"]) == ("enquiry", PLATFORM, demand)
    assert operator.get("enquiries/")["results"][0]["number"] == number
    assert outsider.get("enquiries/")["count"] == 0
    assert outsider.refused("GET", f"enquiries/{number}/") == (404, "not_found")
    assert Partner(enterprise.address).refused("POST", "enquiries/", question)[0] == 401
    return str(number)


def work_through(enterprise: Partner, operator: Partner, number: str) -> None:
    """Answer, quote, contract, pilot, delivery; each side only its own steps."""
    today = timezone.localdate()
    soon = (today + timedelta(days=30)).isoformat()
    at = f"enquiries/{number}"
    messages = operator.post(f"{at}/messages/", {"body": "下周可以开始。"}, status=201)
    assert [row["body"] for row in messages] == ["何时能排？", "下周可以开始。"]
    assert operator.get(f"{at}/")["first_replied_at"]

    quote = {"amount_yuan": "86000", "lead_days": 30, "valid_until_date": soon, "scope": "三批放大"}
    assert enterprise.refused("POST", f"{at}/quote/", quote) == (403, "refused")
    status, wrong = operator.call("POST", f"{at}/quote/", {**quote, "amount_yuan": "-1"})
    assert (status, set(wrong["fields"])) == (400, {"amount_yuan"})
    quoted = operator.post(f"{at}/quote/", quote)
    assert quoted["quotes"][0]["amount_yuan"] == "86000.00"

    assert operator.refused("POST", f"{at}/deliver/", {}) == (400, "wrong_state")
    contract = {
        "contract_amount_yuan": "86000", "contract_date": today.isoformat(), "promised_date": soon,
    }  # fmt: skip
    assert operator.refused("POST", f"{at}/contract/", contract) == (403, "refused")
    assert enterprise.post(f"{at}/contract/", contract)["status"] == "contracted"
    assert operator.post(f"{at}/begin/")["status"] == "piloting"
    assert operator.post(f"{at}/deliver/")["status"] == "delivered"


def confirm_outcome(enterprise: Partner, operator: Partner, outsider: Partner, number: str) -> None:
    claim = {
        "kind": "verified", "description": "三批均达到 100 kg，可水解氯低于 100 ppm。",
        "achieved_date": timezone.localdate().isoformat(), "evidence_grade": "C",
    }  # fmt: skip
    path = f"enquiries/{number}/outcomes/"
    assert enterprise.refused("POST", path, claim) == (403, "refused")
    unproven = operator.refused("POST", path, {**claim, "evidence_grade": "A"})
    assert unproven == (400, "evidence_required")
    outcome = operator.post(path, claim, status=201)
    assert outcome["enquiry"] == number

    confirm = f"outcomes/{outcome['id']}/confirm/"
    assert operator.refused("POST", confirm, {}) == (403, "refused")
    assert outsider.refused("POST", confirm, {}) == (404, "not_found")
    assert enterprise.refused("POST", confirm, {"satisfaction": 6}) == (400, "invalid")
    assert enterprise.post(confirm, {"satisfaction": 5})["status"] == "confirmed"
    assert enterprise.refused("POST", confirm, {}) == (400, "wrong_state")


def tell_the_story(number: str) -> str:
    """Stories are written and agreed to on pages; once published, everybody reads them by REST."""
    values = {"title": "环氧树脂放大到百公斤级", "summary": "平台用三批中试帮助企业完成放大。"}
    project = Project.objects.get(number=number)
    case = write_case(actor=demo("operator"), project=project, values=values, now=timezone.now())
    for account, name in (
        ("operator", "ask_consent"), ("enterprise", "consent"), ("city", "publish"),
    ):  # fmt: skip
        move_case(actor=demo(account), case=case, name=name, now=timezone.now())
    return str(Case.objects.get(pk=case.pk).slug)


def test_a_token_opens_what_it_names_for_as_long_as_it_lasts(served: str) -> None:
    enterprise = demo("enterprise")
    reader = partner(served, enterprise, [Scope.DEMANDS_READ])
    assert reader.get("me/")["scopes"] == ["demands:read"]
    assert reader.get("demands/")["count"] > 100
    assert reader.refused("POST", "demands/", NEED) == (403, "permission_denied")
    assert reader.refused("GET", "enquiries/") == (403, "permission_denied")
    assert reader.refused("GET", "demands/no-such/") == (404, "not_found")
    assert reader.refused("GET", "no-such/") == (404, "not_found")
    assert reader.refused("DELETE", "demands/") in {
        (405, "method_not_allowed"), (403, "permission_denied"),
    }  # fmt: skip

    past = partner(served, enterprise, WRITING, now=timezone.now() - timedelta(days=2))
    assert past.refused("GET", "demands/") == (401, "bad_token")
    assert Partner(served, "nonsense").refused("GET", "demands/") == (401, "bad_token")
    token = enterprise.service_tokens.get(prefix=reader.secret[:12])
    revoke_token(actor=enterprise, token=token, now=timezone.now())
    assert reader.refused("GET", "me/") == (401, "bad_token")


def test_page_and_api_filter_alike(served: str) -> None:
    filter_alike(served, "capabilities", {"q": "环氧"})
    filter_alike(served, "demands", {"q": "树脂", "field": "new-materials"})
    filter_alike(served, "platforms", {"city": "442000"})


def filter_alike(served: str, path: str, query: dict[str, str]) -> None:
    visitor = Partner(served)
    first = visitor.get(f"{path}/", **query, page_size=2)
    told, page = list(first["results"]), first
    for number in range(2, -(-first["count"] // 2) + 1):
        page = visitor.get(f"{path}/", **query, page_size=2, page=number)
        told += page["results"]
    assert page["next"] is None
    assert len(told) == first["count"] < visitor.get(f"{path}/")["count"]

    with urlopen(f"{served}/{path}/?{urlencode(query)}") as answer:
        shown = set(re.findall(rf'href="/{path}/([\w-]+)/"', answer.read().decode()))
    shown -= {"new"}  # the page's button
    assert 0 < len(told) <= 20, "one page holds them all"
    assert {row["slug"] for row in told} == shown
    assert visitor.refused("GET", f"{path}/", ordering="nonsense") == (400, "invalid")
