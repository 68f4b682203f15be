"""Demands in any state: `open_demand()`, `DemandFactory(status=…)`."""

from datetime import UTC, datetime, timedelta

import factory
from django.utils import timezone

from demands.enums import DemandStatus, DisclosureStatus
from demands.models import Demand, Disclosure
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.taxonomy import TermFactory, zhongshan


class DemandFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Demand

    slug = factory.Sequence(lambda n: f"xq-20261121-{n:08x}")
    organisation = factory.SubFactory(OrganisationFactory)
    posted_by = factory.SubFactory(UserFactory)
    edited_by = factory.SelfAttribute("posted_by")
    title = factory.Sequence(lambda n: f"聚合反应放大{n}")
    description = "实验室 2 L 釜已稳定，需要 50 L 釜做三批放大。"
    field = factory.SubFactory(TermFactory)
    region = factory.LazyFunction(zhongshan)
    status = DemandStatus.DRAFT


def open_demand(**values) -> Demand:
    """A published demand that is open for another month."""
    values = {
        "status": DemandStatus.OPEN,
        "published_at": datetime(2026, 11, 1, 2, tzinfo=UTC),
        "expires_date": timezone.localdate() + timedelta(days=30),
    } | values
    return DemandFactory(**values)


def disclose(
    demand: Demand, organisation, status=DisclosureStatus.PROMISED, **values
) -> Disclosure:
    """The fact that `organisation` may read `demand` and has promised secrecy, or how far it came,
    without going through the services."""
    return Disclosure.objects.create(
        demand=demand,
        organisation=organisation,
        granted_by=demand.posted_by,
        granted_at=timezone.now(),
        status=status,
        status_changed_at=timezone.now(),
        **values,
    )
