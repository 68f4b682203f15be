"""A ladder, a batch and what hangs on them, as plain as they come."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils import timezone

from platforms.models import (
    Application,
    ChallengeItem,
    ChangeReport,
    ExpertAssignment,
    FundingRecord,
    OpinionRequest,
    Programme,
    Recognition,
    RosterChange,
    Scheme,
    SubsidyPlan,
    SubsidyYear,
    SupportTicket,
    TaxEligibility,
    UsageLog,
)
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.platforms import EquipmentFactory, PlatformFactory
from tests.factories.taxonomy import RegionFactory, guangdong, process_kind

FULL_PATH = ["city", "province", "experts", "site", "publicity", "decision"]


def step(slug: str, actor: str, *stages: str, **facts) -> dict:
    return {
        "slug": slug, "name": slug, "actor": actor, "stages": list(stages),
        "skipped_for": [], "example": False, **facts,
    }  # fmt: skip


STEPS = [
    step("apply", "platform", "apply"),
    step("county", "county", "county"),
    step("recommend", "city", "city"),
    step("check", "province", "province"),
    step("experts", "reviewer", "experts"),
    step("visit", "province", "site"),
    step("publicity", "province", "publicity"),
    step("recognise", "province", "decision"),
    step("midterm", "province", "midterm", skipped_for=["direct"], months=12),
    step("accept", "province", "acceptance", skipped_for=["direct"], months=24),
]


class SchemeFactory(factory.django.DjangoModelFactory):
    """A provincial ladder with every stage."""

    class Meta:
        model = Scheme

    slug = factory.Sequence(lambda n: f"scheme-{n}")
    name = "省中试平台"
    level = "province"
    region = factory.LazyFunction(guangdong)
    build_types = ["direct", "new"]
    steps = STEPS
    score_sheet = [{"name": "设施", "maximum": 60}, {"name": "团队", "maximum": 40}]
    certificate_prefix = factory.Sequence(lambda n: f"粤中试{n}")
    source = "粤府办〔2024〕7号"


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme

    slug = factory.Sequence(lambda n: f"batch-{n}")
    scheme = factory.SubFactory(SchemeFactory)
    title = factory.Sequence(lambda n: f"第{n}批省中试平台申报")
    year = 2026
    opens_date = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1))
    closes_date = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    status = "open"


class ChallengeItemFactory(factory.django.DjangoModelFactory):
    """To be built in any region of the batch, for a process kind."""

    class Meta:
        model = ChallengeItem

    programme = factory.SubFactory(ProgrammeFactory)
    title = factory.Sequence(lambda n: f"中试平台{n}")
    process_kind = factory.LazyFunction(process_kind)
    requirement = "建成千升级中试线，对外开放。"
    finish_by_date = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=700))


class ApplicationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Application

    number = factory.Sequence(lambda n: f"A2026-{n + 90000:05d}")
    programme = factory.SubFactory(ProgrammeFactory)
    platform = factory.SubFactory(PlatformFactory)
    organisation = factory.SelfAttribute("platform.organisation")
    build_type = "direct"
    path = factory.LazyFunction(lambda: list(FULL_PATH))
    created_by = factory.SubFactory(UserFactory)


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ExpertAssignment

    application = factory.SubFactory(ApplicationFactory, status="experts")
    reviewer = factory.SubFactory(UserFactory)
    due_date = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=7))


class RecognitionFactory(factory.django.DjangoModelFactory):
    """On the roster since `started_date`, with the line of history that says so."""

    class Meta:
        model = Recognition
        skip_postgeneration_save = True

    platform = factory.SubFactory(PlatformFactory)
    scheme = factory.SubFactory(SchemeFactory)
    certificate_number = factory.Sequence(lambda n: f"粤中试〔2025〕{n:03d}")
    verification_code = factory.Sequence(lambda n: f"CODE{n:08d}")
    decided_date = date(2025, 3, 3)
    started_date = date(2025, 3, 3)
    status = "active"

    @factory.post_generation
    def line(self, create, extracted, **kwargs):
        day = self.started_date or self.decided_date
        if create and self.status in {"active", "building"}:
            RosterChange.objects.create(recognition=self, day=day, status=self.status)


class ChangeReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ChangeReport

    platform = factory.SubFactory(PlatformFactory)
    kind = "address"
    happened_date = date(2026, 3, 2)
    note = "搬到新址"


class FundingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FundingRecord

    platform = factory.SubFactory(PlatformFactory)
    level = "province"
    kind = "build"
    fund = "省科技创新战略专项"
    year = 2024
    amount_yuan = 3_000_000


class UsageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UsageLog

    equipment = factory.SubFactory(EquipmentFactory)
    start_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=3))
    hours = 8


def dongguan():
    return RegionFactory(
        code="441900", name="东莞市", short_name="东莞", level=2, parent=guangdong(),
        pinyin_key="dong1guan3",
    )  # fmt: skip


def money(**values):
    return {
        "level": "province", "kind": "build", "fund": "某专项", "year": 2026,
        "amount_yuan": Decimal(1_000_000),
    } | values  # fmt: skip


class TicketFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SupportTicket

    number = factory.Sequence(lambda n: f"S2026-{n + 90000:05d}")
    platform = factory.SubFactory(PlatformFactory)
    kind = "land"
    title = "二期厂房用地"


class OpinionRequestFactory(factory.django.DjangoModelFactory):
    """A department is asked at the application's present stage."""

    class Meta:
        model = OpinionRequest

    application = factory.SubFactory(ApplicationFactory, status="city")
    stage = factory.SelfAttribute("application.status")
    department = factory.SubFactory(OrganisationFactory)
    question = "环境影响如何"
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=5))
    asked_by = factory.SubFactory(UserFactory)


class SubsidyPlanFactory(factory.django.DjangoModelFactory):
    """A plan over three years, of which the later ones wait for results."""

    class Meta:
        model = SubsidyPlan
        skip_postgeneration_save = True

    platform = factory.SubFactory(PlatformFactory)
    level = "city"
    fund = "中试平台补贴"
    base_yuan = 1_000_000
    first_year = 2025
    gate = "上一年度评价合格以上"
    document_number = "〔2025〕8号"

    @factory.post_generation
    def years(self, create, extracted, **kwargs):
        for place, rate in enumerate((100, 75, 50)):
            SubsidyYear.objects.create(
                plan=self, year=self.first_year + place, rate_percent=rate,
                planned_yuan=self.base_yuan * rate / 100,
                status="waiting" if place else "payable",
            )  # fmt: skip


class TaxFactory(factory.django.DjangoModelFactory):
    """On the vetted list of the import-tax policy since the first of last year."""

    class Meta:
        model = TaxEligibility

    platform = factory.SubFactory(PlatformFactory)
    document_number = "〔2025〕3号"
    started_date = date(2025, 1, 1)
    verification_code = factory.Sequence(lambda n: f"TAX{n:09d}")
