"""What kind of process a demand is about: recognised from its public words, unless stated."""

import pytest
from django.urls import reverse

from core.errors import Refused
from demands import services
from demands.enums import Confidentiality
from demands.models import Demand
from tests.demands.conftest import page
from tests.factories.demands import open_demand
from tests.factories.taxonomy import process_kind


@pytest.fixture
def polymerisation(db):
    return process_kind()


@pytest.fixture
def drying(db):
    return process_kind(code="drying", name="干燥", description="干燥、烘干", order=1)


def draft(cast, now, **values):
    return services.create_draft(
        actor=cast.owner, organisation=cast.home, values={"title": "聚合放大"} | values, now=now
    )


def test_title_is_recognised(cast, now, polymerisation):
    demand = draft(cast, now)

    assert Demand.objects.get(pk=demand.pk).process_kind == polymerisation
    assert demand.is_process_recognised


def test_what_is_stated_wins_and_stays(cast, now, polymerisation, drying):
    demand = draft(cast, now, stated_process_kind=drying)
    services.save_draft(actor=cast.owner, demand=demand, values={"title": "缩聚与聚合"}, now=now)

    demand.refresh_from_db()
    assert demand.process_kind == drying
    assert not demand.is_process_recognised


def test_taking_it_back_recognises_anew(cast, now, polymerisation, drying):
    demand = draft(cast, now, stated_process_kind=drying)
    services.save_draft(
        actor=cast.owner, demand=demand, values={"stated_process_kind": None}, now=now
    )

    demand.refresh_from_db()
    assert demand.process_kind == polymerisation


def test_amended_text_is_recognised_anew(cast, now, polymerisation, drying):
    demand = open_demand(organisation=cast.home, title="聚合", process_kind=polymerisation)

    services.amend_demand(actor=cast.owner, demand=demand, values={"title": "低温烘干"}, now=now)

    demand.refresh_from_db()
    assert demand.process_kind == drying


def test_words_of_a_withheld_text_do_not_show(cast, now, polymerisation):
    demand = draft(
        cast,
        now,
        title="一项放大",
        description="先聚合，再缩聚",
        confidentiality=Confidentiality.TEASER,
        teaser="放大一个反应",
    )

    assert demand.process_kind is None


def test_refused_writer_changes_nothing(cast, now, polymerisation, drying):
    demand = draft(cast, now)

    with pytest.raises(Refused):
        services.save_draft(
            actor=cast.stranger, demand=demand, values={"stated_process_kind": drying}, now=now
        )

    demand.refresh_from_db()
    assert (demand.stated_process_kind, demand.process_kind) == (None, polymerisation)


def test_form_says_what_was_recognised_and_takes_a_correction(
    client, sign_in, cast, now, polymerisation, drying
):
    sign_in(cast.owner)
    demand = draft(cast, now)
    url = reverse("demands:edit", args=[demand.slug, "what"])

    assert "系统识别：聚合" in page(client.get(url))
    client.post(url, {"title": demand.title, "stated_process_kind": drying.pk})

    demand.refresh_from_db()
    assert demand.process_kind == drying


def test_form_of_a_new_demand_leaves_it_to_recognition(client, sign_in, cast, polymerisation):
    sign_in(cast.owner)

    assert "由系统识别" in page(client.get(reverse("demands:new")))


def test_page_marks_what_was_recognised(client, cast, polymerisation, drying):
    recognised = open_demand(process_kind=polymerisation)
    stated = open_demand(stated_process_kind=drying, process_kind=drying)

    assert "聚合（系统识别）" in page(client.get(recognised.get_absolute_url()))
    assert "干燥（系统识别）" not in page(client.get(stated.get_absolute_url()))
