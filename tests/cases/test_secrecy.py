"""What an enquiry says about a confidential demand waits for the promise of secrecy (D08)."""

import pytest
from rest_framework.test import APIClient

from accounts.enums import Scope
from cases import services
from cases.access import ProjectAccess
from cases.guards import may_read_message_file
from cases.models import Message
from demands.models import Disclosure
from demands.promise import promise_text, text_digest
from demands.services import disclose_demand, promise_secrecy, revoke_disclosure
from tests.factories.accounts import with_token
from tests.factories.cases import MessageFactory
from tests.factories.demands import disclose, open_demand

SECRET = "温度280度压力3兆帕"


@pytest.fixture
def asked(cast, project, now):
    """An enquiry about a confidential demand, which the enterprise agreed to show."""
    project.demand = open_demand(
        organisation=cast.firm, posted_by=cast.enterprise, confidentiality="teaser",
        teaser="只说放大", description="配方在此",
    )  # fmt: skip
    project.save()
    MessageFactory(project=project, author=cast.enterprise, body=SECRET)
    disclose_demand(actor=cast.enterprise, demand=project.demand, organisation=cast.runner, now=now)
    return project


@pytest.fixture
def row(asked):
    return Disclosure.objects.select_related("demand", "organisation").get()


def promise(cast, row, now):
    text = promise_text(demand=row.demand, organisation=row.organisation)
    promise_secrecy(actor=cast.operator, disclosure=row, digest=text_digest(text), now=now)


def page(browse, who, project):
    return browse(who).get(project.get_absolute_url()).content.decode()


def test_until_the_promise_the_platform_sees_neither_messages_nor_files(cast, browse, asked, now):
    message = Message.objects.get()
    services.post_message(actor=cast.operator, project=asked, body="我们先看看", now=now)

    shown = page(browse, "operator", asked)

    assert SECRET not in shown
    assert "配方在此" not in shown
    assert "我们先看看" in shown
    assert "阅读并接受保密承诺" in shown
    assert 'class="watermark"' not in shown
    assert not may_read_message_file(cast.operator, str(message.pk))
    assert may_read_message_file(cast.operator, str(Message.objects.last().pk))


def test_the_promise_opens_them_under_the_readers_name(cast, browse, asked, row, now):
    promise(cast, row, now)

    shown = page(browse, "operator", asked)

    assert SECRET in shown
    assert "配方在此" in shown
    assert 'class="watermark"' in shown
    assert may_read_message_file(cast.operator, str(Message.objects.get().pk))


def test_what_was_taken_back_leaves_the_thread_to_who_promised(cast, browse, asked, row, now):
    promise(cast, row, now)
    revoke_disclosure(actor=cast.enterprise, disclosure=row, now=now)

    shown = page(browse, "operator", asked)

    assert SECRET in shown
    assert "配方在此" not in shown


def test_what_was_taken_back_before_any_promise_stays_shut(cast, browse, asked, row, now):
    revoke_disclosure(actor=cast.enterprise, disclosure=row, now=now)

    assert SECRET not in page(browse, "operator", asked)


@pytest.mark.parametrize("who", ["enterprise", "staff", "broker", "system"])
def test_others_read_the_thread_as_before(cast, asked, who):
    assert ProjectAccess(getattr(cast, who)).can("read_thread", asked)


def test_a_demand_that_was_never_granted_shuts_no_thread(cast, asked):
    """It became confidential while they talked; a request alone shuts nothing either."""
    Disclosure.objects.all().delete()
    assert ProjectAccess(cast.operator).can("read_thread", asked)

    disclose(asked.demand, cast.runner, status="requested")
    assert ProjectAccess(cast.operator).can("read_thread", asked)


def test_rest_says_where_to_promise(cast, asked, row, now):
    client = with_token(APIClient(), cast.operator, Scope.CASES_READ, Scope.CASES_WRITE)
    url = f"/api/v1/enquiries/{asked.number}/messages/"

    answer = client.get(url)
    assert (answer.status_code, answer.json()["code"]) == (403, "promise_required")
    assert row.get_absolute_url() in answer.json()["message"]
    assert [one["body"] for one in client.post(url, {"body": "我们先看看"}).json()] == [
        "我们先看看"
    ]

    promise(cast, row, now)
    assert client.get(url).json()[0]["body"] == SECRET
