"""A pull from a neighbour: what is made, linked, changed, withdrawn, left alone."""

from __future__ import annotations

import pytest

from accounts.enums import Role
from core.models import ActivityLog, JobStatus
from demands.models import Demand
from exchange import services
from exchange.models import Peer, PulledRecord
from exchange.services.receiving import receive
from platforms import services as platform_services
from platforms.enums import ClaimStatus, ListingStatus
from platforms.models import Capability, Platform
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.demands import open_demand
from tests.factories.platforms import CapabilityFactory, ClaimFactory, PlatformFactory
from tests.factories.taxonomy import TermFactory, chengdu, zhongshan

LATER = "2099-01-01T00:00:00+08:00"


def their_platform(slug="theirs", **values):
    return lambda: PlatformFactory(
        slug=slug, name="树脂放大平台", organisation=None, operator_name="某研究院", **values
    )


def their_capability():
    platform = their_platform()()
    return CapabilityFactory(slug="their-cap", platform=platform, title="聚合放大", trl_low=4)


def counts(job):
    assert job.status == JobStatus.DONE, job.error
    return job.result["counts"]


def test_a_first_pull_makes_published_rows_that_name_their_source(neighbour, peer, pull):
    field = TermFactory(code_list__slug="field-data", code="new-materials")
    told = neighbour.publish(
        "platforms", their_platform(summary="十年放大经验", source_title="省科技厅名单")
    )
    neighbour.change("platforms", "theirs", told["updated_at"], fields_of_service=[field.code])
    neighbour.publish("capabilities", their_capability)

    job = pull()

    platform, capability = Platform.objects.get(), Capability.objects.get()
    assert counts(job) == {"created": 2}
    assert (platform.status, platform.summary) == ("published", "十年放大经验")
    assert platform.source_title == "邻省平台同步（原始来源：省科技厅名单）"
    assert platform.source_url == f"{neighbour.base_url}/platforms/theirs/"
    assert list(platform.fields.all()) == [field]
    assert (capability.platform, capability.trl_low) == (platform, 4)
    assert ActivityLog.objects.get(action="platforms.platform.receive").actor_name == (
        "邻省平台（同步）"
    )


def test_pulling_twice_changes_nothing(neighbour, pull):
    neighbour.publish("platforms", their_platform())
    neighbour.publish("capabilities", their_capability)
    pull()
    before = list(Platform.objects.values()), list(Capability.objects.values())

    job = pull()

    assert set(counts(job)) <= {"unchanged", "withdrawn"}
    assert (list(Platform.objects.values()), list(Capability.objects.values())) == before


def test_an_organisation_is_known_by_its_code_and_its_platform_is_not_doubled(
    neighbour, peer, pull
):
    ours = PlatformFactory(name="树脂放大平台", summary="")
    code = ours.organisation.uscc
    neighbour.publish(
        "platforms", their_platform(summary="填补"), operator_uscc=code, operator="别的写法"
    )

    job = pull()

    ours.refresh_from_db()
    assert counts(job) == {"linked": 1}
    assert Platform.objects.count() == 1
    assert ours.summary == "填补"
    assert ours.source_title == ""
    assert PulledRecord.objects.get().is_made_here is False


def test_another_code_is_another_platform(neighbour, pull):
    PlatformFactory(name="树脂放大平台")
    other = OrganisationFactory()
    neighbour.publish("platforms", their_platform(), operator_uscc=other.uscc)

    pull()

    made = Platform.objects.exclude(source_kind="").get()
    assert Platform.objects.count() == 2
    assert made.organisation == other


def test_what_began_here_is_never_taken_back(neighbour, settings, pull):
    told = neighbour.publish("platforms", their_platform())
    own = {"portal": settings.SITE_URL, "id": "x", "url": f"{settings.SITE_URL}/platforms/x/"}
    neighbour.put("platforms", {**told, "origin": own})

    job = pull()

    assert counts(job) == {"skipped": 1}
    assert PulledRecord.objects.get().note == "本站自己的记录"
    assert not Platform.objects.exists()


def test_one_origin_through_two_neighbours_is_one_row(neighbour, peer, pull):
    told = neighbour.publish("platforms", their_platform())
    pull()
    other = type(peer).objects.create(
        name="邻市平台", base_url="https://other.example", region=peer.region
    )

    passed_on = {**told, "slug": "copy", "name": "改过名的平台", "updated_at": LATER}
    outcome = receive(peer=other, kind="platform", data=passed_on, now=peer.created_at)

    assert outcome == "conflict"
    assert Platform.objects.count() == 1


def test_other_regions_are_not_taken(neighbour, pull):
    neighbour.publish("platforms", lambda: PlatformFactory(slug="far", region=chengdu()))

    assert counts(pull()) == {"skipped": 1}
    assert not Platform.objects.exists()


def test_what_changed_there_alone_is_applied(neighbour, pull):
    neighbour.publish("platforms", their_platform(summary="旧"))
    pull()
    neighbour.change("platforms", "theirs", LATER, summary="新")

    job = pull()

    assert counts(job)["updated"] == 1
    assert Platform.objects.get().summary == "新"


def test_a_later_confirmation_there_is_carried_over_an_earlier_one_is_not(neighbour, pull):
    neighbour.publish("platforms", their_platform(), confirmed_at="2026-11-20T08:00:00+08:00")
    pull()
    neighbour.change("platforms", "theirs", LATER, confirmed_at="2026-11-22T08:00:00+08:00")
    pull()
    later = Platform.objects.get().confirmed_at
    neighbour.change("platforms", "theirs", LATER, confirmed_at="2026-11-01T08:00:00+08:00")
    pull()

    assert later.isoformat() == "2026-11-22T00:00:00+00:00"
    assert Platform.objects.get().confirmed_at == later


def test_what_changed_on_both_sides_waits_for_a_decision(neighbour, pull, staff):
    neighbour.publish("platforms", their_platform(summary="旧", address="甲路"))
    pull()
    platform_services.edit_listing(
        actor=staff, listing=Platform.objects.get(), values={"summary": "这里改的"},
        now=staff.date_joined,
    )  # fmt: skip
    neighbour.change("platforms", "theirs", LATER, summary="那里改的", address="乙路")

    job = pull()

    platform = Platform.objects.get()
    assert counts(job)["conflict"] == 1
    assert (platform.summary, platform.address) == ("这里改的", "乙路")
    assert PulledRecord.objects.get().conflicts == ["summary"]


def test_withdrawn_there_is_withdrawn_here_and_comes_back(neighbour, pull):
    neighbour.publish("platforms", their_platform())
    pull()
    gone = neighbour.withdraw("platforms", "theirs")

    taken_down = pull()
    status = Platform.objects.get().status
    neighbour.put("platforms", gone)
    pull()

    assert counts(taken_down)["withdrawn"] == 1
    assert status == ListingStatus.WITHDRAWN
    assert Platform.objects.get().status == ListingStatus.PUBLISHED
    assert PulledRecord.objects.get().gone_at is None


def test_what_somebody_here_runs_stays_when_it_is_withdrawn_there(neighbour, pull, now):
    operator = person(Role.OPERATOR)
    code = operator.organisations[0].uscc
    neighbour.publish("platforms", their_platform(), operator_uscc=code)
    pull()
    platform_services.confirm_listing(actor=operator, listing=Platform.objects.get(), now=now)
    neighbour.withdraw("platforms", "theirs")

    pull()

    assert Platform.objects.get().status == ListingStatus.PUBLISHED
    assert PulledRecord.objects.get().gone_at is not None


def test_an_emptied_neighbour_takes_nothing_down(neighbour, pull):
    for number in range(22):
        neighbour.publish(
            "platforms",
            lambda n=number: PlatformFactory(slug=f"p-{n}", name=f"平台{n}", organisation=None),
        )
    pull()
    neighbour.records["platforms"].clear()
    TermFactory()
    neighbour.publish("demands", open_demand)

    job = pull()

    assert (job.status, "没有自动下架" in job.error) == (JobStatus.FAILED, True)
    assert Demand.objects.exists()  # the other kinds are read all the same
    assert Platform.objects.filter(status=ListingStatus.PUBLISHED).count() == 22


def test_a_pull_that_breaks_off_goes_on_where_it_ended(neighbour, peer, pull):
    for number in range(3):
        neighbour.publish(
            "platforms",
            lambda n=number: PlatformFactory(slug=f"p-{n}", name=f"平台{n}", organisation=None),
        )
    neighbour.page_size, neighbour.failing_after = 1, 2

    broken = pull()
    seen, neighbour.failing_after = peer.cursors["platform"], None
    whole = pull()

    assert (broken.status, broken.result["counts"]) == (JobStatus.FAILED, {"created": 2})
    assert "503" in broken.error
    assert seen.endswith("~p-1")
    assert counts(whole)["created"] == 1
    assert Platform.objects.count() == 3


def test_a_record_that_cannot_be_taken_is_listed_and_asked_for_again(neighbour, pull):
    neighbour.publish("platforms", their_platform())
    neighbour.publish("capabilities", their_capability)
    parent = neighbour.withdraw("platforms", "theirs")

    job = pull()
    neighbour.put("platforms", parent)
    healed = pull()

    assert [error["message"] for error in job.result["errors"]] == ["所属平台还没有同步过来。"]
    assert counts(healed)["created"] == 2
    assert PulledRecord.objects.filter(error="").count() == 2


def test_a_code_that_no_list_here_has_is_left_out_and_told(neighbour, pull):
    told = neighbour.publish("platforms", their_platform())
    neighbour.put("platforms", {**told, "level": "county-star", "summary": "其余照取"})

    pull()

    assert (Platform.objects.get().summary, Platform.objects.get().level) == ("其余照取", None)
    assert "county-star" in PulledRecord.objects.get().error


def test_a_record_of_another_shape_is_no_reason_to_stop(neighbour, pull):
    told = neighbour.publish("platforms", their_platform())
    neighbour.put("platforms", {**told, "slug": "odd", "floor_area_sqm": "很大"})
    neighbour.put("platforms", {**told, "slug": "older", "name": "旧版平台", "origin": None})

    job = pull()

    assert counts(job)["created"] == 1
    assert sorted(error["message"] for error in job.result["errors"]) == [
        "“场地面积（平方米）”的内容格式不符。", "记录没有写明出处，对方的版本过旧。",
    ]  # fmt: skip


def test_one_pull_at_a_time(peer, staff, now):
    services.start_pull(actor=staff, peer=peer, now=now)

    with pytest.raises(services.jobs.DomainError) as refused:
        services.start_pull(actor=staff, peer=peer, now=now)

    assert refused.value.code == "job_running"
    assert services.pull_all(now=now) == 0


def test_private_addresses_are_not_read_unless_the_operator_allows_it(settings, peer, pull):
    settings.OUTGOING_NETWORKS = []

    job = pull()

    assert (job.status, "内部网络" in job.error) == (JobStatus.FAILED, True)


def test_what_is_no_portal_is_refused(neighbour, peer, pull):
    neighbour.answer = lambda target: (200, {"results": [{"id": 1}]})

    job = pull()

    assert (job.status, "不是本系统的格式" in job.error) == (JobStatus.FAILED, True)


def test_a_neighbour_that_tells_the_same_page_again_is_read_once(neighbour, pull):
    for slug in ("one", "two"):
        neighbour.publish("platforms", their_platform(slug))
    rows = [neighbour.records["platforms"]["one"]]
    neighbour.answer = lambda target: (
        neighbour.asked.append(target) or (200, {"count": 2, "results": rows})
    )

    job = pull()

    assert (job.status, job.error) == (JobStatus.FAILED, "对方接口不能续取，版本过旧。")
    assert len(neighbour.asked) == 2


def test_another_region_chosen_during_a_pull_is_read_from_the_beginning(neighbour, peer, pull):
    neighbour.publish("platforms", their_platform())
    answer = neighbour.answer

    def meanwhile(target):
        Peer.objects.update(region=zhongshan())
        return answer(target)

    neighbour.answer = meanwhile

    job = pull()

    assert (job.status, peer.cursors) == (JobStatus.FAILED, {})


def test_what_a_platform_claimed_here_offers_stays_when_it_is_withdrawn_there(neighbour, pull):
    neighbour.publish("platforms", their_platform())
    neighbour.publish("capabilities", their_capability)
    pull()
    ClaimFactory(platform=Platform.objects.get(), status=ClaimStatus.APPROVED)
    neighbour.withdraw("capabilities", "their-cap")

    pull()

    assert Capability.objects.get().status == ListingStatus.PUBLISHED
    assert PulledRecord.objects.get(kind="capability").gone_at is not None


def test_a_conflict_ends_when_the_record_is_withdrawn_there(neighbour, pull):
    neighbour.publish("platforms", their_platform())
    pull()
    PulledRecord.objects.update(conflicts=["summary"])
    neighbour.withdraw("platforms", "theirs")

    pull()

    assert PulledRecord.objects.get().conflicts == []
