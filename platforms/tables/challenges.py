"""Columns of the challenge list."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from platforms.enums import ChallengeState
from platforms.tables.listings import FactColumn


class ChallengeTable(tables.Table):
    title = tables.Column(order_by=("title", "pk"))
    programme = FactColumn()
    process_kind = FactColumn()
    field = FactColumn()
    region = FactColumn()
    requirement = FactColumn()
    finish_by_date = tables.Column(order_by=("finish_by_date", "pk"))
    support_wan = FactColumn()
    source = FactColumn()
    unmet_count = FactColumn()
    bid_count = FactColumn(verbose_name=_("揭榜申报（家）"))
    state = FactColumn(verbose_name=_("状态"))
    winner = FactColumn(accessor="winners", verbose_name=_("揭榜平台"))

    def value_state(self, value: str) -> str:
        return str(ChallengeState(value).label)

    def value_winner(self, value: Any) -> str:
        return "、".join(str(row.platform) for row in value)
