"""Bodies that must enter the register, and which have (G01, PRT-01)."""

import pytest

from accounts.enums import Role, Scope
from core.errors import DomainError, Refused
from platforms import services
from platforms.models import FundedBody
from platforms.selectors.coverage import coverage_of
from reporting.queries.portal import READERS, Moment
from tests.factories.accounts import make_uscc, person, with_token
from tests.factories.platforms import PlatformFactory
from tests.factories.taxonomy import CodeListFactory, TermFactory, guangdong

CODES = [make_uscc(9_000_000 + number) for number in range(3)]
TOLD = {"fund": "中试专项", "source": "来函〔2026〕1号"}


@pytest.fixture
def basis(db):
    codes = CodeListFactory(slug="inclusion-basis", name="纳入依据", source="某办法第六条")
    return TermFactory(code_list=codes, code="fiscal-subsidy", name="财政资金补助")


@pytest.fixture
def record(basis, now):
    def write(actor, *rows, **values):
        facts = {"basis": basis, **TOLD} | values
        return services.record_bodies(actor=actor, rows=rows, now=now, **facts)

    return write


def test_staff_of_the_region_read_the_list_over_rest(api, staff, operator, other_staff, record):
    record(staff, ("甲院", CODES[0]), ("乙院", CODES[1]))
    PlatformFactory(organisation__uscc=CODES[1], status="published")
    path = "/api/v1/coverage/"

    with_token(api, staff, Scope.PLATFORMS_READ)
    (missing,) = api.get(f"{path}?state=no").json()["results"]
    entered = api.get(f"{path}{CODES[1]}/").json()

    assert (missing["name"], missing["is_entered"], missing["platform"]) == ("甲院", False, None)
    assert entered["is_entered"] is True
    for nobody in (operator, other_staff):
        with_token(api, nobody, Scope.PLATFORMS_READ)
        assert api.get(path).json()["count"] == 0
    with_token(api, staff, Scope.DEMANDS_READ)
    assert api.get(path).status_code == 403
    api.credentials()
    assert api.get(path).status_code in {401, 403}


def test_bodies_are_recorded_once_in_the_region_of_their_code(staff, operator, record):
    with pytest.raises(Refused):
        record(operator, ("甲院", CODES[0]))
    voluntary = TermFactory(code_list_id="inclusion-basis", code="voluntary", name="自愿纳入")
    for rows, field, values in (
        ([("甲院", CODES[0]), ("乙院", CODES[1][:-1] + "0")], "rows", {}),
        ([("", CODES[0])], "rows", {}),
        ([("甲院", CODES[0])], "basis", {"basis": voluntary}),
        ([("甲院", CODES[0])], "source", {"source": ""}),
        ([("甲院", CODES[0])] * 501, "rows", {}),
    ):
        with pytest.raises(DomainError) as error:
            record(staff, *rows, **values)
        assert error.value.field == field
    assert not FundedBody.objects.exists()

    first = record(staff, ("甲院", CODES[0]), ("甲院", CODES[0]))
    again = record(staff, ("甲院", CODES[0]), ("乙院", CODES[1].lower()))

    assert (first.created, first.repeated) == (1, 1)
    assert (again.created, again.repeated) == (1, 1)
    assert set(FundedBody.objects.values_list("name", "region")) == {
        ("甲院", "442000"), ("乙院", "442000"),
    }  # fmt: skip


def test_who_stands_elsewhere_is_kept_by_who_recorded_it(other_staff, record):
    record(other_staff, ("甲院", CODES[0]))

    assert FundedBody.objects.get().region_id == "510100"


def test_a_body_has_entered_once_its_platform_is_published(staff, platform, record, now):
    reader, moment = READERS["portal.missing_bodies"], Moment(now)
    assert reader(moment).value is None
    draft = PlatformFactory(status="draft")
    record(
        staff, ("甲院", platform.organisation.uscc), ("乙院", draft.organisation.uscc),
        ("丙院", CODES[0]),
    )  # fmt: skip

    found = coverage_of(FundedBody.objects.all())

    assert (found.total, found.entered, str(found.percent)) == (3, 1, "33.3")
    shown = reader(moment)
    assert shown.value == 2
    assert shown.detail["rows"][-1] == {"name": "纳入率", "value": "33.3%"}
    assert reader(Moment(now, is_demo=True)).value is None


def test_striking_says_why(staff, other_staff, record, now):
    record(staff, ("甲院", CODES[0]))
    body = FundedBody.objects.get()
    with pytest.raises(Refused):
        services.strike_body(actor=other_staff, body=body, reason="重复", now=now)
    with pytest.raises(DomainError) as error:
        services.strike_body(actor=staff, body=body, reason=" ", now=now)
    assert error.value.field == "reason"
    assert FundedBody.objects.exists()

    services.strike_body(actor=staff, body=body, reason="不是中试机构", now=now)

    assert not FundedBody.objects.exists()


def test_the_list_in_pages(sign_in, staff, other_staff, operator, platform, basis):
    client = sign_in(staff)
    pasted = f"甲院\t{platform.organisation.uscc}\n青 院，{CODES[0]}\n"
    sent = {"basis": basis.pk, **TOLD}
    assert (
        "第 1 行：请写名称"
        in client.post("/coverage/new/", sent | {"rows": "甲院"}).content.decode()
    )
    assert (
        "第 1 行"
        in client.post("/coverage/new/", sent | {"rows": f"甲院 {CODES[0][:-1]}"}).content.decode()
    )

    page = client.post("/coverage/new/", sent | {"rows": pasted}, follow=True).content.decode()

    assert "已登记 2 家" in page
    assert page.index("青 院") < page.index(platform.name)  # who has not entered stands first
    assert "50.0" in page
    assert "根据某办法第六条，财政资金补助的中试机构统一纳入平台管理" in page
    assert f"统一社会信用代码 {CODES[0]}" in page
    assert client.get("/coverage/?state=no").context["total"] == 1
    assert client.get("/coverage/?q=甲院").context["total"] == 1
    assert platform.name in client.get("/coverage/?export=csv").content.decode()
    assert sign_in(person(Role.GOVERNMENT, region=guangdong())).get(
        "/coverage/"
    ).context["total"] == 2  # fmt: skip
    assert sign_in(other_staff).get("/coverage/").context["total"] == 0
    body = FundedBody.objects.get(uscc=CODES[0])
    assert client.post(f"/coverage/{body.pk}/strike/", {"reason": "x"}).status_code == 404
    assert sign_in(operator).get("/coverage/").status_code == 403
    sign_in(staff).post(f"/coverage/{body.pk}/strike/", {"reason": "重复"})
    assert FundedBody.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    sign_in, staff, record, count, django_assert_num_queries
):
    record(staff, *(("甲院", code) for code in CODES[:count]))
    client = sign_in(staff)
    client.get("/coverage/")

    with django_assert_num_queries(8):
        client.get("/coverage/")
