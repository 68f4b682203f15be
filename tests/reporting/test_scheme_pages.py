"""Pages of schemes: one plain form for a whole version, comparison, activation, history."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role, Scope
from core.access import SYSTEM
from reporting.catalogue import declared_schemes
from reporting.forms import SchemeForm
from reporting.models import EvaluationRun, EvaluationScheme
from reporting.services import evaluation_schemes as services
from tests.factories.accounts import person, with_token
from tests.factories.evaluations import a_run, accepted, compute, open_year, small_scheme
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import guangdong, zhongshan
from tests.reporting.conftest import signed_in, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators", "demo_mode")]


@pytest.fixture
def scheme():
    return small_scheme()


@pytest.fixture
def client(scheme):
    return signed_in(person(Role.GOVERNMENT, region=guangdong()))


def filled(form, **values):
    """What a browser sends of a form that nobody touched."""
    data = {name: form[name].value() for name in form.fields}
    data = {name: "on" if value is True else value for name, value in data.items()
            if value not in (None, False)}  # fmt: skip
    return {name: value for name, value in (data | values).items() if value is not None}


def revise(client, base, **values):
    address = url("revise_scheme", base.slug, base.version)
    form = client.get(address).context["form"]
    return client.post(address, filled(form, **values))


@pytest.mark.parametrize("slug", [row["slug"] for row in declared_schemes()])
def test_an_untouched_form_says_what_the_file_says(slug):
    services.load_schemes(actor=SYSTEM, definitions=declared_schemes(), now=timezone.now())
    row = EvaluationScheme.objects.get(slug=slug)

    form = SchemeForm(filled(SchemeForm(scheme=row), reason="看看"), scheme=row)

    assert form.is_valid(), form.errors
    assert form.typed()["definition"] == row.definition


def test_staff_draft_compare_and_put_in_force(client, scheme):
    cycle = open_year()
    accepted(cycle, PlatformFactory(slug="a", name="甲平台"), SRV_04=4)
    accepted(cycle, PlatformFactory(slug="b", name="乙平台"), SRV_04=8)
    compute(a_run(cycle, scheme))

    saved = revise(
        client, scheme, reason="突出机制", **{
            "headings.0.weight": "40", "headings.1.weight": "60",
            "headings.0.items.2.name": "中试线", "headings.0.items.2.formula": "CON-05",
            "headings.0.items.2.weight": "10", "headings.1.items.1.name": "",
            "headings.1.items.1.formula": "", "vetoes.0.more_than": "1",
            "vetoes.5.name": "泄密", "vetoes.5.code": "saf-06", "groups.0": "kind",
            "groups.1": "all", "grades.0.share": None, "sources": "某办〔2026〕1号",
            "documented": "on", "missing.uncounted": "leave_out",
        }
    )  # fmt: skip

    assert saved.url == url("compare_scheme", "small", 2)
    made = EvaluationScheme.objects.get(version=2)
    found = made.definition
    assert [row["weight"] for row in found["headings"]] == [40, 60]
    assert [item["formula"] for row in found["headings"] for item in row["items"]] == [
        "SRV-04", "SRV-12 / TAL-01", "CON-05", "SRV-13",
    ]  # fmt: skip
    assert found["vetoes"][0]["more_than"] == 1
    assert found["vetoes"][5] == {
        "slug": "rule-1", "name": "泄密", "test": "positive", "code": "SAF-06",
    }  # fmt: skip
    assert (found["groups"], found["example"]) == ([["kind"], []], False)
    assert (found["sources"], found["missing"]["uncounted"]) == (["某办〔2026〕1号"], "leave_out")
    assert "share" not in found["grades"][0]

    page = client.get(saved.url)
    assert {row.name for row in page.context["changes"]} >= {"服务", "事故", "泄密", "同类组"}
    assert len(page.context["trial"].rows) == 2
    done = client.post(url("activate_scheme", "small", 2))
    assert done.url == url("scheme", "small", 2)
    assert EvaluationScheme.objects.get(is_current=True).version == 2
    words = client.get(done.url).content.decode()
    assert "启用了评价办法" in words
    assert "突出机制" in words
    assert EvaluationRun.objects.get().scheme.version == 1


def test_what_is_refused_stands_at_its_field(client, scheme):
    cases = {
        "headings.0.weight": {"headings.0.weight": "60"},
        "headings.1.items.0.formula": {"headings.1.items.0.formula": "SRV-1 +"},
        "headings.0.items.2.formula": {"headings.0.items.2.name": "新指标"},
        "headings.0.items.2.weight": {"headings.0.items.2.name": "中试线",
                                      "headings.0.items.2.formula": "CON-05"},
        # the row before is dropped: the place in the definition is another, the field is not
        "headings.1.items.1.formula": {"headings.1.items.0.name": "",
                                       "headings.1.items.0.formula": "", "ties.0": "",
                                       "headings.1.items.1.formula": "ZZZ-99"},
        "vetoes.5.code": {"vetoes.5.name": "泄密"},
        "grades.1.minimum": {"grades.1.minimum": "90"},
        "groups.1": {"groups.1": "kind"},
        "ties.0": {"headings.1.items.0.name": "", "headings.1.items.0.formula": ""},
        "reason": {"reason": ""},
    }  # fmt: skip
    for field, values in cases.items():
        page = revise(client, scheme, **{"reason": "试试"} | values)

        assert page.status_code == 200, field
        assert list(page.context["form"].errors) == [field]
    assert EvaluationScheme.objects.count() == 1


def test_a_draft_is_edited_dropped_and_an_earlier_version_comes_back(client, scheme):
    revise(client, scheme, reason="一", flat_score="50")
    page = client.get(scheme.get_absolute_url()).content.decode()
    assert url("compare_scheme", "small", 2) in page
    second = EvaluationScheme.objects.get(version=2)
    revise(client, second, flat_score="40")
    assert EvaluationScheme.objects.get(version=2).definition["flat_score"] == 40
    client.post(url("drop_scheme", "small", 2))
    assert EvaluationScheme.objects.count() == 1

    revise(client, scheme, reason="二", flat_score="30")
    client.post(url("activate_scheme", "small", 2))
    refused = client.post(url("activate_scheme", "small", 1), follow=True)
    assert "理由" in refused.content.decode()
    client.post(url("activate_scheme", "small", 1), {"reason": "改回"})
    assert EvaluationScheme.objects.get(is_current=True).version == 1
    assert client.get(url("compare_scheme", "small", 2)).status_code == 200
    assert client.get(url("compare_scheme", "small", 1)).status_code == 403


def test_drafts_are_not_public(client, scheme, api):
    revise(client, scheme, reason="一", flat_score="50")
    visitor, city = Client(), signed_in(person(Role.GOVERNMENT, region=zhongshan()))

    assert visitor.get(url("scheme", "small", 2)).status_code == 404
    assert visitor.get(url("scheme", "small", 1)).status_code == 200
    assert "有草稿" not in visitor.get(url("schemes")).content.decode()
    assert city.get(url("scheme", "small", 2)).status_code == 200
    assert city.get(url("revise_scheme", "small", 2)).status_code == 403
    assert city.get(url("compare_scheme", "small", 2)).status_code == 403
    assert city.post(url("activate_scheme", "small", 2)).status_code == 403
    assert city.post(url("drop_scheme", "small", 2)).status_code == 403
    listed = api.get("/api/v1/evaluation-schemes/?slug=small").json()["results"]
    assert [(row["version"], row["is_draft"]) for row in listed] == [(1, False)]
    official = person(Role.GOVERNMENT, region=guangdong())
    with_token(api, official, Scope.REPORTS_READ)
    listed = api.get("/api/v1/evaluation-schemes/?slug=small").json()["results"]
    assert [(row["version"], row["reason"]) for row in listed] == [(2, "一"), (1, "")]


@pytest.mark.parametrize("count", [1, 3])
def test_a_version_and_its_comparison_take_the_same_queries(client, scheme, count):
    cycle = open_year()
    for _ in range(count):
        accepted(cycle)
    compute(a_run(cycle, scheme))
    revise(client, scheme, reason="一", flat_score="50")
    for name in ("scheme", "compare_scheme"):
        client.get(url(name, "small", 2))

    found = {}
    for name in ("scheme", "compare_scheme", "schemes"):
        args = () if name == "schemes" else ("small", 2)
        with CaptureQueriesContext(connection) as queries:
            client.get(url(name, *args))
        found[name] = len(queries)

    assert found == {"scheme": 9, "compare_scheme": 8, "schemes": 6}
