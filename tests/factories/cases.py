"""Projects in any state, without going through the services."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from cases.enums import OutcomeStatus, ProjectStatus
from cases.models import (
    Bid,
    Case,
    CaseCall,
    CaseEntry,
    Challenge,
    ChallengeList,
    Message,
    Outcome,
    Project,
    Quote,
    Receipt,
    Voucher,
    VoucherProgramme,
)
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.demands import open_demand
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import zhongshan


class ProjectFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Project

    number = factory.Sequence(lambda n: f"DJ2026-{n:06d}")
    title = factory.Sequence(lambda n: f"聚合反应放大{n}")
    platform = factory.SubFactory(PlatformFactory)
    enterprise = factory.SubFactory(OrganisationFactory)
    started_by = factory.SubFactory(UserFactory)
    status_changed_at = datetime(2026, 11, 2, 2, tzinfo=UTC)
    asked_at = factory.LazyFunction(timezone.now)
    reply_due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=2))


class QuoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Quote

    project = factory.SubFactory(ProjectFactory)
    amount_yuan = Decimal(120_000)
    lead_days = 30
    valid_until_date = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    scope = "三批放大与检测报告"
    quoted_by = factory.SubFactory(UserFactory)
    quoted_at = factory.LazyFunction(timezone.now)


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    project = factory.SubFactory(ProjectFactory)
    author = factory.SubFactory(UserFactory)
    organisation = factory.LazyAttribute(lambda row: row.project.enterprise)
    body = "能否承接 50 L 放大？"
    sent_at = factory.LazyFunction(timezone.now)


class OutcomeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Outcome

    project = factory.SubFactory(ProjectFactory, status=ProjectStatus.DELIVERED)
    kind = "verified"
    description = "三批均达到指标"
    achieved_date = date(2026, 11, 1)
    claimed_by = factory.SubFactory(UserFactory)


class CaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Case

    slug = factory.Sequence(lambda n: f"case-{n}")
    title = factory.Sequence(lambda n: f"聚合放大案例{n}")
    summary = "在平台完成三批 50 L 放大。"
    result = "转入量产"


def published_case(**values) -> Case:
    """A case from a public source."""
    if "platform" not in values:
        values["platform"] = PlatformFactory()
    return CaseFactory(
        **{
            "status": "published",
            "region": zhongshan(),
            "source_url": "https://example.org/1",
            "source_kind": "media",
            "source_date": "2024-04-17",
        }
        | values
    )


def confirmed(project: Project, **values) -> Outcome:
    """An outcome that the enterprise has confirmed."""
    return OutcomeFactory(project=project, status=OutcomeStatus.CONFIRMED, **values)


def receipt(project: Project, **values) -> Receipt:
    """Money that arrived, confirmed by the enterprise unless it is said otherwise."""
    return Receipt.objects.create(
        **{
            "project": project,
            "amount_yuan": Decimal(60_000),
            "received_date": date(2026, 11, 1),
            "registered_by": project.started_by,
            "status": OutcomeStatus.CONFIRMED,
        }
        | values
    )


def case_call(*, status="open", days=0, **values) -> CaseCall:
    """A call of 中山 that began 30 days ago and is due in `days`."""
    today = timezone.localdate()
    return CaseCall.objects.create(
        **{
            "title": "2026 年典型案例征集",
            "region": zhongshan(),
            "notice": "征集已做成的案例",
            "criteria": [{"name": "成效", "marks": 60}, {"name": "技术", "marks": 40}],
            "opens_date": today - timedelta(days=30),
            "due_date": today + timedelta(days=days),
            "status": status,
            "made_by": UserFactory(),
        }
        | values
    )


def entry_in(call: CaseCall, case: Case, **values) -> CaseEntry:
    return CaseEntry.objects.create(
        call=call, case=case, entered_by=call.made_by, entered_at=timezone.now(), **values
    )


def voucher_programme(*, status="open", **values) -> VoucherProgramme:
    """中山 pays 30 %, 50 000 a voucher at most, out of 100 000; at any platform, either way."""
    today = timezone.localdate()
    return VoucherProgramme.objects.create(
        **{
            "name": "中试服务券",
            "region": zhongshan(),
            "budget_yuan": 100_000,
            "share_percent": 30,
            "voucher_cap_yuan": 50_000,
            "yearly_cap_yuan": 80_000,
            "needs_demand": False,
            "reach": "anywhere",
            "modes": ["reimburse", "deduct"],
            "opens_date": today - timedelta(days=30),
            "closes_date": today + timedelta(days=30),
            "status": status,
            "made_by": UserFactory(),
        }
        | values
    )


def voucher_of(programme: VoucherProgramme, enterprise, **values) -> Voucher:
    """A voucher issued ten days ago."""
    now = timezone.now()
    made = Voucher.objects.create(
        **{
            "number": f"FWQ-{Voucher.objects.count() + 1}",
            "programme": programme,
            "enterprise": enterprise,
            "claimed_by": programme.made_by,
            "issued_at": now - timedelta(days=10),
            "status_changed_at": now - timedelta(days=10),
            "valid_until_date": timezone.localdate() + timedelta(days=60),
            "face_yuan": 50_000,
        }
        | values
    )
    return Voucher.objects.get(pk=made.pk)


def challenge_of(organisation, *, status="open", days=30, **values) -> Challenge:
    """A challenge of 中山 about a new demand of `organisation`, due in `days`; listed where that
    is public."""
    today = timezone.localdate()
    person = UserFactory()
    values = {
        "region": zhongshan(), "proposed_by": person, "bounty_wan": Decimal(80),
        "payer": "需求单位自筹", "due_date": today + timedelta(days=days), "status": status,
    } | values  # fmt: skip
    if status not in {"draft", "in_review", "returned", "accepted", "withdrawn"}:
        values["listing"] = ChallengeList.objects.create(
            region=zhongshan(), year=today.year, number=ChallengeList.objects.count() + 1,
            published_date=today, published_by=person,
        )  # fmt: skip
    if status == "publicity":
        values |= {"publicity_days": 5, "publicity_until": today + timedelta(days=7)}
    if "demand" not in values:
        values["demand"] = open_demand(organisation=organisation, target_figures="收率 ≥ 85%")
    return Challenge.objects.create(**values)


def bid_for(challenge: Challenge, platform, *, status="submitted", **values) -> Bid:
    values = {
        "organisation": platform.organisation, "plan": "三步放大", "price_yuan": Decimal(700_000),
        "lead_days": 90, "made_by": UserFactory(), "submitted_at": timezone.now(),
    } | values  # fmt: skip
    return Bid.objects.create(challenge=challenge, platform=platform, status=status, **values)
