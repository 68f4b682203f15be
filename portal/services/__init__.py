"""Bringing the starting data of every app in, in the order in which they lean on each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.selectors import demo_organisation
from accounts.services.demo import load_demo_accounts
from cases.services.starting_data import load_cases
from core.access import SYSTEM
from core.services import count_today
from demands.services.starting_data import load_demands
from platforms.services.demo import attach_demo_platform
from platforms.services.recognition_demo import attach_demo_challenge, attach_demo_programme
from platforms.services.schemes import sync_schemes
from platforms.services.starting_data import load_platforms
from policies.services.starting_data import load_policies
from reporting.catalogue import declared, declared_schemes
from reporting.services.evaluation_schemes import load_schemes
from reporting.services.indicators import load_indicators
from taxonomy.services import load_code_lists

Rows = Mapping[str, Sequence[dict[str, Any]]]


def load_starting_data(*, rows: Rows, now: datetime) -> dict[str, Any]:
    """Load lists, indicators, schemes, platforms, demands, cases and policies; each in its own
    transaction.

    `rows` holds the objects of data/*.jsonl by file name. Returns what each load changed.
    """
    return {
        "代码表": load_code_lists(now=now),
        "指标": load_indicators(actor=SYSTEM, rows=declared(), now=now),
        "评价办法": load_schemes(actor=SYSTEM, definitions=declared_schemes(), now=now),
        "认定办法": sync_schemes(),
        "平台与能力": load_platforms(rows=rows["platforms"], now=now),
        "需求": load_demands(rows=rows["demands"], now=now),
        "案例": load_cases(rows=rows["cases"], now=now),
        "政策与动态": load_policies(rows=rows["policies"], now=now),
    }


def note_search(*, is_empty: bool, now: datetime) -> None:
    """Count a search, and that it found nothing (PRT-09). The words are not kept."""
    count_today(name="search-empty" if is_empty else "search-found", now=now)


def load_demo(*, now: datetime) -> None:
    """People and organisations for each role, and a platform for the demo operator."""
    load_demo_accounts(now=now)
    attach_demo_platform(organisation=demo_organisation("operator"), now=now)
    attach_demo_programme(now=now)
    attach_demo_challenge(now=now)
