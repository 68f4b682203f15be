"""A demo platform, complete in every part and marked as such, for the demo operator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from core.access import SYSTEM
from platforms.kinds import CAPABILITY, EQUIPMENT, EXPERT, LINE, PLATFORM, SOLUTION, Kind
from platforms.models import Platform
from platforms.services.listings import create_listing, move_listing
from taxonomy.selectors import term

SLUG = "demo-polymer-pilot"
PLATFORM_FACTS: dict[str, Any] = {
    "name": "演示高分子材料中试平台",
    "address": "演示路 1 号（演示数据，非真实地址）",
    "kind": "pilot-platform",
    "host_type": "enterprise",
    "operation_mode": "internal-external",
    "governance": "director",
    "inclusion_basis": "voluntary",
    "build_type": "new",
    "run_status": "running",
    "fields": ["new-materials", "chemicals"],
    "summary": "演示平台，用来说明一份完整的资料是什么样子：公斤级到吨级的树脂合成、改性造粒和"
    "可靠性验证，写明规模、价格、周期和档期。",
    "niche": "电子级环氧树脂与聚酰亚胺",
    "is_open": True,
    "external_share_percent": 60,
    "floor_area_sqm": 3200,
    "contact_name": "演示联系人",
    "contact_email": "operator@demo.example",
    "is_demo": True,
}
OFFERS: tuple[tuple[Kind, str, dict[str, Any]], ...] = (
    (
        EQUIPMENT,
        "demo-reactor-500l",
        {
            "name": "500L 搪玻璃反应釜",
            "model_number": "演示-K500",
            "maker": "演示制造商",
            "origin": "domestic",
            "quantity": 2,
            "value_yuan": 480_000,
            "specification": "工作温度 -20–200 ℃，压力 -0.1–0.4 MPa，防爆，带冷凝回流和滴加。",
            "is_open": True,
            "takes_bookings": True,
            "hourly_price_yuan": 320,
            "open_hours_yearly": 1200,
        },
    ),
    (
        EQUIPMENT,
        "demo-extruder",
        {
            "name": "双螺杆挤出造粒机",
            "model_number": "演示-TSE35",
            "maker": "演示制造商",
            "origin": "domestic",
            "value_yuan": 650_000,
            "specification": "螺杆直径 35 mm，长径比 44，产量 10–60 kg/h，最高 400 ℃。",
            "is_open": True,
            "takes_bookings": True,
            "hourly_price_yuan": 280,
            "open_hours_yearly": 1000,
        },
    ),
    (
        LINE,
        "demo-resin-line",
        {
            "name": "特种树脂合成中试线",
            "kind": "line",
            "description": "合成、脱挥、过滤、灌装连续进行，洁净区灌装，过程参数自动采集。",
            "scale_text": "10–200 kg/批",
            "floor_area_sqm": 600,
            "is_digital": True,
            "is_open": True,
            "takes_bookings": True,
        },
    ),
    (
        EXPERT,
        "demo-expert",
        {
            "name": "演示专家",
            "title": "演示高级工程师",
            "employer": "演示中试平台运营有限公司",
            "expertise": "环氧树脂合成与纯化、放大过程传热传质、金属离子控制。",
            "engagement_modes": ["project", "short_term"],
            "availability": "每周二、周四下午",
            "consent_note": "演示人物，非真实个人。",
        },
    ),
    (
        CAPABILITY,
        "demo-epoxy-scale-up",
        {
            "title": "电子级环氧树脂公斤级到百公斤级合成放大与纯化",
            "description": "承接双酚型、酚醛型和脂环族环氧树脂的合成放大、水洗纯化、脱挥和过滤，"
            "控制可水解氯与金属离子；提供放大方案、批记录、样品和检测报告。",
            "field": "new-materials",
            "process": "缩聚、水洗、薄膜脱挥、精密过滤",
            "materials": "双酚A、酚醛树脂、环氧氯丙烷等有机液体",
            "service_types": ["process-innovation", "product-trial", "tech-maturation"],
            "service_modes": ["cro", "cdmo"],
            "verification_types": ["process", "performance"],
            "scale_low": 10,
            "scale_high": 200,
            "scale_unit": "kg/批",
            "trl_low": 4,
            "trl_high": 7,
            "standards": "GB/T 13657-2011",
            "certificates": ["iso9001"],
            "hazard_class": "3",
            "price_model": "range",
            "price_low_yuan": 30_000,
            "price_high_yuan": 120_000,
            "price_unit": "批",
            "price_note": "原料由委托方提供或按实结算。",
            "sme_price_note": "中小微企业首批九折。",
            "lead_days_low": 15,
            "lead_days_high": 40,
            "ip_terms": "client",
            "is_open": True,
            "equipment": ["demo-reactor-500l"],
            "parameters": [
                {"name": "反应温度", "low": -20, "high": 200, "unit": "℃"},
                {"name": "反应压力", "low": "-0.1", "high": "0.4", "unit": "MPa"},
                {"name": "可水解氯", "high": 300, "unit": "ppm"},
                {"name": "金属离子（单项）", "high": 1, "unit": "ppm"},
            ],
        },
    ),
    (
        CAPABILITY,
        "demo-compounding",
        {
            "title": "工程塑料改性造粒与注塑试制",
            "description": "PA、PPS、PEEK 等工程塑料的填充、增强、阻燃改性，配方筛选、挤出造粒、"
            "注塑样条与小批量零件试制，力学与热性能测试。",
            "field": "new-materials",
            "process": "双螺杆挤出、注塑",
            "materials": "热塑性树脂、玻纤、碳纤、矿物填料、阻燃剂",
            "service_types": ["product-trial", "process-innovation", "inspection"],
            "service_modes": ["oem", "sharing"],
            "verification_types": ["performance", "adaptation"],
            "scale_low": 20,
            "scale_high": 1000,
            "scale_unit": "kg/批",
            "trl_low": 5,
            "trl_high": 8,
            "standards": "GB/T 1040.2-2022、GB/T 9341-2008",
            "certificates": ["iso9001"],
            "hazard_class": "none",
            "price_model": "range",
            "price_low_yuan": 6_000,
            "price_high_yuan": 40_000,
            "price_unit": "批",
            "lead_days_low": 7,
            "lead_days_high": 20,
            "ip_terms": "shared",
            "is_open": True,
            "equipment": ["demo-extruder"],
            "parameters": [
                {"name": "加工温度", "low": 180, "high": 400, "unit": "℃"},
                {"name": "产量", "low": 10, "high": 60, "unit": "kg/h"},
            ],
        },
    ),
    (
        SOLUTION,
        "demo-solution",
        {
            "title": "树脂新牌号从小试到客户送样一站式方案",
            "problem": "小试配方放大后粘度、纯度不稳定，拿不出可送样的批次。",
            "summary": "先做放大风险评估，再在中试线连续做三批，稳定后送样检测，交付全套工艺文件。",
            "capabilities": ["demo-epoxy-scale-up", "demo-compounding"],
            "deliverables": "放大方案、三批批记录、检测报告、50 kg 样品、工艺规程草案。",
            "price_note": "8 万–25 万元，按批次和检测项目计。",
            "lead_days_low": 45,
            "lead_days_high": 90,
        },
    ),
)


@transaction.atomic
def attach_demo_platform(*, organisation: Any, now: datetime) -> Platform:
    """Give the demo operator's `organisation` a complete, published demo platform.

    Marked `is_demo`, and so are its pages. Safe to run twice: what is there is left as it is.
    """
    platform = Platform.objects.filter(slug=SLUG).first()
    if platform is None:
        facts = {**PLATFORM_FACTS, "region": organisation.region}
        platform = _published(PLATFORM, SLUG, facts, now=now, organisation=organisation)
    for kind, slug, facts in OFFERS:
        if kind.model._default_manager.filter(slug=slug).exists():
            continue
        extra: dict[str, Any] = {}
        if kind is EXPERT:
            extra = {"consented_at": now}
        elif kind is CAPABILITY:
            extra = {"next_free_date": now.date() + timedelta(days=14)}
        _published(kind, slug, {**facts, **extra}, now=now, platform=platform)
    return platform


def _published(
    kind: Kind, slug: str, facts: Mapping[str, Any], *, now: datetime, **owner: Any
) -> Any:
    values = {name: _resolved(kind, name, value) for name, value in facts.items()}
    draft = create_listing(
        actor=SYSTEM, model=kind.model, slug=slug, values=values, now=now, **owner
    )
    move_listing(actor=SYSTEM, listing=draft, name="submit", now=now)
    return move_listing(actor=SYSTEM, listing=draft, name="publish", now=now)


def _resolved(kind: Kind, name: str, value: Any) -> Any:
    """Codes become entries of the list that the field is limited to, slugs become rows."""
    if name == "parameters" or not kind.model._meta.get_field(name).is_relation:
        return value
    field: Any = kind.model._meta.get_field(name)
    code_list = field.get_limit_choices_to().get("code_list")
    if code_list and isinstance(value, list):
        return [entry for code in value if (entry := term(code_list, code))]
    if code_list:
        return term(code_list, value)
    if isinstance(value, list):
        return list(field.related_model._default_manager.filter(slug__in=value))
    return value
