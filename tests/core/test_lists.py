"""The one list page and what it exports."""

import csv
import io

import pytest
from openpyxl import load_workbook

from core.lists import safe_cell


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_safe_cell_disarms_formulas(value):
    assert safe_cell(value) == "'" + value


@pytest.mark.parametrize(("value", "cell"), [("中试", "中试"), (3, 3), (None, "")])
def test_safe_cell_leaves_the_rest(value, cell):
    assert safe_cell(value) == cell


@pytest.fixture
def listing(rf):
    import django_tables2
    from django.http import QueryDict

    from taxonomy.models import CodeList

    class Table(django_tables2.Table):
        slug = django_tables2.Column("标识")
        name = django_tables2.Column("名称")

    for number in range(3):
        CodeList.objects.create(slug=f"list-{number}", name=f"=表{number}", source="x", edition="1")

    def call(query: str):
        from core.lists import list_page

        request = rf.get(f"/?{query}")
        request.GET = QueryDict(query)
        return list_page(
            request,
            queryset=CodeList.objects.order_by("slug"),
            table_class=Table,
            template="errors/404.html",
            export_name="代码表",
        )

    return call


@pytest.mark.django_db
def test_list_page_exports_csv_for_excel(listing):
    response = listing("export=csv&sort=-slug")

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows == [["标识", "名称"], ["list-2", "'=表2"], ["list-1", "'=表1"], ["list-0", "'=表0"]]
    assert response.content.startswith(b"\xef\xbb\xbf")


@pytest.mark.django_db
def test_list_page_exports_xlsx(listing):
    response = listing("export=xlsx")

    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[1]] == ["标识", "名称"]
    assert sheet.max_row == 4


@pytest.mark.django_db
def test_exported_sheet_opens_readable(listing):
    response = listing("export=xlsx")

    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet.freeze_panes == "A2"
    assert [cell.font.bold for cell in (sheet["A1"], sheet["A2"])] == [True, False]
    assert sheet.column_dimensions["A"].width == len("list-0") + 2
    assert sheet.column_dimensions["B"].width == 8


def test_a_ticked_box_is_named_by_its_label_alone(rf):
    import django_filters
    from django import forms
    from django.http import QueryDict

    from core.lists import active_filters
    from taxonomy.models import CodeList

    class Filter(django_filters.FilterSet):
        late = django_filters.BooleanFilter(
            field_name="slug", label="只看逾期", widget=forms.CheckboxInput
        )
        kind = django_filters.ChoiceFilter(field_name="slug", label="类别", choices=[("a", "甲")])

    request = rf.get("/")
    request.GET = QueryDict("late=on&kind=a&page=2")

    assert active_filters(request, Filter(request.GET, CodeList.objects.all())) == [
        {"label": "", "value": "只看逾期", "query": "kind=a"},
        {"label": "类别", "value": "甲", "query": "late=on"},
    ]


@pytest.mark.django_db
def test_total_over_many_rows_is_kept(monkeypatch, django_assert_num_queries):
    import django_tables2

    from core.counts import KeptPaginator
    from taxonomy.models import CodeList

    class Table(django_tables2.Table):
        slug = django_tables2.Column("标识")

    monkeypatch.setattr("core.counts.MANY_ROWS", 2)
    for number in range(2):
        CodeList.objects.create(slug=f"kept-{number}", name="表", source="x", edition="1")
    rows = CodeList.objects.filter(slug__startswith="kept-")

    assert KeptPaginator(Table(rows).rows, 20).count == 2
    CodeList.objects.create(slug="kept-2", name="表", source="x", edition="1")
    with django_assert_num_queries(0):
        assert KeptPaginator(Table(rows.all()).rows, 20).count == 2


@pytest.mark.django_db
@pytest.mark.parametrize("page", [1, 2, 3])
def test_a_long_list_reads_the_rows_of_its_page_alone(monkeypatch, page):
    import django_tables2
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from core.counts import KeptPaginator
    from taxonomy.models import CodeList

    class Table(django_tables2.Table):
        slug = django_tables2.Column("标识")

    slugs = [f"long-{number}" for number in range(5)]
    for slug in slugs:
        CodeList.objects.create(slug=slug, name="表", source="x", edition="1")
    rows = CodeList.objects.filter(slug__startswith="long-").order_by("-slug")
    short = KeptPaginator(Table(rows).rows, 2).page(page)
    monkeypatch.setattr("core.counts.LONG_ROWS", 5)

    with CaptureQueriesContext(connection) as queries:
        found = KeptPaginator(Table(rows).rows, 2).page(page)
        shown = [row.record.slug for row in found.object_list]

    assert shown == slugs[::-1][2 * page - 2 : 2 * page]
    assert shown == [row.record.slug for row in short.object_list]
    assert len(queries) == 3
    assert found.has_next() == (page < 3)


@pytest.mark.django_db
def test_a_facet_of_too_many_choices_waits_for_the_wider_one(monkeypatch, rf):
    from typing import ClassVar

    from django.http import QueryDict

    from core.filters import FacetedFilterSet, ValuesFilter
    from taxonomy.models import CodeList

    class Filter(FacetedFilterSet):
        facets: ClassVar = ("source", "name")
        within: ClassVar = {"name": "source"}
        source = ValuesFilter(field_name="source", label="来源")
        name = ValuesFilter(field_name="name", label="名称")

    def offered(query: str) -> dict[str, list[str]]:
        facets = Filter(QueryDict(query), CodeList.objects.filter(edition="f")).facet_list
        return {facet.name: [choice.value for choice in facet.choices] for facet in facets}

    for number, source in enumerate("甲甲甲乙"):
        CodeList.objects.create(slug=f"f{number}", name=f"名{number}", source=source, edition="f")
    monkeypatch.setattr("core.filters.MANY_CHOICES", 3)

    assert offered("") == {"source": ["甲", "乙"]}
    assert offered("source=甲") == {"source": ["甲", "乙"], "name": ["名0", "名1", "名2"]}
    assert offered("name=名3")["name"] == ["名0", "名1", "名2", "名3"]
    assert offered("source=丙")["source"] == ["甲", "乙", "丙"]


@pytest.mark.django_db
def test_facets_that_count_the_same_groups_keep_counts_of_their_own(monkeypatch):
    from typing import ClassVar

    from django.http import QueryDict

    from core.filters import FacetedFilterSet, ValuesFilter
    from taxonomy.models import CodeList

    class Initials(ValuesFilter):
        def told(self, value: str) -> str:
            return value[:1]

        def filter(self, qs, value):
            return qs.filter(source__startswith=value[0]) if value else qs

    class Filter(FacetedFilterSet):
        facets: ClassVar = ("initial", "source")
        initial = Initials(field_name="source", label="姓")
        source = ValuesFilter(field_name="source", label="来源")

    def offered(query: str) -> dict[str, dict[str, int]]:
        facets = Filter(QueryDict(query), CodeList.objects.filter(edition="k")).facet_list
        return {facet.name: {c.value: c.count for c in facet.choices} for facet in facets}

    for number, source in enumerate(["甲一", "甲一", "甲二", "乙一"]):
        CodeList.objects.create(slug=f"k{number}", name="表", source=source, edition="k")
    monkeypatch.setattr("core.counts.MANY_ROWS", 1)

    both = {"initial": {"甲": 3, "乙": 1}, "source": {"甲一": 2, "甲二": 1, "乙一": 1}}
    assert offered("") == both
    assert offered("initial=甲")["initial"] == both["initial"]
    assert offered("source=甲一")["source"] == both["source"]
    assert offered("initial=甲&source=甲一")["source"] == {"甲一": 2, "甲二": 1}


def test_a_long_facet_unfolds_and_is_escaped():
    from core.filters import Facet, FacetChoice
    from core.templatetags.portal_format import facet_choices

    choices = [FacetChoice(str(n), "<b>", n, is_active=n == 1) for n in range(9)]
    html = facet_choices(Facet("kind", "类别", choices), "checkbox")

    assert html.count("<label>") == html.count("&lt;b&gt;") == 9
    assert html.count(" checked") == 1
    assert '<details class="facet-more"><summary>更多类别</summary>' in html
    assert html.index('value="7"') < html.index("<details") < html.index('value="8"')
    assert "details" not in facet_choices(Facet("kind", "类别", choices[:8]), "checkbox")


def test_rows_of_a_long_table_are_escaped_and_say_what_is_empty():
    from core.templatetags.portal_format import table_rows

    assert table_rows(["名称", "数", "注"], [("<b>", 3, ""), ("乙", "", None)], [1]) == (
        '<tr><th scope="row">&lt;b&gt;</th><td data-label="数" class="num">3</td>'
        '<td data-label="注" class="small">—</td></tr>'
        '<tr><th scope="row">乙</th><td data-label="数" class="num">—</td>'
        '<td data-label="注" class="small">—</td></tr>'
    )
