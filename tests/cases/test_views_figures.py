"""Pages of figures, and the facts shown about a platform."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from cases.enums import ProjectStatus
from tests.factories.cases import (
    ProjectFactory,
)
from tests.factories.platforms import PlatformFactory

S = ProjectStatus


def test_figures_for_the_operator(browse, cast, project):
    ProjectFactory(platform=PlatformFactory(organisation=cast.runner))
    page = browse("operator")

    response = page.get(reverse("cases:figures"), {"period": "90"})

    assert response.context["funnel"].stages[0].count == 2
    assert "浏览" in response.content.decode()
    assert page.get(reverse("cases:figures"), {"period": "nonsense"}).status_code == 200


def test_figures_of_nothing_and_for_others(browse):
    assert "还没有咨询" in browse("other_operator").get(reverse("cases:figures")).content.decode()
    assert browse("enterprise").get(reverse("cases:figures")).status_code == 403


def test_reply_facts_stand_on_the_platforms_page(visitor, cast):
    asked = timezone.now() - timedelta(days=20)
    ProjectFactory(
        platform=cast.platform, asked_at=asked, reply_due_at=asked + timedelta(days=4),
        first_replied_at=asked + timedelta(minutes=1), status=S.IN_TALKS,
    )  # fmt: skip

    page = visitor.get(cast.platform.get_absolute_url()).content.decode()

    assert "按时回复率" in page
    assert "近一年 1 次咨询，回复 1 次" in page
