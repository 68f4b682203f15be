"""The compilation of cases knows what experts selected."""

import pytest

from accounts.enums import Role
from cases.models import CaseScore
from reporting.selectors.publications import desk_of
from tests.factories import cases as cf
from tests.factories import publications as made
from tests.factories.accounts import UserFactory, person
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import guangdong

pytestmark = pytest.mark.django_db


def test_a_selected_case_says_so_and_begins_with_its_mean_mark():
    actor = person(Role.GOVERNMENT, region=guangdong())
    chosen, other = (
        cf.published_case(platform=PlatformFactory(), published_at=made.NOW) for _ in range(2)
    )
    call = cf.case_call(status="selected")
    entry = cf.entry_in(call, chosen, is_selected=True)
    cf.entry_in(call, other)
    for total in (80, 91):
        CaseScore.objects.create(
            entry=entry, reviewer=UserFactory(), marks=[60, total - 60], total=total, comment="好",
            scored_at=made.NOW,
        )  # fmt: skip

    publication = made.frozen(actor, kind="cases", year=2027)

    scores = dict(publication.rows.values_list("key", "score"))
    assert scores == {chosen.slug: 86, other.slug: None}
    assert ["入选", str(call)] in publication.rows.get(key=chosen.slug).data["facts"]
    assert desk_of(publication).honours == {chosen.slug: str(call)}
