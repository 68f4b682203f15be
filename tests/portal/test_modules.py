"""What a jurisdiction does without is gone: pages, endpoints, ways to them."""

import pytest

from accounts.enums import Role
from portal.selectors.workbench import workbench_page
from tests.factories.accounts import person
from tests.factories.recognition import ChallengeItemFactory
from tests.factories.taxonomy import guangdong

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("jurisdiction", "is_there"), [("guangdong", True), ("dongguan", False)])
def test_challenge_lists_are_there_where_they_are_enabled(client, settings, jurisdiction, is_there):
    settings.JURISDICTION = jurisdiction
    staff = person(Role.GOVERNMENT, region=guangdong())
    places = ["/challenges/", "/api/v1/challenge-items/"]
    places.append(ChallengeItemFactory(programme__status="open").get_absolute_url())

    answers = [client.get(place) for place in places]
    tabs = client.get("/programmes/").content.decode()
    doors = {label for label, _ in workbench_page(staff).panels[0].links}

    assert {answer.status_code for answer in answers} == {200 if is_there else 404}
    assert ("/challenges/" in tabs) is is_there
    assert ("揭榜榜单" in doors) is is_there
    if not is_there:
        assert answers[1].json()["code"] == "not_found"
