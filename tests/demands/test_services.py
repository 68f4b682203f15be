from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.enums import OrganisationStatus
from core.access import SYSTEM
from core.errors import Conflict, DomainError, Refused
from core.models import ActivityLog, Event
from core.search import search_rows
from demands import services
from demands.enums import Confidentiality, DemandStatus
from demands.models import Demand
from tests.factories.demands import DemandFactory, open_demand
from tests.factories.taxonomy import CodeListFactory, TermFactory, zhongshan

S = DemandStatus


def events():
    return list(Event.objects.order_by("created_at").values_list("name", flat=True))


def actions():
    return list(ActivityLog.objects.order_by("pk").values_list("action", flat=True))


def service_type(code="process-innovation", name="工艺创新"):
    return TermFactory(code_list=CodeListFactory(slug="service-type"), code=code, name=name)


def test_create_draft_keeps_what_was_typed(cast, now):
    demand = services.create_draft(
        actor=cast.owner,
        organisation=cast.home,
        values={"title": "聚合放大", "service_types": [service_type()]},
        now=now,
    )

    demand = Demand.objects.get(pk=demand.pk)
    assert demand.title == "聚合放大"
    assert demand.status == S.DRAFT
    assert demand.region == zhongshan()
    assert demand.posted_by == cast.owner
    assert [term.name for term in demand.service_types.all()] == ["工艺创新"]
    assert actions() == ["demands.demand.create"]
    assert events() == []


def test_create_draft_for_another_organisation_is_refused(cast, now):
    with pytest.raises(Refused):
        services.create_draft(actor=cast.stranger, organisation=cast.home, now=now)

    assert Demand.objects.count() == 0


@pytest.mark.parametrize("slug", ["d-ccf-002", "xq-1", "../x"])
def test_create_draft_refuses_numbers_not_its_own(cast, now, slug):
    with pytest.raises(DomainError) as refused:
        services.create_draft(actor=cast.owner, organisation=cast.home, slug=slug, now=now)

    assert refused.value.code == "slug"


def test_create_draft_twice_with_one_number_makes_one(cast, now):
    slug = services.new_slug(now=now)
    services.create_draft(actor=cast.owner, organisation=cast.home, slug=slug, now=now)

    with pytest.raises(DomainError):
        services.create_draft(actor=cast.owner, organisation=cast.home, slug=slug, now=now)

    assert Demand.objects.count() == 1


def test_save_draft_touches_only_what_is_given(cast, demand, now):
    before = demand.description

    saved = services.save_draft(
        actor=cast.owner, demand=demand, values={"title": "新题目", "trl_current": 4}, now=now
    )

    saved = Demand.objects.get(pk=saved.pk)
    assert (saved.title, saved.trl_current, saved.description) == ("新题目", 4, before)
    assert saved.edited_by == cast.owner
    assert actions() == []


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"scale_low": 5, "scale_high": 2}, "scale_high", "规模下限不能大于上限。"),
        (
            {"budget_low_yuan": 5, "budget_high_yuan": 2},
            "budget_high_yuan",
            "预算下限不能大于上限。",
        ),
        ({"trl_current": 6, "trl_target": 4}, "trl_target", "目标成熟度不能低于目前的成熟度。"),
        ({"title": "长" * 201}, "title", "确保该变量包含不超过 200 字符 (目前字符数 201)。"),
    ],
)
def test_save_draft_refuses_what_cannot_be(cast, demand, now, values, field, message):
    with pytest.raises(DomainError) as refused:
        services.save_draft(actor=cast.owner, demand=demand, values=values, now=now)

    assert refused.value.field == field
    assert refused.value.message == message
    assert Demand.objects.get().title == demand.title


def test_save_draft_of_an_open_demand_is_refused(cast, now):
    demand = open_demand(organisation=cast.home)

    with pytest.raises(Refused):
        services.save_draft(actor=cast.owner, demand=demand, values={"title": "改"}, now=now)


def test_save_draft_refuses_fields_that_are_not_typed(cast, demand, now):
    with pytest.raises(DomainError) as refused:
        services.save_draft(actor=cast.owner, demand=demand, values={"status": "open"}, now=now)

    assert refused.value.code == "unknown_field"


def test_save_draft_conflicts_only_with_somebody_elses_save(cast, demand, now):
    seen = demand.updated_at
    services.save_draft(
        actor=cast.owner, demand=demand, values={"title": "一"}, version=seen, now=now
    )
    services.save_draft(
        actor=cast.owner, demand=demand, values={"title": "二"}, version=seen, now=now
    )

    with pytest.raises(Conflict):
        services.save_draft(
            actor=cast.operator_owner, demand=demand, values={"title": "三"}, version=seen, now=now
        )

    assert Demand.objects.get().title == "二"


def test_submit_hands_in_and_tells(cast, demand, now):
    moved = services.submit_demand(
        actor=cast.owner, demand=demand, is_secrecy_confirmed=True, now=now
    )

    assert moved.status == S.IN_REVIEW
    assert Demand.objects.get().secrecy_confirmed_at == now
    assert events() == ["demands.demand.submitted"]
    assert actions() == ["demands.demand.submit"]


def test_submit_twice_is_refused_as_wrong_state(cast, demand, now):
    services.submit_demand(actor=cast.owner, demand=demand, is_secrecy_confirmed=True, now=now)

    with pytest.raises(DomainError) as refused:
        services.submit_demand(actor=cast.owner, demand=demand, is_secrecy_confirmed=True, now=now)

    assert refused.value.code == "wrong_state"
    assert events() == ["demands.demand.submitted"]


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"description": ""}, "field_required", "description"),
        ({"field": None}, "field_required", "field"),
        ({"confidentiality": Confidentiality.TEASER}, "teaser_required", "teaser"),
        ({"expires_date": date(2020, 1, 1)}, "expires_date", "expires_date"),
    ],
)
def test_submit_says_what_is_missing(cast, now, values, code, field):
    demand = DemandFactory(organisation=cast.home, **values)

    with pytest.raises(DomainError) as refused:
        services.submit_demand(actor=cast.owner, demand=demand, is_secrecy_confirmed=True, now=now)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert Demand.objects.get().status == S.DRAFT
    assert events() == []


def test_submit_asks_for_the_secrecy_check(cast, demand, now):
    with pytest.raises(DomainError) as refused:
        services.submit_demand(actor=cast.owner, demand=demand, is_secrecy_confirmed=False, now=now)

    assert (refused.value.code, refused.value.field) == (
        "secrecy_unconfirmed",
        "is_secrecy_confirmed",
    )
    assert Demand.objects.get().status == S.DRAFT


def test_submit_waits_for_the_organisations_approval(cast, demand, now):
    cast.home.status = OrganisationStatus.PENDING
    cast.home.save()

    with pytest.raises(Refused) as refused:
        services.submit_demand(actor=cast.owner, demand=demand, is_secrecy_confirmed=True, now=now)

    assert "还没有通过审核" in refused.value.message
    assert Demand.objects.get().status == S.DRAFT


def test_publish_sets_time_and_last_day_once(cast, now):
    demand = DemandFactory(organisation=cast.home, status=S.IN_REVIEW)
    services.publish_demand(actor=cast.staff, demand=demand, now=now)
    services.move_demand(actor=cast.staff, demand=demand, name="return", reason="补规模", now=now)
    services.submit_demand(actor=cast.owner, demand=demand, is_secrecy_confirmed=True, now=now)
    later = now + timedelta(days=3)

    services.publish_demand(actor=cast.broker, demand=demand, now=later)

    demand = Demand.objects.get()
    assert demand.status == S.OPEN
    assert demand.published_at == now
    assert demand.expires_date == timezone.localdate(now) + timedelta(days=180)
    assert events() == [
        "demands.demand.published",
        "demands.demand.returned",
        "demands.demand.submitted",
        "demands.demand.published",
    ]


def test_publish_keeps_a_last_day_of_the_owners(cast, now):
    last = timezone.localdate(now) + timedelta(days=10)
    demand = DemandFactory(organisation=cast.home, status=S.IN_REVIEW, expires_date=last)

    services.publish_demand(actor=cast.staff, demand=demand, now=now)

    assert Demand.objects.get().expires_date == last


def test_publish_by_the_owner_is_refused(cast, now):
    demand = DemandFactory(organisation=cast.home, status=S.IN_REVIEW)

    with pytest.raises(Refused):
        services.publish_demand(actor=cast.owner, demand=demand, now=now)

    assert Demand.objects.get().published_at is None


def test_return_and_withdraw_want_a_reason(cast, now):
    demand = open_demand(organisation=cast.home)
    for actor, name in ((cast.staff, "return"), (cast.owner, "withdraw")):
        with pytest.raises(DomainError) as refused:
            services.move_demand(actor=actor, demand=demand, name=name, reason=" ", now=now)
        assert refused.value.code == "reason_required"

    assert Demand.objects.get().status == S.OPEN
    assert events() == []


def test_withdraw_reopen_and_submit_again(cast, now):
    demand = open_demand(organisation=cast.home)

    services.move_demand(actor=cast.owner, demand=demand, name="withdraw", reason="停了", now=now)
    services.move_demand(actor=cast.owner, demand=demand, name="reopen", now=now)
    services.move_demand(
        actor=cast.owner, demand=demand, name="submit", is_secrecy_confirmed=True, now=now
    )
    services.move_demand(actor=cast.staff, demand=demand, name="publish", now=now)

    assert Demand.objects.get().status == S.OPEN
    assert ActivityLog.objects.get(action="demands.demand.withdraw").reason == "停了"


def test_amend_changes_an_open_demand_and_has_it_matched_again(cast, now):
    demand = open_demand(organisation=cast.home)

    services.amend_demand(
        actor=cast.owner,
        demand=demand,
        values={"scale_high": 80, "service_types": [service_type()]},
        now=now,
    )

    assert Demand.objects.get().scale_high == 80
    assert events() == ["demands.demand.amended"]
    assert ActivityLog.objects.get().data == {"fields": ["scale_high", "service_types"]}


def test_amend_without_change_tells_nobody(cast, now):
    demand = open_demand(organisation=cast.home)

    services.amend_demand(actor=cast.owner, demand=demand, values={"title": demand.title}, now=now)

    assert (events(), actions()) == ([], [])


def test_amend_cannot_empty_what_is_required(cast, now):
    demand = open_demand(organisation=cast.home)

    with pytest.raises(DomainError) as refused:
        services.amend_demand(actor=cast.owner, demand=demand, values={"description": ""}, now=now)

    assert (refused.value.code, refused.value.field) == ("field_required", "description")
    assert Demand.objects.get().description == demand.description
    assert events() == []


def test_amend_by_staff_is_refused(cast, now):
    demand = open_demand(organisation=cast.home)

    with pytest.raises(Refused):
        services.amend_demand(actor=cast.staff, demand=demand, values={"title": "改"}, now=now)


def test_words_find_only_what_is_public(cast, now):
    demand = services.create_draft(
        actor=cast.owner,
        organisation=cast.home,
        values={
            "title": "聚合放大",
            "description": "使用秘密催化剂",
            "teaser": "需要反应釜",
            "confidentiality": Confidentiality.TEASER,
        },
        now=now,
    )

    assert search_rows(Demand.objects.all(), "催化剂").count() == 0
    assert search_rows(Demand.objects.all(), "反应釜").get() == demand

    services.save_draft(
        actor=cast.owner,
        demand=demand,
        values={"confidentiality": Confidentiality.PUBLIC},
        now=now,
    )
    assert search_rows(Demand.objects.all(), "催化剂").get() == demand


def test_expire_ends_what_is_past_its_last_day(cast, now):
    today = timezone.localdate(now)
    due = open_demand(organisation=cast.home, expires_date=today - timedelta(days=1))
    open_demand(organisation=cast.home, expires_date=today)
    open_demand(organisation=None, expires_date=None)

    assert services.expire_demands(now=now) == 1
    assert services.expire_demands(now=now) == 0

    due.refresh_from_db()
    assert due.status == S.EXPIRED
    assert events() == ["demands.demand.expired"]
    assert ActivityLog.objects.get().actor_name == "系统"


def test_fulfil_is_done_once(cast, now):
    demand = open_demand(organisation=cast.home)

    services.fulfil_demand(actor=SYSTEM, demand=demand, now=now)
    services.fulfil_demand(actor=SYSTEM, demand=demand, now=now)

    assert Demand.objects.get().status == S.FULFILLED
    assert events() == ["demands.demand.fulfilled"]
