"""Help of the technology brokers with a demand."""

from __future__ import annotations

from core.models import ActivityLog
from demands.models import Demand


def help_asked(demand: Demand) -> ActivityLog | None:
    """When brokers were asked to help with the demand; `data["brokers"]` names them."""
    rows = ActivityLog.objects.filter(
        target_type=demand._meta.label_lower,
        target_id=str(demand.pk),
        action="matching.demand.ask_broker",
    )
    return rows.order_by("-at", "-pk").first()
