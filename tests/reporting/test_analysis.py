"""Analysis (G21): the numbers of groups, the way down, who sees what, the draft, REST."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from core.access import SYSTEM
from reporting.analysis import Question
from reporting.models import AnnualReport, PublicationSection, ReportValue
from reporting.selectors.analysis import answer_to, platform_lines
from taxonomy.models import Term
from tests.factories.accounts import OrganisationFactory, person
from tests.factories.evaluations import accepted, open_year
from tests.factories.platforms import PlatformFactory
from tests.factories.publications import frozen
from tests.factories.taxonomy import RegionFactory, TermFactory, chengdu, guangdong, zhongshan
from tests.reporting.conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indicators", "demo_mode")]
D = Decimal
PAGE = "/statistics/"


def guangzhou():
    return RegionFactory(code="440100", name="广州市", short_name="广州", level=2,
                         parent=guangdong(), pinyin_key="guang3zhou1")  # fmt: skip


def tianhe():
    return RegionFactory(code="440106", name="天河区", short_name="天河", level=3,
                         parent=guangzhou(), pinyin_key="tian1he2")  # fmt: skip


@pytest.fixture(scope="module")
def _world(catalogue):
    """a in 天河, b in 广州 itself, c in 中山. 2026: 5, 3 and 4 projects; 2025: a 2 and c 6; the
    report of d is not accepted."""
    base, poc = [
        TermFactory(code_list__slug="platform-kind", code=code, name=name, order=order)
        for order, (code, name) in enumerate((("base", "中试基地"), ("poc", "概念验证中心")))
    ]
    platforms = {
        "a": PlatformFactory(slug="a", name="甲平台", region=tianhe(), kind=base),
        "b": PlatformFactory(slug="b", name="乙平台", region=guangzhou(), kind=poc),
        "c": PlatformFactory(slug="c", name="丙平台", region=zhongshan(), kind=base),
    }
    before = open_year(year=2025)
    accepted(before, platforms["a"], SRV_02=2)
    accepted(before, platforms["c"], SRV_02=6)
    made = open_year(year=2026)
    accepted(made, platforms["a"], SRV_02=5, CON_03=200, CON_03a=50, BAS_06=True)
    accepted(made, platforms["b"], SRV_02=3, CON_03=100, CON_03a=100, BAS_06=False)
    accepted(made, platforms["c"], SRV_02=4, CON_03=None, CON_03a=50, BAS_06=True)
    report = accepted(made, PlatformFactory(slug="d", region=zhongshan()), SRV_02=100)
    AnnualReport.objects.filter(pk=report.pk).update(status="province")
    staff = person(Role.GOVERNMENT, region=guangdong())
    return {"platforms": platforms, "cycle": made, "staff": staff}


@pytest.fixture
def platforms(world):
    return world["platforms"]


@pytest.fixture
def cycle(world):
    return world["cycle"]


@pytest.fixture
def staff(world):
    return world["staff"]


def asked(cycle, code="SRV-02", user=SYSTEM, **values):
    question = Question(cycle=cycle, code=code, **{"region": guangdong()} | values)
    return answer_to(question, cycle.indicators.filter(code=code).first(), user=user)


def told(found):
    return {one.name: found.value(one.now) for one in found.groups}


def test_a_sum_by_city_with_last_year_beside(cycle):
    found = asked(cycle)

    assert [(one.code, one.now.total, one.now.middle, one.now.reports, one.now.accepted)
            for one in found.groups] == [
        ("440100", D(8), D("4.00"), 2, 2), ("442000", D(4), D("4.00"), 2, 1),
    ]  # fmt: skip
    assert [found.value(one.before) for one in found.groups] == [D(2), D(6)]
    assert [found.change(one) for one in found.groups] == [D(3), D(-2)]  # of a and of c
    assert (found.whole.now.total, found.whole.now.n, found.whole.now.share) == (D(12), 3, 75)
    assert (found.whole.pair.n, found.change(found.whole)) == (2, D(1))
    assert {year: one.total for year, one in found.years.items()} == {2025: D(8), 2026: D(12)}


def test_down_from_the_country_to_the_county(cycle):
    country = RegionFactory(code="000000", name="全国", short_name="全国", level=0, pinyin_key="q")

    assert told(asked(cycle, region=None)) == {"广东省": D(12)}
    assert told(asked(cycle, region=country)) == {"广东省": D(12)}
    inside = asked(cycle, region=guangzhou())
    assert told(inside) == {"天河区": D(5), "广州市（未分到下一级）": D(3)}
    assert told(asked(cycle, region=guangzhou(), own=True)) == {"广州市（未分到下一级）": D(3)}


def test_counties_without_a_city_stand_beside_the_cities(cycle):
    beijing = RegionFactory(code="110000", name="北京市", short_name="北京", pinyin_key="bei3jing1")
    district = RegionFactory(code="110101", name="东城区", short_name="东城", level=3,
                             parent=beijing, pinyin_key="dong1cheng2")  # fmt: skip
    accepted(cycle, PlatformFactory(region=district), SRV_02=7)

    assert told(asked(cycle, region=beijing)) == {"东城区": D(7)}


def test_by_kind_and_narrowed_to_one(cycle):
    assert told(asked(cycle, by="kind")) == {"中试基地": D(9), "概念验证中心": D(3), "未注明": None}
    narrowed = asked(cycle, by="kind").question.narrowed("base")
    assert (narrowed.by, narrowed.terms) == ("region", {"kind": "base"})
    assert told(asked(cycle, terms={"kind": "base"})) == {"广州市": D(5), "中山市": D(4)}


def test_a_kind_out_of_use_keeps_its_name(cycle, platforms):
    Term.objects.filter(pk=platforms["b"].kind_id).update(is_active=False)

    assert "概念验证中心" in told(asked(cycle, by="kind"))


def test_by_field_a_platform_counts_in_each_of_its_fields(cycle, platforms):
    one, two = (TermFactory(code=code, name=code) for code in ("新材料", "生物"))
    platforms["a"].fields.set([one, two])
    platforms["b"].fields.set([one])

    assert told(asked(cycle, by="field")) == {"新材料": D(8), "生物": D(5), "未注明": D(4)}
    assert told(asked(cycle, terms={"field": "新材料"})) == {"广州市": D(8)}
    assert told(asked(cycle, by="field", terms={"field": "生物"})) == {"新材料": D(5), "生物": D(5)}


def test_a_rate_is_made_of_the_sums_of_those_that_know_both(cycle):
    """c does not know the whole: (50 + 100) of (200 + 100), not the mean of 25 and 100."""
    found = asked(cycle, "CON-07")

    assert (found.whole.now.total, found.whole.now.n) == (D("50.00"), 2)
    assert told(found) == {"广州市": D("50.00"), "中山市": None}


def test_yes_is_counted(cycle):
    found = asked(cycle, "BAS-06")

    assert (found.whole.now.total, found.whole.now.n, found.whole.now.middle) == (D(2), 3, None)
    assert told(found) == {"广州市": D(1), "中山市": D(1)}
    assert found.measure.unit == "家"


def test_what_cannot_be_added_has_a_median_only(cycle):
    found = asked(cycle, "SRV-04")  # firms: several platforms may have served the same one

    assert (found.whole.now.total, found.whole.now.middle, found.value(found.whole.now)) == (
        None,
        D(4),
        D(4),
    )


def test_an_accepted_correction_counts_and_others_do_not(cycle, platforms):
    rows = ReportValue.objects.filter(indicator__code="SRV-02", report__cycle=cycle)
    agreed = {"correction": {"value": "9"}, "correction_reason": "漏计"}
    rows.filter(report__platform=platforms["a"]).update(correction_answer="accepted", **agreed)
    rows.filter(report__platform=platforms["b"]).update(correction_answer="declined", **agreed)

    assert told(asked(cycle)) == {"广州市": D(12), "中山市": D(4)}


def test_platforms_behind_a_number_have_last_years_value(cycle, platforms):
    question = Question(cycle=cycle, code="SRV-02", region=guangdong())
    measure = asked(cycle).measure
    rows = platform_lines(question, measure, user=SYSTEM)

    assert [(row.platform.slug, row.value, row.last) for row in rows] == [
        ("a", 5, 2), ("c", 4, 6), ("b", 3, None), ("d", None, None),
    ]  # fmt: skip


# pages


def lines(page):
    return {one.group.name: (one.value, one.url) for one in page.context["page"].lines}


def test_staff_go_down_to_the_report(cycle, staff, platforms):
    client = signed_in(staff)

    page = client.get(PAGE)  # the latest year and the own region without asking
    assert page.context["question"].cycle == cycle
    value, down = lines(page)["广州市"]
    assert value == D(8)
    value, platforms_url = lines(client.get(down))["天河区"]
    assert value == D(5)
    listed = client.get(platforms_url)
    report = AnnualReport.objects.get(platform=platforms["a"], cycle=cycle)
    assert [row.record for row in listed.context["table"].paginated_rows] == [report]
    assert f'href="{report.get_absolute_url()}"' in listed.content.decode()
    own = lines(client.get(down))["广州市（未分到下一级）"][1]
    assert [row.record.platform.slug for row in client.get(own).context["table"].rows] == ["b"]


def test_a_group_of_a_term_leads_to_its_regions(cycle, staff):
    client = signed_in(staff)

    url = lines(client.get(f"{PAGE}?by=kind"))["概念验证中心"][1]

    assert lines(client.get(url)) == {"广州市": (D(3), lines(client.get(url))["广州市"][1])}


@pytest.mark.parametrize(("by", "left"), [("kind", "d"), ("mode", "abcd"), ("level", "abcd")])
def test_what_nobody_stated_leads_to_its_platforms(cycle, staff, by, left):
    client = signed_in(staff)

    found = client.get(lines(client.get(f"{PAGE}?by={by}"))["未注明"][1]).context
    listed = client.get(f"{PAGE}platforms/?{found['question'].query}").context["table"].rows

    assert "".join(sorted(row.record.platform.slug for row in listed)) == left
    assert found["found"].whole.now.reports == len(left)


def test_staff_of_a_city_count_their_city(cycle):
    client = signed_in(person(Role.GOVERNMENT, region=zhongshan()))

    page = client.get(f"{PAGE}?region=440000&cycle={cycle.pk}&indicator=SRV-02")
    assert {name: value for name, (value, _url) in lines(page).items()} == {"中山市": D(4)}
    assert lines(client.get(PAGE)).keys() == {"中山市（未分到下一级）"}
    rows = client.get(f"{PAGE}platforms/?region=440000").context["table"].rows
    assert [row.record.platform.slug for row in rows] == ["c", "d"]


def test_staff_elsewhere_and_visitors_see_platforms_only(cycle):
    address = f"{PAGE}?region=440000&cycle={cycle.pk}&indicator=SRV-02"

    for client in (Client(), signed_in(person(Role.GOVERNMENT, region=chengdu()))):
        page = client.get(address)
        assert page.context["found"].measure is None
        assert {one.group.name: one.group.now.reports for one in page.context["page"].lines} == {
            "广州市": 2, "中山市": 2,
        }  # fmt: skip
        assert "中试服务项目" not in page.content.decode().partition("<main")[2]
    assert Client().get(f"{PAGE}platforms/").status_code == 302
    assert client.get(f"{PAGE}platforms/").status_code == 404


def test_operators_count_their_own_reports(cycle, platforms):
    operator = person(Role.OPERATOR, organisation=OrganisationFactory())
    type(platforms["c"]).objects.filter(pk=platforms["c"].pk).update(
        organisation=operator.organisations[0]
    )

    page = signed_in(operator).get(PAGE)

    assert {name: value for name, (value, _url) in lines(page).items()} == {"中山市": D(4)}
    assert page.context["found"].whole.now.reports == 1


def test_drafts_and_demonstration_are_no_public_platforms(cycle):
    PlatformFactory(region=zhongshan(), is_demo=True)
    PlatformFactory(region=zhongshan(), status="draft")

    page = Client().get(f"{PAGE}?by=kind&region=442000")

    counts = {one.group.name: one.group.now.reports for one in page.context["page"].lines}
    assert counts == {"中试基地": 1, "未注明": 1}
    assert page.context["found"].whole.now.reports == 2
    down = Client().get(page.context["page"].lines[-1].url)
    assert lines(down).keys() == {"中山市（未分到下一级）"}


def test_wrong_choices_are_told_and_do_not_narrow(cycle, staff):
    client = signed_in(staff)

    page = client.get(f"{PAGE}?region=999999&indicator=XXX-01&kind=none&by=mood&cycle={cycle.pk}")

    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {"region", "indicator", "kind", "by"}
    assert lines(page).keys() == {"广东省"}


def test_files_have_the_same_numbers(cycle, staff):
    client = signed_in(staff)

    sheet = client.get(f"{PAGE}?export=csv").content.decode().replace("\r", "").split("\n")
    assert sheet[1:4] == [
        "广州市,2,2,2,8,4.00,2,1,3", "中山市,2,1,1,4,4.00,6,1,-2", "全部,4,3,3,12,4.00,8,2,1",
    ]  # fmt: skip
    assert client.get(f"{PAGE}?export=xlsx")["Content-Type"].endswith("sheet")
    rows = client.get(f"{PAGE}platforms/?export=csv").content.decode().split("\n")
    assert rows[1].startswith("甲平台,天河区,中试基地,")
    public = Client().get(f"{PAGE}?export=csv").content.decode()
    assert "广州市,2" in public
    assert "已归档" not in public
    answers = client.get(f"{PAGE}platforms/?indicator=BAS-06&export=csv").content.decode()
    assert [line.split(",")[5] for line in answers.strip().split("\n")[1:]] == [
        "是",
        "是",
        "否",
        "",
    ]


@pytest.mark.parametrize("address", ["", "platforms/"])
def test_statements_do_not_grow_with_platforms(cycle, staff, address):
    client = signed_in(staff)
    client.get(f"{PAGE}{address}")
    counts = []
    for more in (0, 3):
        for _ in range(more):
            accepted(cycle, PlatformFactory(region=zhongshan()), SRV_02=1)
        with CaptureQueriesContext(connection) as found:
            client.get(f"{PAGE}{address}")
        counts.append(len(found))

    assert counts == [{"": 15, "platforms/": 14}[address]] * 2


# the draft


def test_the_draft_says_what_the_numbers_say(cycle, staff):
    draft = signed_in(staff).get(PAGE).context["draft"]

    assert draft == (
        "2026年，广东省应报平台 4 家，已归档年度报告 3 家，"
        "其中 3 家有“中试服务项目数（完成）”的数值。"
        "合计 12 项；两年都有数的 2 家比上年增长 12.5%。"
        "按地区看，广州市（8 项，占 67%）最高，其次是中山市（4 项，占 33%）。"
        "同一批平台中，比上年增加最多的是广州市（3 项），减少最多的是中山市（2 项）。"
        "还有 1 家的报告没有归档（中山市 1 家），未计入。"
    )


def test_the_draft_goes_to_a_chapter_being_written(cycle, staff):
    publication = frozen(staff, cycle=cycle)
    client = signed_in(staff)
    section = PublicationSection.objects.get(publication=publication, chapter="services")
    before = section.text
    draft = client.get(PAGE).context["draft"]

    done = client.post(f"{PAGE}draft/?cycle={cycle.pk}", {"section": section.pk})

    section.refresh_from_db()
    assert done.url == f"/manage/publications/{publication.pk}/chapters/services/"
    assert section.body == f"{before}\n\n{draft}"
    assert f'value="{section.pk}"' in client.get(PAGE).content.decode()
    other = signed_in(person(Role.GOVERNMENT, region=zhongshan()))
    refused = other.post(f"{PAGE}draft/?cycle={cycle.pk}", {"section": section.pk})
    assert refused.status_code == 404
    section.refresh_from_db()
    assert section.version == 1


# REST


def test_rest_tells_the_same(api, cycle, staff):
    api.force_authenticate(staff)

    found = api.get(f"/api/v1/statistics/?cycle={cycle.pk}&indicator=SRV-02&region=440000").json()

    assert (found["year"], found["method"], found["unit"]) == (2026, "sum", "项")
    groups = [(one["code"], one["now"], one["before"]) for one in found["groups"]]
    assert [(code, now["total"], before["total"]) for code, now, before in groups] == [
        ("440100", "8.0000", "2.0000"), ("442000", "4.0000", "6.0000"),
    ]  # fmt: skip
    assert [(one["year"], one["total"]) for one in found["years"]] == [
        (2025, "8.0000"), (2026, "12.0000"),
    ]  # fmt: skip


def test_rest_for_everybody_counts_platforms(api, cycle):
    found = api.get("/api/v1/statistics/?region=440000&by=kind").json()

    assert [(one["code"], one["now"]["reports"]) for one in found["groups"]] == [
        ("base", 2), ("poc", 1), ("", 1),
    ]  # fmt: skip
    assert (found["year"], found["years"]) == (None, [])
    for wrong in ("region=0", "by=mood", f"cycle={cycle.pk}"):
        assert api.get(f"/api/v1/statistics/?{wrong}").status_code == 400


def test_the_moment_is_told(cycle, staff):
    page = signed_in(staff).get(PAGE).content.decode()

    assert f"截至 <time>{timezone.localdate()}</time>" in page
    assert "只计已归档（审核通过）的" in page
