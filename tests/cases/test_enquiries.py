"""Starting an enquiry: it works, refuses and changes nothing, bears repeating."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases import services
from cases.enums import ProjectStatus
from cases.models import Project
from core.files import files_of
from core.models import ActivityLog, Event, StoredFile
from demands.models import Disclosure
from tests.cases.conftest import refused, upload
from tests.factories.cases import ProjectFactory
from tests.factories.demands import DemandFactory, open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory

S = ProjectStatus
TUESDAY = datetime(2026, 11, 17, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def start(cast):
    def call(**values):
        given = {
            "actor": cast.enterprise, "enterprise": cast.firm, "platform": cast.platform,
            "body": "能否承接？", "now": TUESDAY,
        }  # fmt: skip
        return services.start_enquiry(**given | values)

    return call


def test_start_makes_project_message_and_promise(cast, start):
    capability = CapabilityFactory(platform=cast.platform)

    project = start(capability=capability, uploads=[upload(), upload("二.txt")])

    assert project.number == f"DJ2026-{project.pk:06d}"
    assert project.title == capability.title
    assert (project.status, project.asked_at) == (S.ENQUIRY, TUESDAY)
    assert project.reply_due_at == TUESDAY + timedelta(days=2)
    message = project.messages.get()
    assert (message.body, message.organisation, message.sent_at) == (
        "能否承接？", cast.firm, TUESDAY,
    )  # fmt: skip
    assert files_of(message).count() == 2
    assert ActivityLog.objects.get().action == "cases.project.start"
    assert Event.objects.get().payload == {"project_id": project.pk}


def test_start_discloses_a_confidential_demand_to_the_platform(cast, start):
    demand = open_demand(organisation=cast.firm, confidentiality="teaser", teaser="放大")

    start(demand=demand)

    assert Disclosure.objects.get().organisation == cast.runner


def test_start_about_a_public_demand_discloses_nothing(cast, start):
    start(demand=open_demand(organisation=cast.firm))

    assert not Disclosure.objects.exists()


def test_start_reaches_a_platform_nobody_runs_here(cast, start):
    demand = open_demand(organisation=cast.firm, confidentiality="teaser", teaser="放大")

    project = start(platform=PlatformFactory(organisation=None), demand=demand)

    assert project.status == S.ENQUIRY
    assert not Disclosure.objects.exists()


def test_start_marks_demonstrations(cast, start):
    cast.firm.is_demo = True

    assert start().is_demo is True


def test_start_refuses_strangers_and_visitors(cast, start):
    refused("refused", start, actor=cast.other_enterprise)
    refused("refused", start, actor=cast.staff)
    refused("refused", start, actor=cast.visitor)


def test_start_wants_an_approved_organisation(cast, start):
    cast.firm.status = "pending"

    refused("not_approved", start)


def test_start_wants_a_published_platform_of_somebody_else(cast, start):
    refused("not_published", start, platform=PlatformFactory(status="draft"))
    refused("own_platform", start, platform=PlatformFactory(organisation=cast.firm))


def test_start_wants_an_offer_of_this_platform(cast, start):
    refused("foreign_capability", start, capability=CapabilityFactory())
    hidden = CapabilityFactory(platform=cast.platform, status="draft")
    refused("foreign_capability", start, capability=hidden)


def test_start_wants_an_own_open_demand(cast, start):
    refused("refused", start, demand=open_demand())
    draft = DemandFactory(organisation=cast.firm)
    assert refused("not_open", start, demand=draft).field == "demand"


def test_start_wants_words_and_not_too_many_files(start):
    assert refused("body_required", start, body="  ").field == "body"
    many = [upload(f"{n}.txt") for n in range(11)]
    assert refused("too_many_files", start, uploads=many).field == "files"
    assert refused("file_type", start, uploads=[upload("a.exe")]).field == "files"
    assert not StoredFile.objects.exists()


def test_start_twice_about_one_demand_is_refused_whatever_the_capability(cast, start):
    demand = open_demand(organisation=cast.firm)
    first = start(demand=demand)

    capability = CapabilityFactory(platform=cast.platform)
    refused("duplicate_enquiry", start, demand=demand, capability=capability)
    assert (
        services.open_project(enterprise=cast.firm, platform=cast.platform, demand=demand) == first
    )


def test_start_again_after_the_end_and_about_other_things(cast, start):
    demand = open_demand(organisation=cast.firm)
    first = start(demand=demand)
    Project.objects.filter(pk=first.pk).update(status=S.DECLINED)

    start(demand=demand)
    start(demand=open_demand(organisation=cast.firm))
    start()
    start(capability=CapabilityFactory(platform=cast.platform))
    refused("duplicate_enquiry", start)

    assert Project.objects.count() == 5


def test_the_database_refuses_the_second_of_two_clicks(cast, start, monkeypatch):
    start()
    monkeypatch.setattr("cases.services.projects.open_project", lambda **_about: None)

    refused("duplicate_enquiry", start)


def test_an_enterprise_asks_so_many_times_a_day_and_no_more(cast, start):
    ProjectFactory.create_batch(20, enterprise=cast.firm, asked_at=TUESDAY - timedelta(hours=23))

    refused("too_many", start)
    start(now=TUESDAY + timedelta(hours=2))
