"""What is published is told to those it shows, to subscribers and to the staff; once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from accounts.enums import Role
from core.errors import DomainError, Refused
from core.models import Event
from core.services import deliver_event
from notifications.models import Notification
from portal.selectors.search import search_page
from reporting.access import ReleaseSubscriptionAccess
from reporting.models import ReleaseSubscription
from reporting.services import publications, published_lists, releases
from tests.factories import cases as cf
from tests.factories import publications as made
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.demands import open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory
from tests.factories.taxonomy import guangdong

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    guangdong()
    return made.staff()


def operated(**values):
    """A platform and who runs it."""
    host = OrganisationFactory()
    return PlatformFactory(organisation=host, **values), person(Role.OPERATOR, organisation=host)


def delivered(name):
    """Deliver the waiting events of a name, twice; who was told what."""
    for event in Event.objects.filter(name=name, completed_at=None):
        deliver_event(event_id=str(event.pk), now=made.NOW)
        releases.tell(event_id=str(event.pk), name=name, payload=event.payload, now=made.NOW)
    rows = Notification.objects.select_related("user").order_by("pk")
    return {(row.user, row.title, row.url) for row in rows}


def told_of_list():
    return delivered("reporting.list.published")


def test_a_list_tells_those_on_it_once(actor):
    _platform, operator = operated()
    first = made.issued(actor, "platforms")
    url = first.get_absolute_url()
    expected = {
        (operator, f"您的平台列入{first}", url), (actor, f"{first}已发布", url),
    }  # fmt: skip
    assert told_of_list() == expected

    second = made.issued(actor, "platforms", now=made.NOW + timedelta(days=30))

    assert told_of_list() == expected | {(actor, f"{second}已发布", second.get_absolute_url())}


def test_who_leaves_a_list_is_told(actor):
    platform, operator = operated()
    PlatformFactory()
    made.issued(actor, "platforms")
    told_of_list()
    type(platform).objects.filter(pk=platform.pk).update(status="withdrawn")

    second = made.issued(actor, "platforms", now=made.NOW + timedelta(days=30))

    assert (operator, f"您的平台不再列入{second}", second.get_absolute_url()) in told_of_list()


def test_each_kind_of_list_knows_whose_its_lines_are(actor):
    platform, operator = operated()
    CapabilityFactory(platform=platform)
    demand = open_demand()
    project = cf.ProjectFactory(status="closed", platform=platform)
    cf.confirmed(project, kind="launched", product_name="新树脂")
    cf.CaseFactory(project=project, platform=platform, status="published",
                   consented_at=made.NOW, published_at=made.NOW)  # fmt: skip
    for kind in ("supply", "demands", "projects", "products"):
        made.issued(actor, kind)

    told = {(who, title.split("列入")[0]) for who, title, _url in told_of_list() if "列入" in title}

    assert told == {
        (operator, "您的服务能力"), (demand.posted_by, "您的需求"),
        (operator, "您的项目"), (project.started_by, "您的项目"),
        (operator, "您的产品"), (project.started_by, "您的产品"),
    }  # fmt: skip


def test_subscribers_are_told_of_their_kind_alone(actor):
    PlatformFactory()
    reader, other = person(Role.ENTERPRISE), person(Role.ENTERPRISE)
    releases.subscribe_releases(actor=reader, kind="platforms", now=made.NOW)
    releases.subscribe_releases(actor=other, kind="demands", now=made.NOW)

    edition = made.issued(actor, "platforms")

    assert {who for who, _title, _url in told_of_list()} == {actor, reader}
    row = Notification.objects.get(user=reader)
    assert (row.title, row.body) == (f"{edition}已发布", "共 1 条。")


def test_a_handbook_tells_platforms_and_subscribers(actor):
    platform, operator = operated()
    CapabilityFactory(platform=platform)
    reader = person(Role.ENTERPRISE)
    releases.subscribe_releases(actor=reader, kind="publications", now=made.NOW)

    out = made.published(made.frozen(actor, kind="handbook"), actor)

    url = out.get_absolute_url()
    assert delivered("reporting.publication.published") == {
        (operator, f"{out}收录了您的平台", url),
        (reader, f"{out}已发布", url),
        (actor, f"{out}已发布", url),
    }


def test_a_compilation_tells_both_sides_of_a_case(actor):
    platform, operator = operated(region=guangdong())
    project = cf.ProjectFactory(status="closed", platform=platform)
    cf.CaseFactory(project=project, platform=platform, status="published", region=guangdong(),
                   consented_at=made.NOW, published_at=made.NOW - timedelta(days=300))  # fmt: skip

    out = made.published(made.frozen(actor, kind="cases"), actor)

    told = {(who, title) for who, title, _url in delivered("reporting.publication.published")}
    assert told == {
        (operator, f"{out}收录了您的案例"), (project.started_by, f"{out}收录了您的案例"),
        (actor, f"{out}已发布"),
    }  # fmt: skip


def test_a_withdrawn_list_is_told_with_the_reason_to_whoever_was_told_of_it(actor):
    platform, operator = operated()
    reader = person(Role.ENTERPRISE)
    releases.subscribe_releases(actor=reader, kind="platforms", now=made.NOW)
    edition = made.issued(actor, "platforms")
    told_of_list()
    Notification.objects.all().delete()

    published_lists.withdraw_list(actor=actor, edition=edition, now=made.NOW, reason="口径有误。")

    url = edition.get_absolute_url()
    assert delivered("reporting.list.withdrawn") == {
        (who, f"{edition}已撤回", url) for who in (operator, reader, actor)
    }
    assert Notification.objects.count() == 3
    assert Notification.objects.filter(body__startswith="原因：口径有误。").count() == 3
    page = Client().get(url).content.decode()
    assert (page.count("撤回"), "口径有误。" in page, platform.name in page) == (2, True, False)
    assert "这一期已于 <time>2027-02-01</time> 撤回" in page


def test_a_withdrawn_handbook_is_told_with_the_reason(actor):
    platform, operator = operated()
    CapabilityFactory(platform=platform)
    reader = person(Role.ENTERPRISE)
    releases.subscribe_releases(actor=reader, kind="publications", now=made.NOW)
    out = made.published(made.frozen(actor, kind="handbook"), actor)

    publications.withdraw_publication(
        actor=actor, publication=out, reason="数据有误。", now=made.NOW
    )

    assert delivered("reporting.publication.withdrawn") == {
        (who, f"{out}已撤回", out.get_absolute_url()) for who in (operator, reader, actor)
    }
    assert Notification.objects.count() == 3
    assert "已撤回" in Client().get(out.get_absolute_url()).content.decode()


def test_asking_twice_is_asking_once():
    reader = person(Role.ENTERPRISE)
    for _ in range(2):
        releases.subscribe_releases(actor=reader, kind="gaps", now=made.NOW)

    assert ReleaseSubscription.objects.count() == 1
    with pytest.raises(DomainError, match="没有这一类"):
        releases.subscribe_releases(actor=reader, kind="nonsense", now=made.NOW)


def test_a_subscription_is_its_persons_alone():
    reader, other = person(Role.ENTERPRISE), person(Role.ENTERPRISE)
    mine = releases.subscribe_releases(actor=reader, kind="gaps", now=made.NOW)
    with pytest.raises(Refused):
        releases.unsubscribe_releases(actor=other, subscription=mine, now=made.NOW)

    assert list(ReleaseSubscriptionAccess(other).visible()) == []
    assert ReleaseSubscription.objects.get() == mine
    releases.unsubscribe_releases(actor=reader, subscription=mine, now=made.NOW)
    assert not ReleaseSubscription.objects.exists()


def test_the_button_subscribes_and_cancels(client):
    reader = person(Role.ENTERPRISE)
    client.force_login(reader)
    url = "/releases/platforms/subscribe/"

    assert client.post(url).url == "/lists/platforms/"
    assert "取消订阅" in client.get("/lists/platforms/").content.decode()
    client.post(url, {"cancel": "1"})
    assert "有新发布时通知我" in client.get("/lists/platforms/").content.decode()
    assert client.post("/releases/publications/subscribe/").url == "/publications/"
    assert Client().post(url).status_code == 302
    assert ReleaseSubscription.objects.values_list("kind", flat=True).get() == "publications"


def test_the_home_page_and_the_feed_show_what_is_new(actor):
    PlatformFactory()
    edition = made.issued(actor, "platforms")

    for url in ("/", "/publications/feed/"):
        assert edition.get_absolute_url() in Client().get(url).content.decode(), url


def hits(query):
    return {group.kind.key for group in search_page(AnonymousUser(), query).groups}


def test_a_list_is_found_while_it_is_out(actor):
    PlatformFactory()
    edition = made.issued(actor, "platforms")
    assert hits(edition.title) == {"lists"}

    published_lists.withdraw_list(actor=actor, edition=edition, now=made.NOW, reason="口径有误。")

    assert hits(edition.title) == set()


def test_a_handbook_is_found_by_its_title_and_its_chapters_while_it_is_out(actor):
    CapabilityFactory(platform=PlatformFactory())
    drafted = made.frozen(actor, kind="handbook")
    section = drafted.sections.order_by("order").first()
    publications.edit_section(
        actor=actor, section=section, body="面向万吨级聚合。", version=section.version, now=made.NOW
    )
    assert hits("服务能力手册") == set()
    out = made.published(drafted, actor)
    assert {"publications"} == hits("服务能力手册") == hits("万吨级聚合")

    publications.withdraw_publication(
        actor=actor, publication=out, reason="数据有误。", now=made.NOW
    )

    assert hits("服务能力手册") == set()
