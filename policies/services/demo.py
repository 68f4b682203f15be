"""A topic for the demo portal: published pieces of the starting data under an invented lead."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from policies.models import Content, Interpretation, News, PolicyDocument, Topic
from policies.services.content import create_content, move_content

PIECES = {PolicyDocument: 2, Interpretation: 1, News: 2}  # how many of the newest
LEAD = "演示专题：把已发布的政策文件、解读和动态放在一起，用来说明专题的编排；所收内容各有来源。"


@transaction.atomic
def attach_demo_topic(*, staff: User, now: datetime) -> Content | None:
    """Publish a topic as `staff`, through the services; None where nothing is published yet.

    Its title and lead say that it is a demonstration. Not to be called twice.
    """
    pieces: list[Content] = []
    for model, count in PIECES.items():
        pieces += model._default_manager.published().newest_first()[:count]
    if not pieces:
        return None
    topic = create_content(
        actor=staff, model=Topic, now=now,
        values={"title": "演示专题：中试平台建设", "summary": LEAD, "body_source": LEAD,
                "pieces": pieces},
    )  # fmt: skip
    return move_content(actor=staff, content=topic, name="publish", now=now)
