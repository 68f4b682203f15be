"""Finished runs and lists, made by the services themselves."""

from typing import Any

from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from matching.models import MatchRun
from matching.services.runs import execute_run, start_capability_run, start_demand_run
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.demands import open_demand
from tests.factories.platforms import CapabilityFactory, PlatformFactory
from tests.factories.taxonomy import TermFactory

# texts close enough for the engine to call relevant, and far enough not to
POLYMER = {"title": "聚合反应放大中试", "description": "公斤级聚合反应放大、聚合物后处理与干燥"}
METAL = {"title": "铝合金熔炼铸造", "description": "铝合金熔炼、半连续铸造与热处理"}


def polymer_demand(**values: Any) -> Any:
    """An open demand that the polymer capability fits."""
    return open_demand(
        **{"title": "聚合反应放大中试", "description": "聚合反应放大到公斤级，含聚合物后处理"}
        | values
    )


def polymer_capability(**values: Any) -> Any:
    """A shown capability that the polymer demand needs."""
    return CapabilityFactory(**POLYMER | {"field": TermFactory()} | values)


def metal_capability(**values: Any) -> Any:
    """A shown capability of another trade."""
    return CapabilityFactory(**METAL | values)


def match_demand(demand: Any) -> MatchRun:
    """Run the engine for `demand`, as a worker does."""
    run = start_demand_run(actor=SYSTEM, demand=demand, now=timezone.now())
    execute_run(run_id=run.pk, now=timezone.now())
    return MatchRun.objects.get(pk=run.pk)


def match_capability(capability: Any) -> MatchRun:
    """Run the engine for `capability`, as a worker does."""
    run = start_capability_run(actor=SYSTEM, capability=capability, now=timezone.now())
    execute_run(run_id=run.pk, now=timezone.now())
    return MatchRun.objects.get(pk=run.pk)


def operator_of(platform: Any) -> Any:
    """A person who runs `platform`."""
    return person(Role.OPERATOR, organisation=platform.organisation)


def owner_of(demand: Any) -> Any:
    """A person of the enterprise that posted `demand`."""
    return person(Role.ENTERPRISE, organisation=demand.organisation)


def platform(**values: Any) -> Any:
    """A published platform with an operator's organisation."""
    return PlatformFactory(**{"organisation": OrganisationFactory()} | values)
