"""The facets of the public list, and how the kernel counts them."""

import pytest
from django.http import QueryDict

from demands.enums import DemandStatus
from demands.filters import DemandFilter
from demands.models import Demand
from tests.factories.demands import open_demand
from tests.factories.taxonomy import CodeListFactory, TermFactory, chengdu, guangdong, zhongshan


@pytest.fixture
def lists(db):
    """The list entries that the demands below use."""
    for slug, code, name in (("stage", "lab", "小试"), ("trl", "4", "实验室验证")):
        TermFactory(code_list=CodeListFactory(slug=slug), code=code, name=name)
    service = CodeListFactory(slug="service-type")
    return [
        TermFactory(code_list=service, code="trial", name="产品试制"),
        TermFactory(code_list=service, code="test", name="检验检测"),
    ]


def counts(query=""):
    filterset = DemandFilter(QueryDict(query), queryset=Demand.objects.public().for_list())
    assert filterset.is_valid(), filterset.errors
    return {
        facet.name: {choice.value: choice.count for choice in facet.choices}
        for facet in filterset.facet_list
    }


def test_each_facet_counts_rows_once(lists):
    one = open_demand(region=zhongshan(), trl_current=4, budget_text="60万元")
    one.service_types.set(lists)
    open_demand(region=guangdong())
    open_demand(region=chengdu(), status=DemandStatus.FULFILLED).service_types.add(lists[0])

    assert counts() == {
        "progress": {"open": 2, "closed": 1},
        "field": {"new-materials": 3},
        "region": {"440000": 2, "510000": 1},
        "stage": {},
        "trl": {"4": 1},
        "service": {"trial": 2, "test": 1},
        "budget": {"yes": 1, "no": 2},
    }


def test_a_facet_counts_under_all_other_filters(lists):
    open_demand(region=zhongshan()).service_types.set(lists)
    open_demand(region=chengdu()).service_types.add(lists[0])

    found = counts("region=440000&service=trial&service=test")

    assert found["region"] == {"440000": 1, "510000": 1}
    assert found["service"] == {"trial": 1, "test": 1}
    assert found["progress"] == {"open": 1}


def test_counts_over_many_rows_are_kept(lists, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("core.counts.MANY_ROWS", 2)
    far = chengdu()  # before the provinces are cached
    open_demand(trl_current=4)
    open_demand(trl_current=4)
    first = counts()

    with django_assert_num_queries(1):  # of services asked for there are none to keep
        assert counts() == first
    open_demand(region=far)
    assert counts("region=510000")["field"] == {"new-materials": 1}
