"""The same over REST: with a token's scopes, the same rules and the one error envelope."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.enums import Role, Scope
from accounts.models import RoleAssignment
from cases.enums import ProjectStatus
from cases.models import Message, Outcome, Project
from demands.models import Disclosure
from tests.factories.accounts import OrganisationFactory, with_token
from tests.factories.cases import OutcomeFactory, ProjectFactory, QuoteFactory, published_case
from tests.factories.demands import open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory

S = ProjectStatus
ENQUIRIES = "/api/v1/enquiries/"


def token_client(user, *scopes):
    """A client that holds a service token of the user."""
    return with_token(APIClient(), user, *scopes)


@pytest.fixture
def clients(cast):
    """Clients of the cast by name, made when first asked for."""
    made = {}

    def get(who):
        if who not in made:
            made[who] = token_client(getattr(cast, who), Scope.CASES_READ, Scope.CASES_WRITE)
        return made[who]

    return get


def test_create_asks_the_platform(cast, clients):
    demand = open_demand(organisation=cast.firm, confidentiality="teaser", teaser="放大")
    capability = CapabilityFactory(platform=cast.platform)
    body = {
        "platform": cast.platform.slug, "capability": capability.slug, "demand": demand.slug,
        "body": "能做吗",
    }  # fmt: skip

    response = clients("enterprise").post(ENQUIRIES, body)

    assert response.status_code == 201
    project = Project.objects.get()
    assert response.data["number"] == project.number
    assert response.data["enterprise"] == cast.firm.uscc
    assert response.data["actions"] == ["cancel", "message"]
    assert Disclosure.objects.get().organisation == cast.runner


def test_create_takes_files_as_multipart(cast, clients):
    file = SimpleUploadedFile("工艺.txt", "内容".encode())
    body = {"platform": cast.platform.slug, "body": "见附件", "files": [file]}

    number = clients("enterprise").post(ENQUIRIES, body, format="multipart").data["number"]

    (message,) = clients("operator").get(f"{ENQUIRIES}{number}/messages/").data
    assert [row["name"] for row in message["files"]] == ["工艺.txt"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"platform": "none"}, "platform"),
        ({"capability": "none"}, "capability"),
        ({"demand": "foreign"}, "demand"),
        ({"enterprise": "foreign"}, "enterprise"),
        ({"body": ""}, "body"),
    ],
)
def test_create_names_the_wrong_field(cast, clients, change, field):
    open_demand(slug="xq-20261121-00000001")
    foreign = {"demand": "xq-20261121-00000001", "enterprise": cast.runner.uscc}
    change = {key: foreign[key] if value == "foreign" else value for key, value in change.items()}
    body = {"platform": cast.platform.slug, "body": "能做吗", **change}

    response = clients("enterprise").post(ENQUIRIES, body)

    assert response.status_code == 400
    assert set(response.data["fields"]) == {field}
    assert not Project.objects.exists()


def test_create_does_not_tell_of_drafts(cast, clients):
    draft = PlatformFactory(status="draft")

    response = clients("enterprise").post(ENQUIRIES, {"platform": draft.slug, "body": "嗨"})

    assert set(response.data["fields"]) == {"platform"}


def test_create_wants_to_know_for_whom(cast, clients):
    second = OrganisationFactory()
    RoleAssignment.objects.create(user=cast.enterprise, role=Role.ENTERPRISE, organisation=second)
    body = {"platform": cast.platform.slug, "body": "能做吗"}

    assert clients("enterprise").post(ENQUIRIES, body).data["code"] == "enterprise"
    response = clients("enterprise").post(ENQUIRIES, body | {"enterprise": second.uscc})
    assert response.data["enterprise"] == second.uscc


def test_create_twice_is_refused(cast, clients, project):
    response = clients("enterprise").post(
        ENQUIRIES, {"platform": cast.platform.slug, "body": "再问"}
    )

    assert (response.status_code, response.data["code"]) == (400, "duplicate_enquiry")


def test_scopes_and_roles_decide(cast, api, project):
    reader = token_client(cast.enterprise, Scope.CASES_READ)
    stranger = token_client(cast.other_operator, Scope.CASES_READ, Scope.CASES_WRITE)
    staff = token_client(cast.staff, Scope.CASES_READ, Scope.CASES_WRITE)
    platforms = token_client(cast.operator, Scope.PLATFORMS_READ)
    body = {"platform": cast.platform.slug, "body": "嗨"}

    assert reader.post(ENQUIRIES, body).status_code == 403
    assert staff.post(ENQUIRIES, body).status_code == 403
    assert api.post(ENQUIRIES, body).status_code in {401, 403}
    assert platforms.get(ENQUIRIES).status_code == 403
    assert stranger.get(f"{ENQUIRIES}{project.number}/").status_code == 404
    assert stranger.get(ENQUIRIES).data["count"] == 0
    assert api.get(ENQUIRIES).data["count"] == 0
    assert staff.get(ENQUIRIES).data["count"] == 1
    assert reader.get(f"{ENQUIRIES}{project.number}/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_one_and_three_rows(
    cast, clients, rows, django_assert_num_queries
):
    made = ProjectFactory.create_batch(rows, enterprise=cast.firm, status=S.DELIVERED)
    for project in made:
        QuoteFactory(project=project)
        OutcomeFactory(project=project)
    client = clients("enterprise")
    client.get(ENQUIRIES)

    with django_assert_num_queries(8):
        assert client.get(ENQUIRIES).data["count"] == rows


def test_the_list_filters_and_orders(cast, clients, project):
    later = ProjectFactory(
        platform=cast.platform, status=S.QUOTED, asked_at=timezone.now() + timedelta(hours=1)
    )

    def numbers(**query):
        return [row["number"] for row in clients("operator").get(ENQUIRIES, query).data["results"]]

    assert numbers(status="quoted") == [later.number]
    assert numbers(ordering="-asked_at") == [later.number, project.number]
    assert numbers(timing="waiting") == [project.number]


def test_the_whole_way(cast, clients, project):
    url = f"{ENQUIRIES}{project.number}/"
    operator, enterprise = clients("operator"), clients("enterprise")
    today = timezone.localdate().isoformat()

    answered = operator.post(f"{url}messages/", {"body": "可以"})
    assert (answered.status_code, len(answered.data)) == (201, 1)
    quoted = operator.post(
        f"{url}quote/",
        {"amount_yuan": "120000", "lead_days": 30, "valid_until_date": today, "scope": "三批"},
    )
    assert (quoted.data["status"], quoted.data["quotes"][0]["amount_yuan"]) == (
        "quoted", "120000.00",
    )  # fmt: skip
    contract = {"contract_amount_yuan": "1", "contract_date": today, "promised_date": today}
    assert enterprise.post(f"{url}contract/", contract).data["status"] == "contracted"
    assert operator.post(f"{url}begin/").data["status"] == "piloting"
    assert operator.post(f"{url}deliver/").data["status"] == "delivered"
    claimed = operator.post(
        f"{url}outcomes/",
        {"kind": "verified", "description": "合格", "achieved_date": today, "evidence_grade": "C"},
    )
    assert (claimed.status_code, claimed.data["enquiry"]) == (201, project.number)
    confirm = f"/api/v1/outcomes/{claimed.data['id']}/confirm/"
    assert enterprise.post(confirm, {"satisfaction": 5}).data["status"] == "confirmed"

    assert enterprise.get(url).data["status"] == "closed"


def test_close_decline_cancel_and_reject(cast, clients):
    def made(status):
        return ProjectFactory(
            platform=cast.platform, enterprise=cast.firm, status=status,
            started_by=cast.enterprise, capability=CapabilityFactory(platform=cast.platform),
        )  # fmt: skip

    enterprise, operator = clients("enterprise"), clients("operator")
    delivered = made(S.DELIVERED)
    close = enterprise.post(f"{ENQUIRIES}{delivered.number}/close/")
    assert (close.status_code, close.data["code"]) == (400, "unconfirmed")

    decline = {"decline_reason": "price", "reason": "太低"}
    declined = operator.post(f"{ENQUIRIES}{made(S.ENQUIRY).number}/decline/", decline)
    assert (declined.data["status"], declined.data["decline_reason"]) == ("declined", "price")

    cancelled = enterprise.post(f"{ENQUIRIES}{made(S.QUOTED).number}/cancel/", {"reason": "改期"})
    assert cancelled.data["status"] == "cancelled"

    outcome = OutcomeFactory(project=delivered)
    reject = f"/api/v1/outcomes/{outcome.pk}/reject/"
    assert set(enterprise.post(reject, {}).data["fields"]) == {"reason"}
    assert enterprise.post(reject, {"reason": "没做完"}).data["status"] == "rejected"
    assert operator.get("/api/v1/outcomes/", {"status": "rejected"}).data["count"] == 1


def test_the_other_sides_actions_are_refused(clients, project):
    url = f"{ENQUIRIES}{project.number}/"

    refused = clients("enterprise").post(
        f"{url}decline/", {"decline_reason": "price", "reason": "x"}
    )
    late = clients("operator").post(f"{url}deliver/")

    assert (refused.status_code, refused.data["code"]) == (403, "refused")
    assert (late.status_code, late.data["code"]) == (400, "wrong_state")


@pytest.mark.parametrize(
    "values",
    [
        {"amount_yuan": "0"},
        {"amount_yuan": "1e20"},
        {"lead_days": 0},
        {"valid_until_date": "tomorrow"},
        {"scope": "x\x00"},
    ],
)
def test_bad_values_are_named(clients, project, values):
    good = {"amount_yuan": "1", "lead_days": 1, "valid_until_date": "2999-01-01", "scope": "三批"}

    response = clients("operator").post(f"{ENQUIRIES}{project.number}/quote/", good | values)

    assert response.status_code == 400
    assert set(response.data["fields"]) == set(values)


def test_outcomes_and_messages_of_others_do_not_exist(clients, project):
    outcome = OutcomeFactory(project=project)
    stranger = clients("other_enterprise")

    assert stranger.get(f"/api/v1/outcomes/{outcome.pk}/").status_code == 404
    assert stranger.post(f"/api/v1/outcomes/{outcome.pk}/confirm/").status_code == 404
    assert stranger.get(f"{ENQUIRIES}{project.number}/messages/").status_code == 404
    assert not Message.objects.exists()
    assert Outcome.objects.get().status == "claimed"


def test_cases_are_public_and_a_mirror_is_not_linked(api, db):
    media = published_case()
    mirror = published_case(source_kind="mirror", region=None, source_date="2020")
    published_case(status="withdrawn")

    found = api.get("/api/v1/cases/").data

    assert [row["slug"] for row in found["results"]] == [media.slug, mirror.slug]
    assert [row["source_url"] for row in found["results"]] == ["https://example.org/1", ""]
    assert api.get("/api/v1/cases/", {"year": "2020"}).data["count"] == 1
    one = api.get(f"/api/v1/cases/{media.slug}/").data
    assert (one["platform"], one["region"]) == (media.platform.slug, "442000")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_cases_cost_the_same_for_one_and_three_rows(api, db, rows, django_assert_num_queries):
    for _ in range(rows):
        published_case()

    with django_assert_num_queries(2):
        assert api.get("/api/v1/cases/").data["count"] == rows
