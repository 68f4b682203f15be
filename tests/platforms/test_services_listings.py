"""Writing listings: works, refused, wrong state, twice; each refusal changes nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.errors import Conflict, DomainError, Refused
from core.models import ActivityLog, Event
from platforms.kinds import KINDS
from platforms.models import Capability, Equipment, Expert, Platform
from platforms.services import (
    confirm_listing,
    confirm_platform,
    create_listing,
    discard_listing,
    edit_listing,
    move_listing,
)
from tests.factories.platforms import (
    FACTORIES,
    CapabilityFactory,
    EquipmentFactory,
    PlatformFactory,
    SolutionFactory,
)
from tests.factories.taxonomy import TermFactory, zhongshan


def events(*names):
    return list(Event.objects.filter(name__in=names).order_by("created_at").values_list("name"))


def test_create_platform_makes_a_draft_of_the_organisation(operator, now):
    organisation = operator.organisations[0]

    platform = create_listing(
        actor=operator, model=Platform, organisation=organisation, now=now,
        values={"name": "中山中试平台", "region": zhongshan(), "fields": [TermFactory()]},
    )  # fmt: skip

    platform.refresh_from_db()
    assert (platform.status, platform.organisation) == ("draft", organisation)
    assert platform.pinyin_key.startswith("zhong1shan1")
    assert platform.slug.startswith("pla-")
    assert platform.completeness == 10
    assert ActivityLog.objects.get().action == "platforms.platform.create"


def test_create_capability_writes_relations_parameters_and_search(operator, platform, now):
    term = TermFactory(code_list__slug="service-type", code="product-trial", name="产品试制")

    capability = create_listing(
        actor=operator, model=Capability, platform=platform, now=now,
        values={
            "title": "树脂放大", "scale_low": 10, "scale_high": 200, "scale_unit": "kg/批",
            "service_types": [term],
            "parameters": [{"name": "温度", "low": Decimal(20), "high": Decimal(300), "unit": "℃"}],
        },
    )  # fmt: skip

    capability.refresh_from_db()
    assert list(capability.service_types.all()) == [term]
    assert capability.parameters.get().value_display == "20–300 ℃"
    assert "树脂" in capability.search
    assert capability.completeness == 25


@pytest.mark.parametrize("key", KINDS)
def test_create_is_refused_to_strangers(key, stranger, platform, now):
    owner = {} if key == "platforms" else {"platform": platform}
    values = {"name": "甲"} if key == "platforms" else {}

    with pytest.raises(Refused):
        create_listing(
            actor=stranger, model=KINDS[key].model, values=values, now=now,
            organisation=platform.organisation, **owner,
        )  # fmt: skip

    assert not ActivityLog.objects.exists()


def test_create_names_the_wrong_field(operator, platform, now):
    with pytest.raises(DomainError) as caught:
        create_listing(
            actor=operator, model=Capability, platform=platform, now=now,
            values={"title": "树脂", "scale_low": 5, "scale_high": 2},
        )  # fmt: skip

    assert (caught.value.code, caught.value.message) == ("invalid", "规模下限不能大于上限。")
    assert not Capability.objects.exists()


def test_create_names_the_wrong_parameter(operator, platform, now):
    rows = [{"name": "温度"}, {"name": "压力", "low": 3, "high": 1}]

    with pytest.raises(DomainError) as caught:
        create_listing(
            actor=operator, model=Capability, platform=platform, now=now,
            values={"title": "树脂", "parameters": rows},
        )  # fmt: skip

    assert caught.value.field == "parameters"
    assert caught.value.message == "第 2 行：参数下限不能大于上限。"
    assert not Capability.objects.exists()


def test_edit_logs_what_changed_and_tells_the_matcher(operator, platform, now):
    capability = CapabilityFactory(platform=platform)

    edit_listing(
        actor=operator, listing=capability, now=now,
        values={"title": capability.title, "trl_low": 4, "trl_high": 6},
    )  # fmt: skip

    capability.refresh_from_db()
    assert capability.trl_display == "TRL 4–6"
    assert ActivityLog.objects.get().data == {"fields": ["trl_low", "trl_high"]}
    event = Event.objects.get(name="platforms.capability.changed")
    assert event.payload == {"capability_id": capability.pk}


def test_edit_without_a_difference_writes_nothing(operator, platform, now):
    capability = CapabilityFactory(platform=platform)
    term = TermFactory(code_list__slug="certificate", code="cma", name="CMA")
    capability.certificates.add(term)
    capability.parameters.create(name="温度", low=1)
    values = {
        "title": capability.title, "certificates": [term],
        "parameters": [{"name": "温度", "low": Decimal(1)}],
    }  # fmt: skip

    edit_listing(actor=operator, listing=capability, values=values, now=now)

    assert not ActivityLog.objects.exists()
    assert not Event.objects.exists()


def test_edit_of_a_draft_tells_nobody(operator, platform, now):
    capability = CapabilityFactory(platform=platform, status="draft")

    edit_listing(actor=operator, listing=capability, values={"title": "新名"}, now=now)

    assert not Event.objects.exists()


def test_edit_refuses_an_outdated_version(operator, platform, now):
    capability = CapabilityFactory(platform=platform)
    read = capability.updated_at.isoformat()
    edit_listing(
        actor=operator, listing=capability, values={"title": "先到"}, now=now, version=read
    )

    with pytest.raises(Conflict):
        edit_listing(
            actor=operator, listing=capability, values={"title": "后到"}, now=now, version=read
        )

    capability.refresh_from_db()
    assert capability.title == "先到"


def test_edit_is_refused_while_under_review(operator, platform, now):
    capability = CapabilityFactory(platform=platform, status="in_review")

    with pytest.raises(Refused, match="审核中"):
        edit_listing(actor=operator, listing=capability, values={"title": "新名"}, now=now)

    capability.refresh_from_db()
    assert capability.title != "新名"


def test_edit_confirms_when_every_fact_was_seen(operator, platform, now):
    capability = CapabilityFactory(platform=platform)

    edit_listing(actor=operator, listing=capability, values={}, now=now, confirms=True)

    capability.refresh_from_db()
    assert capability.confirmed_at == now


def test_renaming_a_platform_renames_it_in_the_search_of_its_offers(operator, platform, now):
    capability = CapabilityFactory(platform=platform)

    edit_listing(actor=operator, listing=platform, values={"name": "岭南树脂中心"}, now=now)

    capability.refresh_from_db()
    assert "岭南" in capability.search


@pytest.mark.parametrize("key", KINDS)
def test_the_whole_life_of_a_listing(key, operator, staff, platform, now):
    listing = (
        PlatformFactory(organisation=platform.organisation, status="draft")
        if key == "platforms"
        else FACTORIES[key](platform=platform, status="draft")
    )

    def go(actor, name, reason=""):
        move_listing(actor=actor, listing=listing, name=name, now=now, reason=reason)
        listing.refresh_from_db()
        return listing.status

    assert go(operator, "submit") == "in_review"
    assert listing.confirmed_at == now
    assert go(staff, "return", "请补充价格") == "returned"
    assert go(operator, "submit") == "in_review"
    assert go(staff, "publish") == "published"
    assert go(operator, "withdraw", "设备检修") == "withdrawn"
    assert go(operator, "reopen") == "draft"
    assert go(operator, "submit") == "in_review"
    assert go(operator, "recall") == "draft"


def test_move_refuses_the_wrong_state_twice_and_without_reason(operator, staff, platform, now):
    capability = CapabilityFactory(platform=platform, status="in_review")
    move_listing(actor=staff, listing=capability, name="publish", now=now)

    with pytest.raises(DomainError, match="已发布"):
        move_listing(actor=staff, listing=capability, name="publish", now=now)
    with pytest.raises(DomainError, match="原因"):
        move_listing(actor=operator, listing=capability, name="withdraw", now=now)
    with pytest.raises(Refused):
        move_listing(actor=operator, listing=capability, name="return", now=now, reason="x")

    assert events("platforms.capability.published", "platforms.capability.withdrawn") == [
        ("platforms.capability.published",)
    ]


def test_returning_what_was_public_withdraws_it_from_matching(staff, platform, now):
    capability = CapabilityFactory(platform=platform)

    move_listing(actor=staff, listing=capability, name="return", now=now, reason="电话是空号")

    names = events("platforms.capability.returned", "platforms.capability.withdrawn")
    assert names == [("platforms.capability.returned",), ("platforms.capability.withdrawn",)]


def test_a_platform_takes_its_capabilities_along(operator, staff, platform, now):
    capability = CapabilityFactory(platform=platform)
    CapabilityFactory(platform=platform, status="draft")

    move_listing(actor=operator, listing=platform, name="withdraw", now=now, reason="搬迁")
    for actor, name in ((operator, "reopen"), (operator, "submit"), (staff, "publish")):
        move_listing(actor=actor, listing=platform, name=name, now=now)

    rows = Event.objects.filter(name__startswith="platforms.capability").order_by("created_at")
    assert [(row.name, row.payload) for row in rows] == [
        ("platforms.capability.withdrawn", {"capability_id": capability.pk}),
        ("platforms.capability.published", {"capability_id": capability.pk}),
    ]


def test_a_first_published_capability_completes_its_platform(staff, platform, now):
    capability = CapabilityFactory(platform=platform, status="in_review")

    move_listing(actor=staff, listing=capability, name="publish", now=now)

    platform.refresh_from_db()
    assert platform.completeness == 10


def test_confirm_sets_the_day_and_nothing_else(operator, platform, now):
    equipment = EquipmentFactory(platform=platform)
    before = Equipment.objects.get()

    confirm_listing(actor=operator, listing=equipment, now=now)

    after = Equipment.objects.get()
    assert (before.confirmed_at, after.confirmed_at) == (None, now)
    assert after.updated_at == before.updated_at
    assert ActivityLog.objects.get().action == "platforms.equipment.confirm"


def test_confirm_is_refused_to_others_and_for_drafts(operator, stranger, platform, now):
    draft = EquipmentFactory(platform=platform, status="draft")

    with pytest.raises(Refused, match="发布之后"):
        confirm_listing(actor=operator, listing=draft, now=now)
    with pytest.raises(Refused):
        confirm_platform(actor=stranger, platform=platform, now=now)

    assert Platform.objects.get(pk=platform.pk).confirmed_at is None


def test_confirm_platform_confirms_all_that_is_published(operator, platform, now):
    for key, make in FACTORIES.items():
        if key != "platforms":
            make(platform=platform)
    draft = CapabilityFactory(platform=platform, status="draft")

    first = confirm_platform(actor=operator, platform=platform, now=now - timedelta(days=1))
    second = confirm_platform(actor=operator, platform=platform, now=now)

    draft.refresh_from_db()
    assert (first, second, draft.confirmed_at) == (6, 6, None)
    assert Expert.objects.get().confirmed_at == now


def test_discard_deletes_a_draft_only(operator, platform, now):
    draft = CapabilityFactory(platform=platform, status="draft")
    published = CapabilityFactory(platform=platform)

    discard_listing(actor=operator, listing=draft, now=now)
    with pytest.raises(Refused, match="只能删除草稿"):
        discard_listing(actor=operator, listing=published, now=now)

    assert list(Capability.objects.all()) == [published]


def test_discard_keeps_what_others_need(operator, now):
    platform = PlatformFactory(organisation=operator.organisations[0], status="draft")
    capability = CapabilityFactory(platform=platform, status="draft")
    SolutionFactory(platform=platform, status="draft").capabilities.add(capability)

    for listing in (platform, capability):
        with pytest.raises(DomainError, match="不能删除"):
            discard_listing(actor=operator, listing=listing, now=now)

    assert Capability.objects.count() == Platform.objects.count() == 1


def test_an_expert_loses_publicity_only_by_withdrawal(operator, platform, now):
    expert = FACTORIES["experts"](platform=platform)

    with pytest.raises(DomainError, match="本人同意"):
        edit_listing(actor=operator, listing=expert, values={"consented_at": None}, now=now)

    assert Expert.objects.get().consented_at is not None
