"""What kind of process a capability is about, as its words are recognised."""

import pytest

from platforms import services
from platforms.models import Capability
from tests.factories.taxonomy import process_kind


@pytest.fixture
def kinds(db):
    return process_kind(), process_kind(
        code="drying", name="干燥", description="干燥、烘干", order=1
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"title": "公斤级聚合"}, 0),
        ({"title": "公斤级聚合", "process": "真空干燥"}, 1),
        ({"title": "放大", "description": "聚合、缩聚"}, 0),
        ({"title": "放大"}, None),
    ],
)
def test_created_capability_is_recognised(kinds, operator, platform, now, values, expected):
    made = services.create_listing(
        actor=operator, model=Capability, values=values, platform=platform, now=now
    )

    made.refresh_from_db()
    assert made.process_kind == (None if expected is None else kinds[expected])


def test_edited_capability_is_recognised_anew(kinds, operator, platform, now):
    made = services.create_listing(
        actor=operator, model=Capability, values={"title": "聚合"}, platform=platform, now=now
    )

    services.edit_listing(actor=operator, listing=made, values={"title": "烘干"}, now=now)

    made.refresh_from_db()
    assert made.process_kind == kinds[1]
