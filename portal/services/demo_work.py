"""What waits for somebody in the demo portal: so that no page of a demo role stands empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Organisation, User
from accounts.selectors import demo_organisation
from cases.services.demo_challenges import attach_demo_challenges
from cases.services.demo_work import DemoSides, attach_demo_case_work
from core.models import Event
from demands.services.demo import attach_demo_demands, attach_demo_secrets
from matching.services.runs import ask_broker
from matching.services.subscriptions import subscribe, tell_brokers
from platforms.models import Platform
from platforms.services.demo_applications import DemoDesk, attach_demo_applications
from platforms.services.demo_roster import attach_demo_assessments
from platforms.services.demo_support import attach_demo_claim, attach_demo_support
from policies.services.demo import attach_demo_topic
from reporting.models import EvaluationRun, ReportCycle
from reporting.services.demo_results import (
    attach_demo_disputed,
    attach_demo_handbook,
    attach_demo_reward,
)
from reporting.services.demo_year import DemoPeople
from taxonomy.selectors import term

Body = tuple[Organisation, User]


@dataclass(frozen=True)
class DemoCast:
    """Everybody who takes part: the sign-ins by account, the operator of each platform, the demo
    enterprise, and those who cannot sign in."""

    people: Mapping[str, User]
    operators: Mapping[int, User]  # by platform
    enterprise: Body
    department: Body
    agency: Body
    claimant: Body


@transaction.atomic
def attach_demo_work(
    *,
    platforms: Sequence[Platform],
    cycle: ReportCycle,
    run: EvaluationRun | None,
    cast: DemoCast,
    now: datetime,
) -> None:
    """Work under way over demo `platforms` (the demo operator's first) after the closed `cycle`
    and its evaluation `run`: recognition, support, cases, demands, an evaluation made public.

    Through the services that pages use, marked as demo. Not to be called twice.
    """
    people, own = cast.people, demo_organisation("department")
    assert own is not None  # noqa: S101 -- the demo accounts are there, for mypy
    staff, experts = people["province"], [people["reviewer"], cast.agency[1]]
    desk = DemoDesk(
        cast.operators, [people["city"], staff], experts,
        [(own, people["department"]), cast.department],
    )  # fmt: skip
    attach_demo_applications(platforms=platforms, desk=desk, now=now)
    attach_demo_assessments(platforms=platforms, desk=desk, now=now)
    attach_demo_support(platforms=platforms, desk=desk, now=now)
    attach_demo_claim(like=platforms[0], claimant=cast.claimant, now=now)
    sides = DemoSides(cast.operators, cast.enterprise, staff, people["city"], experts)
    attach_demo_case_work(platforms=platforms, region=cycle.region, now=now, sides=sides)
    attach_demo_challenges(
        platforms=platforms, region=cycle.region, sides=sides, now=now,
        field=term("field-data", "new-materials"),
    )  # fmt: skip
    attach_demo_topic(staff=staff, now=now)
    attach_demo_disputed(
        cycle=cycle, people=DemoPeople(staff, people["city"], cast.operators),
        reviewer=people["reviewer"], platform=platforms[0], now=now,
    )  # fmt: skip
    attach_demo_handbook(staff=people["city"], region=platforms[0].region, now=now)
    if run is not None:
        attach_demo_reward(run=run, staff=staff, now=now)
    _wishes(cast, now)


def _wishes(cast: DemoCast, now: datetime) -> None:
    """The demo enterprise's own demands, help asked of the broker, and searches to be told of."""
    organisation, person = cast.enterprise
    demand = attach_demo_demands(
        organisation=organisation, person=person, field=term("field-data", "new-materials"),
        now=now,
    )  # fmt: skip
    reader = cast.people["operator"]
    others = [one for one in cast.operators.values() if one.pk != reader.pk]
    attach_demo_secrets(
        organisation=organisation, person=person, field=term("field-data", "new-materials"),
        reader=reader, asker=others[0], now=now,
    )  # fmt: skip
    ask_broker(actor=person, demand=demand, now=now)
    asked = Event.objects.get(name="matching.help.requested", payload__demand_id=demand.pk)
    tell_brokers(event_id=str(asked.pk), demand=demand, person=person, now=now)  # not by a worker
    for account, words in (("enterprise", "涂布"), ("operator", "树脂"), ("broker", "中试放大")):
        subscribe(actor=cast.people[account], words=words, now=now)
