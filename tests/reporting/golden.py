"""A platform's year 2026, small enough to be counted by hand. What it must give: see EXPECTED."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from platforms.models import ChangeReport, FundingRecord, UsageLog
from reporting.models import AnnualReport, PlanTarget, ReportCycle, ReportValue
from reporting.services.compute import compute_reports
from reporting.services.filling import Typed, save_values
from tests.factories import cases as cf
from tests.factories import platforms as pf
from tests.factories.accounts import OrganisationFactory, UserFactory, make_uscc
from tests.factories.booking import BookingFactory
from tests.factories.demands import open_demand
from tests.factories.reporting import planned_cycle
from tests.factories.taxonomy import IndustryFactory, TermFactory, chengdu, guangdong, zhongshan
from tests.reporting.golden_register import make_lists, make_register

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2027, 1, 15, 10, tzinfo=SHANGHAI)
D = Decimal


def at(month: int, day: int, hour: float = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, int(hour), int(hour % 1 * 60), tzinfo=SHANGHAI)


def term(code_list: str, code: str) -> Any:
    return TermFactory(code_list__slug=code_list, code=code, name=code)


def make_platform() -> Any:
    platform = pf.PlatformFactory(
        organisation=OrganisationFactory(uscc=make_uscc(9001)),
        kind=term("platform-kind", "pilot-base"), build_type=term("build-type", "new"),
        host_type=term("host-type", "enterprise"), level=term("platform-level", "province"),
        operation_mode=term("operation-mode", "industry-academia"),
        governance=term("governance", "council"), floor_area_sqm=D("1200.50"),
    )  # fmt: skip
    platform.fields.set([term("field-data", "new-materials"), term("field-data", "biomedicine")])
    return platform


def make_resources(platform: Any) -> dict[str, Any]:
    """7 pieces worth 410万; 3 of them large (two domestic and open, one neither)."""
    equipment = pf.EquipmentFactory
    made = {
        "reactor": equipment(platform=platform, quantity=2, value_yuan=2_400_000,
                             origin="domestic", is_open=True, takes_bookings=True),
        "dryers": equipment(platform=platform, quantity=3, value_yuan=1_200_000,
                            origin="imported", is_open=True),
        "mill": equipment(platform=platform, quantity=1, value_yuan=500_000, origin="imported"),
        "unpriced": equipment(platform=platform, quantity=1, value_yuan=None),
    }  # fmt: skip
    equipment(platform=platform, quantity=9, value_yuan=9_000_000, status="draft")
    equipment(platform=platform, value_yuan=900_000, acquired_date=date(2027, 1, 2))
    pf.LineFactory(platform=platform, is_digital=True, is_open=True, takes_bookings=True)
    pf.LineFactory(platform=platform, takes_bookings=True)
    pf.LineFactory(platform=platform, kind="lab", is_open=True)
    pf.ExpertFactory(platform=platform, engagement_modes=["project"])
    pf.ExpertFactory(platform=platform, engagement_modes=["mentor", "station"])
    pf.ExpertFactory(platform=platform)
    return made


def make_offers(platform: Any) -> None:
    """Four listed capabilities: three priced, two confirmed within 180 days, one within 90."""
    chemicals, drugs = IndustryFactory(), IndustryFactory(code="27", name="医药制造业")
    first = pf.CapabilityFactory(
        platform=platform, price_model="fixed", confirmed_at=at(1, 10, year=2027), completeness=80,
        trl_low=4, trl_high=6, industry=chemicals, next_free_date=date(2027, 2, 1),
    )  # fmt: skip
    second = pf.CapabilityFactory(
        platform=platform, price_model="range", confirmed_at=at(9, 1), completeness=60, trl_low=5,
        trl_high=8, industry=chemicals,
    )  # fmt: skip
    third = pf.CapabilityFactory(
        platform=platform, price_model="negotiable", confirmed_at=at(1, 10), completeness=41,
        industry=drugs,
    )  # fmt: skip
    pf.CapabilityFactory(platform=platform, price_model="formula", completeness=20)
    pf.CapabilityFactory(platform=platform, price_model="fixed", completeness=99, status="draft")
    trial = term("service-type", "product-trial")
    first.service_types.set([trial, term("service-type", "tech-maturation")])
    second.service_types.set([trial])
    first.verification_types.set([term("verification-type", "process")])
    third.verification_types.set(
        [term("verification-type", "process"), term("verification-type", "production")]
    )


def project(
    platform: Any, enterprise: Any, asked: datetime, replied: datetime | None, **values: Any
) -> Any:
    due = values.pop("due", asked.replace(day=asked.day + 3))
    return cf.ProjectFactory(
        platform=platform, enterprise=enterprise, asked_at=asked, first_replied_at=replied,
        reply_due_at=due, **values,
    )  # fmt: skip


def outcome(made: Any, kind: str, day: date, **values: Any) -> None:
    answered = datetime.combine(day, datetime.min.time(), SHANGHAI)
    cf.confirmed(made, kind=kind, achieved_date=day, **{"status_changed_at": answered} | values)


def make_work(platform: Any) -> None:
    small = OrganisationFactory(size_class="small")
    small.qualifications.add(term("qualification", "srdi-sme"))
    far = OrganisationFactory(size_class="large", region=chengdu())
    university = OrganisationFactory(uscc="12" + make_uscc(9002)[2:])
    before = OrganisationFactory()
    closed = {"platform": platform, "status": "closed"}
    first = project(
        **closed, enterprise=small, asked=at(1, 5), replied=at(1, 5, 15), demand=demand(small),
        contract_date=date(2026, 2, 1), contract_amount_yuan=100_000,
        started_date=date(2026, 2, 10), promised_date=date(2026, 5, 1),
        delivered_date=date(2026, 4, 11),
    )  # fmt: skip
    outcome(first, "verified", date(2026, 4, 15), trl_before=4, trl_after=6, satisfaction=5)
    outcome(first, "produced", date(2026, 10, 1))
    follow(first)
    cf.receipt(
        first, amount_yuan=D("1500000"), received_date=date(2026, 3, 1), voucher_yuan=D("45000")
    )
    cf.receipt(
        first, amount_yuan=D("990000"), received_date=date(2025, 12, 31), voucher_yuan=D("30000")
    )
    cf.receipt(first, amount_yuan=D("880000"), received_date=date(2026, 3, 2), status="claimed",
               voucher_yuan=D("20000"))  # fmt: skip
    second = project(
        **closed, enterprise=small, asked=at(3, 6, 16), replied=at(3, 9, 10), due=at(3, 10, 16),
        contract_date=date(2026, 3, 20), contract_amount_yuan=200_000,
        started_date=date(2026, 4, 1), promised_date=date(2026, 4, 30),
        delivered_date=date(2026, 5, 11),
    )  # fmt: skip
    outcome(second, "verified", date(2026, 5, 20), trl_before=5, trl_after=6, satisfaction=4)
    third = project(
        **closed, enterprise=far, asked=at(5, 18, 10), replied=at(5, 20, 10), due=at(5, 20),
        contract_date=date(2026, 6, 1), contract_amount_yuan=D("333333.33"),
        started_date=date(2026, 7, 1), promised_date=date(2027, 1, 31),
        delivered_date=date(2026, 12, 31),
    )  # fmt: skip
    outcome(third, "launched", date(2026, 12, 31), satisfaction=3,
            status_changed_at=at(1, 5, year=2027))  # fmt: skip
    outcome(third, "produced", date(2026, 12, 31))
    fourth = project(
        **closed, enterprise=university, asked=at(12, 1, year=2025), replied=at(12, 1, year=2025),
        contract_date=date(2025, 12, 20), contract_amount_yuan=70_000,
        started_date=date(2025, 12, 25), promised_date=date(2026, 1, 15),
        delivered_date=date(2026, 1, 20),
    )  # fmt: skip
    outcome(fourth, "failed", date(2026, 1, 25))
    make_more(platform, small)
    own = project(
        **closed, enterprise=platform.organisation, asked=at(4, 1), replied=at(4, 1, 9.5),
        contract_date=date(2026, 4, 4), contract_amount_yuan=60_000,
        started_date=date(2026, 6, 1), promised_date=date(2026, 6, 6),
        delivered_date=date(2026, 6, 6),
    )  # fmt: skip
    outcome(own, "verified", date(2026, 6, 7))
    cf.receipt(own, amount_yuan=D("500000"), received_date=date(2026, 12, 31))
    old = project(
        **closed, enterprise=before, asked=at(1, 5, year=2025), replied=at(1, 5, year=2025),
        contract_date=date(2025, 2, 1), delivered_date=date(2025, 6, 1),
    )  # fmt: skip
    outcome(old, "verified", date(2025, 6, 10))


def follow(made: Any) -> None:
    """What came of mass production: one firm founded on two results, money in yuan."""
    day = date(2026, 11, 1)
    outcome(made, "handed", day, party_name="代工厂")
    outcome(made, "founded", day, party_name="甲新材料有限公司")
    outcome(made, "founded", day, party_name="甲新材料有限公司")
    outcome(made, "invested", day, party_name="产业基金", amount_yuan=D("3000000"))
    outcome(made, "licensed", day, document_number="2026-1", amount_yuan=D("123456.78"))
    outcome(made, "sold", day, amount_yuan=D("450000"))
    outcome(made, "sold", date(2026, 12, 1), amount_yuan=D("50000"))


def make_more(platform: Any, small: Any) -> None:
    """Work under way, talks, refusals: they count for some numbers and not for others."""
    project(platform, OrganisationFactory(), at(7, 1), at(7, 1, 10), status="piloting",
            contract_date=date(2026, 8, 8), contract_amount_yuan=50_000)  # fmt: skip
    silent = OrganisationFactory()
    project(platform, silent, at(9, 1), None, status="cancelled", demand=demand(silent))
    project(platform, small, at(10, 12), at(10, 12, 12), status="declined", demand=demand(small))
    unconfirmed = project(
        platform, OrganisationFactory(), at(10, 13), at(10, 13, 10), status="delivered",
        contract_date=date(2026, 10, 20), contract_amount_yuan=10_000,
        started_date=date(2026, 11, 1), delivered_date=date(2026, 11, 11),
    )  # fmt: skip
    cf.OutcomeFactory(project=unconfirmed, kind="verified", achieved_date=date(2026, 11, 12))
    project(platform, OrganisationFactory(), at(12, 1), at(12, 1, 13), status="in_talks")


def demand(organisation: Any) -> Any:
    return open_demand(organisation=organisation)


def make_records(platform: Any, made: dict[str, Any]) -> None:
    """450.5 hours on large instruments, 150 of them for others; money; changes; a case."""
    for name, start, hours, external, source in (
        ("reactor", at(3, 1), "100", True, "entered"),
        ("reactor", at(4, 1), "300.5", False, "entered"),
        ("mill", at(5, 1), "50", True, "api"),
        ("dryers", at(6, 1), "10", True, "api"),
        ("reactor", at(6, 1, year=2025), "700", True, "api"),
    ):
        UsageLog.objects.create(
            equipment=made[name], start_at=start, hours=D(hours), is_external=external,
            source=source,
        )  # fmt: skip
    for level, fund, year, amount in (
        ("province", "省中试专项", 2026, "3000000"),
        ("city", "市创新券", 2026, "505550"),
        ("city", "市创新券", 2025, "999999"),
    ):
        FundingRecord.objects.create(
            platform=platform, level=level, kind="build", fund=fund, year=year,
            amount_yuan=D(amount),
        )  # fmt: skip
    for status in ("accepted", "asked"):
        ChangeReport.objects.create(
            platform=platform, kind="leader", happened_date=date(2026, 8, 1), note="负责人变更",
            status=status,
        )  # fmt: skip
    make_bookings(made["reactor"])
    cf.published_case(platform=platform, published_at=at(7, 1))
    cf.published_case(platform=platform, published_at=at(7, 1, year=2025))


def make_bookings(equipment: Any) -> None:
    """Five asked for in the year, four of them accepted, whatever came of that."""
    for place, status in enumerate(("used", "accepted", "withdrawn", "not_used", "declined")):
        day = at(12, 20 + place)
        BookingFactory(
            equipment=equipment, status=status, start_at=day, asked_at=at(12, 31),
            accepted_at=None if status == "declined" else at(1, 2, year=2027),
        )  # fmt: skip
    later = {"equipment": equipment, "asked_at": at(1, 1, year=2027), "accepted_at": NOW}
    BookingFactory(**later, status="withdrawn")
    BookingFactory(equipment=equipment, status="blocked", organisation=None, asked_at=at(6, 1))


TYPED = {
    "FIN-01": "400", "FIN-01a": "100", "FIN-06": "320",
    "TAL-02": "40", "TAL-02a": "30", "SHR-05a": "4",
    "SAF-03a": "4", "SAF-03b": "3", "PLN-04a": "0", "PLN-04b": "5",
}  # fmt: skip

# every computed or derived indicator of part A, counted by hand; the reasons stand above
EXPECTED: dict[str, Any] = {
    "BAS-01": make_uscc(9001), "BAS-02": "pilot-base", "BAS-03": "new", "BAS-04": "enterprise",
    "BAS-09": True, "BAS-12": "province", "BAS-13": ["biomedicine", "new-materials"],
    "CON-02": D(7), "CON-03": D("410.00"), "CON-03a": D("240.00"), "CON-04": D(3), "CON-05": D(2),
    "CON-07": D("58.54"), "CON-10a": D("350.56"),
    "CON-10": [
        {"level": "省级", "fund": "省中试专项", "year": 2026, "amount": "300.00"},
        {"level": "市级", "fund": "市创新券", "year": 2026, "amount": "50.56"},
    ],
    "TAL-03": D("75.00"), "TAL-05": D(2), "TAL-06": D(2),
    "CAP-01": D(2), "CAP-02": D(2), "CAP-03": ["process", "production"], "CAP-04": "TRL 4–8",
    "CAP-06": D("50.25"), "CAP-07": D("75.00"), "CAP-07a": D(3), "CAP-07b": D(4), "CAP-08a": D(2),
    "CAP-08b": D(4), "CAP-08": D("50.00"), "CAP-09": D(2),
    "SRV-01": D(6), "SRV-02": D(5), "SRV-02T": D(6), "SRV-03": D(4), "SRV-04": D(3),
    "SRV-04T": D(4), "SRV-05": D(1), "SRV-06": D(1), "SRV-07": D(4), "SRV-08": D(1),
    "SRV-10": D(1), "SRV-11": D("75.33"), "SRV-12": D("200.00"), "SRV-12a": D("150.00"),
    "SRV-13": D("75.00"),
    "SRV-14": D("54.00"),  # (60 + 40 + 183 + 26 + 10 + 5) / 6
    "SRV-15": D("60.00"), "SRV-16": D("4.50"),
    "SRV-17": D("3.50"),  # 0.5 1 1 3 | 4 6 18 48; a weekend between Friday 16:00 and Monday 10:00
    "SRV-18": D("77.78"), "SRV-19": D("33.33"), "SRV-20": D("85.71"), "SRV-21": D("4.50"),
    "SRV-23": D(1),
    "SHR-01a": D(2), "SHR-01": D("66.67"), "SHR-02a": D("450.50"), "SHR-03a": D("150.00"),
    "SHR-02": D("150.17"), "SHR-03": D("50.00"), "SHR-04": D("33.30"), "SHR-05": D("75.00"),
    "SHR-06": D(4), "SHR-06a": D(5), "SHR-07": D("80.00"), "SHR-08": D("25.00"),
    "SHR-09": D(1),
    "TRF-01": D(3), "TRF-01T": D(4), "TRF-02": D(2), "TRF-02T": D(2), "TRF-02a": D(1),
    "TRF-03": D("25.00"), "TRF-04": D(1), "TRF-12": D("1.50"), "TRF-13": D("50.00"),
    "TRF-07": D(1), "TRF-08": D("300.00"), "TRF-09": D("12.35"), "TRF-11": D("50.00"),
    "TRF-14": D(1), "TRF-05": D(1), "TRF-10": D(2), "TRF-10a": D(3),
    "FIN-02": D("50.00"), "FIN-05": D("25.00"), "FIN-07": D("125.00"), "FIN-08": D("4878.05"),
    "SAF-03": D("75.00"), "DIG-01a": D(2), "DIG-01": D("28.57"),
    "ECO-01": D(1), "ECO-02": D(1), "ECO-03": D(1), "ECO-05": D(1), "ECO-06": D(2),
    "PLN-01": None,
    "PLN-02": [{"code": "SRV-02", "name": "中试服务项目数（完成）", "target": "10", "unit": "项",
                "actual": "5", "percent": "50"}],
    "PLN-04": None,  # nothing was planned: division by zero
    "PLN-05": [{"kind": "负责人变更", "date": "2026-08-01", "note": "负责人变更"}],
}  # fmt: skip
PREFILLED = {
    "BAS-05": ["industry-academia"], "BAS-07": "council", "CON-01": D("1200.50"), "CON-06": D(1),
}  # fmt: skip


def earlier_report(platform: Any, year: int) -> AnnualReport:
    cycle = planned_cycle(year=year, opens_date=date(year, 12, 1), due_date=date(year + 1, 3, 1))
    return AnnualReport.objects.create(cycle=cycle, platform=platform, chain=["province"])


def golden_report() -> AnnualReport:
    """The platform's report of 2026, computed and filled in."""
    zhongshan(), guangdong()
    platform = make_platform()
    made = make_resources(platform)
    make_offers(platform)
    make_work(platform)
    make_records(platform, made)
    make_register(platform)
    make_lists(platform)
    old = earlier_report(platform, 2024)
    verified = old.cycle.indicators.get(code="TRF-01")
    ReportValue.objects.create(report=old, indicator=verified, fill="C", number=8)
    PlanTarget.objects.create(report=earlier_report(platform, 2025), code="SRV-02", target=10)
    cycle = planned_cycle(due_date=date(2027, 3, 31))
    ReportCycle.objects.filter(pk=cycle.pk).update(status="open")
    report = AnnualReport.objects.create(cycle=cycle, platform=platform, chain=["city"])
    rows = AnnualReport.objects.filter(pk=report.pk)
    compute_reports(cycle=cycle, reports=rows, now=NOW)
    typed = [Typed(code, raw) for code, raw in TYPED.items()]
    # what somebody typed counts for the burden meter, so a person types it
    actor = UserFactory()
    saved = save_values(actor=_owner(actor, platform), report=report, typed=typed, now=NOW)
    assert saved.is_clean, saved
    return rows.select_related("cycle__region", "platform__organisation").get()


def _owner(user: Any, platform: Any) -> Any:
    from accounts.enums import Role
    from accounts.models import User
    from tests.factories.accounts import RoleAssignmentFactory

    RoleAssignmentFactory(user=user, role=Role.OPERATOR, organisation=platform.organisation)
    return User.objects.get(pk=user.pk)
