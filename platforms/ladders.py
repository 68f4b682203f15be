"""What a ladder asks of an application: its path, and the self-check against the criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from core.files import files_of
from core.templatetags.portal_format import plain
from platforms.enums import ApplicationStatus as A
from platforms.enums import BuildType, FundingKind, GovernmentLevel
from platforms.models import (
    Application,
    FundingRecord,
    Platform,
    Scheme,
    SubsidyPlan,
    SubsidyYear,
)
from taxonomy.models import RegionLevel

WAN = Decimal(10_000)
STAGES = (A.COUNTY, A.CITY, A.PROVINCE, A.EXPERTS, A.SITE, A.PUBLICITY, A.DECISION)
REVIEW_LEVELS = {A.COUNTY: RegionLevel.COUNTY, A.CITY: RegionLevel.CITY}


def path_of(scheme: Scheme, build_type: str, region_level: int) -> list[str]:
    """The stages an application goes through, in the order of the ladder.

    A review below the place of the platform is left out: 东莞 and 中山 have no counties. Steps
    that the build type skips are left out too (G16).
    """
    found: list[str] = []
    for step in scheme.steps:
        if build_type and build_type in step.get("skipped_for", []):
            continue
        for stage in step["stages"]:
            level = REVIEW_LEVELS.get(stage)
            is_out_of_reach = level is not None and region_level < level
            if stage in STAGES and not is_out_of_reach and stage not in found:
                found.append(str(stage))
    return found if A.DECISION in found else [*found, str(A.DECISION)]


def needs_building(scheme: Scheme, build_type: str) -> bool:
    """Whether the platform is built and accepted before it enters the roster."""
    return any(
        "acceptance" in step["stages"] and build_type not in step.get("skipped_for", [])
        for step in scheme.steps
    )


def bid_types(scheme: Scheme) -> list[str]:
    """Build types a bid may have: those that are built, or all where the ladder builds none."""
    return [t for t in scheme.build_types if needs_building(scheme, t)] or scheme.build_types


def has_stage(scheme: Scheme, build_type: str, stage: str) -> bool:
    """Whether the ladder holds `stage` for this build type."""
    return any(
        stage in step["stages"] and build_type not in step.get("skipped_for", [])
        for step in scheme.steps
    )


def stage_months(scheme: Scheme, build_type: str, stage: str) -> int | None:
    """Months after the recognition within which `stage` is due; None where the ladder is silent."""
    rows = (row for row in scheme.steps if stage in row["stages"])
    found = (row.get("months") for row in rows if build_type not in row.get("skipped_for", []))
    return next((months for months in found if months), None)


def stage_workdays(scheme: Scheme, status: str) -> int | None:
    """Working days that the ladder gives for a stage; for a returned one, to mend it (`apply`)."""
    stage = "apply" if status == A.RETURNED else status
    found = (row.get("workdays") for row in scheme.steps if stage in row["stages"])
    return next((days for days in found if days), None)


def step_rows(scheme: Scheme, build_type: str = "") -> list[dict[str, Any]]:
    """Steps for people: name, who takes it, whether no document says so."""
    actors = {
        "platform": "申报单位", "county": "县区主管部门", "city": "市主管部门",
        "province": "省主管部门", "reviewer": "专家或第三方",
    }  # fmt: skip
    return [
        {
            "name": step["name"],
            "actor": actors.get(step["actor"], step["actor"]),
            "is_example": step.get("example", False),
            "workdays": step.get("workdays"),
            "months": step.get("months"),
            "is_correction": "apply" in step["stages"],
            "skipped": "、".join(str(BuildType(code).label) for code in step["skipped_for"]),
        }
        for step in scheme.steps
        if build_type not in step.get("skipped_for", []) or not build_type
    ]


def measured(platform: Platform) -> dict[str, Decimal | None]:
    """What the register knows of the measures that criteria name; None: nobody told."""
    value = platform.equipment.filter(status="published").aggregate(sum=Sum("value_yuan"))["sum"]
    return {
        "equipment_value_wan": None if value is None else value / WAN,
        "floor_area_sqm": platform.floor_area_sqm,
    }


@dataclass(frozen=True)
class SelfCheck:
    """One line of the self-check: passed, failed, or None while something is missing."""

    label: str
    passed: bool | None
    found: str
    wanted: str
    advice: str = ""
    measure: str = ""  # what of the register it looks at: where to mend it


def check_application(application: Application) -> list[SelfCheck]:
    """Every condition of the scheme against the register, the declared numbers and the files."""
    scheme, platform = application.programme.scheme, application.platform
    checks = check_platform(scheme, platform, application.declared)
    if scheme.build_types:
        label = str(BuildType(application.build_type).label) if application.build_type else ""
        checks.append(
            SelfCheck(
                "建设类型",
                bool(label) or None,
                label,
                "选定一种",
                "" if label else "请选择建设类型。",
            )
        )
    if scheme.evidence:
        checks.append(_evidence_check(application))
    if scheme.vetoes:
        done = application.has_no_veto
        checks.append(
            SelfCheck(
                "无一票否决情形", True if done else None, "已承诺" if done else "",
                "逐条核对并承诺", "" if done else "请核对一票否决情形并勾选承诺。",
            )
        )  # fmt: skip
    funded = _funding_check(application)
    return [*checks, funded] if funded else checks


def _evidence_check(application: Application) -> SelfCheck:
    """Each material that the scheme asks for needs a file of its own."""
    asked = application.programme.scheme.evidence
    labels = set(files_of(application).values_list("label", flat=True)) if application.pk else set()
    missing = [item for item in asked if item not in labels]
    return SelfCheck(
        "证明材料", None if missing else True, f"{len(asked) - len(missing)}/{len(asked)} 项",
        "、".join(asked), f"还缺：{'、'.join(missing)}。" if missing else "",
    )  # fmt: skip


def check_platform(
    scheme: Scheme, platform: Platform, declared: Mapping[str, Any]
) -> list[SelfCheck]:
    """What a scheme asks of the platform itself: its criteria, and a published profile."""
    known = measured(platform)
    checks = [_criterion(row, known, declared) for row in scheme.criteria]
    published = SelfCheck(
        "平台资料已发布", platform.is_published, platform.get_status_display(), "已发布",
        "" if platform.is_published else "请先在工作台提交平台资料并通过审核。", "profile",
    )  # fmt: skip
    return [*checks, published]


def _criterion(
    row: Mapping[str, Any], known: Mapping[str, Any], declared: Mapping[str, Any]
) -> SelfCheck:
    name, unit, minimum = row["name"], row["unit"], Decimal(str(row["minimum"]))
    measure = row.get("measure", "")
    stated = declared.get(name)
    value = (
        known.get(measure) if measure else (Decimal(str(stated)) if stated is not None else None)
    )
    wanted = f"≥ {plain(minimum)} {unit}"
    if value is None:
        where = "请在平台资料中补充。" if measure else "请在申报表中填写。"
        return SelfCheck(name, None, "", wanted, f"还没有数据，{where}", measure)
    missing = "" if value >= minimum else f"还差 {plain(minimum - value)} {unit}。"
    return SelfCheck(name, value >= minimum, f"{plain(value)} {unit}", wanted, missing, measure)


def earlier_support(platform: Platform, level: str) -> list[FundingRecord]:
    """Building money of the same level that the platform already had (G46)."""
    rows = FundingRecord.objects.filter(platform=platform, level=level, kind=FundingKind.BUILD)
    return list(rows.order_by("year", "pk"))


def running_subsidies(platform: Platform, level: str) -> list[SubsidyPlan]:
    """Declining subsidies of the same level with years still to be paid (C07)."""
    open_years = SubsidyYear.objects.filter(status__in=["waiting", "payable"])
    rows = SubsidyPlan.objects.filter(platform=platform, level=level)
    return list(rows.filter(pk__in=open_years.values("plan")).order_by("first_year", "pk"))


def _funding_check(application: Application) -> SelfCheck | None:
    """G46: who had the level's money is recognised, and not supported again, in principle."""
    level = application.programme.scheme.level
    had = [
        f"{row.year} 年 {row.fund} {plain(row.amount_yuan / WAN)} 万元"
        for row in earlier_support(application.platform, level)
    ]
    subsidies = running_subsidies(application.platform, level)
    had += [f"{row.fund}（{row.first_year} 年起）" for row in subsidies]
    if not had:
        return None
    label, found = GovernmentLevel(level).label, "；".join(had)
    is_clear = not application.wants_funding or bool(application.funding_reason.strip())
    return SelfCheck(
        f"不重复享受{label}财政资金", is_clear, f"已享受：{found}",
        "原则上予以认定授牌，不再重复支持",
        "" if is_clear else "请取消“申请财政资金支持”，或写明确需重复支持的理由。",
    )  # fmt: skip


def as_rows(checks: list[SelfCheck]) -> list[dict[str, Any]]:
    """For storage: what the self-check said when the application was submitted."""
    return [asdict(check) for check in checks]
