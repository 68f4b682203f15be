"""Published platforms and offers, as plain as they come."""

from datetime import date

import factory
from django.utils import timezone

from platforms.models import (
    Capability,
    Equipment,
    Expert,
    Line,
    ListingReport,
    Platform,
    PlatformClaim,
    RegisterEntry,
    Solution,
)
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.taxonomy import zhongshan


class PlatformFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Platform

    slug = factory.Sequence(lambda n: f"platform-{n}")
    name = factory.Sequence(lambda n: f"精细化工中试平台{n}")
    pinyin_key = factory.Sequence(lambda n: f"jing1xi4{n:05d}")
    organisation = factory.SubFactory(OrganisationFactory)
    region = factory.LazyFunction(zhongshan)
    status = "published"


class OfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    platform = factory.SubFactory(PlatformFactory)
    status = "published"


class CapabilityFactory(OfferFactory):
    class Meta:
        model = Capability

    slug = factory.Sequence(lambda n: f"capability-{n}")
    title = factory.Sequence(lambda n: f"聚合反应放大{n}")
    description = "公斤级聚合反应放大与后处理"


class EquipmentFactory(OfferFactory):
    class Meta:
        model = Equipment

    slug = factory.Sequence(lambda n: f"equipment-{n}")
    name = factory.Sequence(lambda n: f"搪玻璃反应釜{n}")


class LineFactory(OfferFactory):
    class Meta:
        model = Line

    slug = factory.Sequence(lambda n: f"line-{n}")
    name = factory.Sequence(lambda n: f"聚合中试线{n}")
    kind = "line"


class ExpertFactory(OfferFactory):
    class Meta:
        model = Expert

    slug = factory.Sequence(lambda n: f"expert-{n}")
    name = factory.Sequence(lambda n: f"专家{n}")
    expertise = "高分子合成"
    consented_at = factory.LazyFunction(timezone.now)


class SolutionFactory(OfferFactory):
    class Meta:
        model = Solution

    slug = factory.Sequence(lambda n: f"solution-{n}")
    title = factory.Sequence(lambda n: f"树脂放大方案{n}")
    problem = "小试配方放大后粘度不稳定"
    summary = "工艺放大、中试试制和检测一体完成"


class RegisterEntryFactory(factory.django.DjangoModelFactory):
    """A public data set, unless it is said otherwise."""

    class Meta:
        model = RegisterEntry

    platform = factory.SubFactory(PlatformFactory)
    kind = "dataset"
    title = factory.Sequence(lambda n: f"固化工艺数据集{n}")
    started_date = date(2026, 3, 5)


class ClaimFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlatformClaim

    platform = factory.SubFactory(PlatformFactory, organisation=None)
    organisation = factory.SubFactory(OrganisationFactory)
    claimed_by = factory.SubFactory(UserFactory)
    note = "本单位建设并运营该平台"


class ReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ListingReport

    platform = factory.SubFactory(PlatformFactory)
    kind = "contact"


FACTORIES = {
    "platforms": PlatformFactory,
    "capabilities": CapabilityFactory,
    "equipment": EquipmentFactory,
    "lines": LineFactory,
    "experts": ExpertFactory,
    "solutions": SolutionFactory,
}
