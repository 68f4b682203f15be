"""Demo organisations beside the sign-ins: who runs the demo platforms, and whom they serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.enums import OrganisationStatus, Role
from accounts.models import Organisation, RoleAssignment, User
from accounts.services.demo import DEMO_DOMAIN
from core.access import SYSTEM
from core.services import log_activity
from taxonomy.models import Region
from taxonomy.selectors import term
from taxonomy.uscc import uscc_check_character


@dataclass(frozen=True)
class DemoBody:
    """An invented organisation. `prefix` is the kind of its code: 91 company, 12 institution."""

    name: str
    region: Region
    role: Role
    size_class: str = ""
    qualification: str = ""
    prefix: str = "91"
    status: OrganisationStatus = OrganisationStatus.APPROVED


def demo_uscc(prefix: str, number: int) -> str:
    """A code of the right form (GB 32100) in region 999999, which no real body can have."""
    body = f"{prefix}999999MD{number:07d}"
    return body + uscc_check_character(body)


@transaction.atomic
def load_demo_bodies(
    *, bodies: Iterable[DemoBody], now: datetime
) -> list[tuple[Organisation, User]]:
    """Each body with one person who acts for it; nobody can sign in as that person.

    Marked `is_demo`; approved unless one says otherwise. The order of `bodies` gives the codes;
    they are new ones.
    """
    listed = list(bodies)
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=body.name, uscc=demo_uscc(body.prefix, number), region=body.region,
            size_class=body.size_class, status=body.status, status_changed_at=now,
            wants_platform=body.role == Role.OPERATOR, is_demo=True,
        )
        for number, body in enumerate(listed, 1)
    )  # fmt: skip
    people = User.objects.bulk_create(
        User(
            email=f"demo-{number:02d}@{DEMO_DOMAIN}", name=f"演示联系人{number:02d}",
            password=make_password(None), is_demo=True, date_joined=now,
        )
        for number in range(1, len(listed) + 1)
    )  # fmt: skip
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=person, role=body.role, organisation=organisation, granted_at=now)
        for body, organisation, person in zip(listed, organisations, people, strict=True)
    )
    through = Organisation.qualifications.through
    through.objects.bulk_create(
        through(organisation_id=organisation.pk, term_id=found.pk)
        for body, organisation in zip(listed, organisations, strict=True)
        if body.qualification and (found := term("qualification", body.qualification))
    )
    if organisations:
        log_activity(actor=SYSTEM, action="accounts.demo.load", target=organisations[0], now=now)
    return list(zip(organisations, people, strict=True))
