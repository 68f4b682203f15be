"""A row of a state table against everybody and every state."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import product

import pytest
from django.db.models import Model

from core.access import Access
from core.errors import DomainError
from core.states import Transition, perform


def try_everywhere(
    row: Transition, obj: Model, people: Mapping[str, Access], allowed: Collection[str],
    now: datetime,
) -> None:  # fmt: skip
    """`allowed` move `obj` from the row's sources; whoever else tries changes nothing."""
    rows = type(obj)._default_manager.filter(pk=obj.pk)
    statuses = next(iter(people.values())).machine.statuses  # type: ignore[union-attr]
    for who, status in product(people, statuses):
        rows.update(status=status)
        if who in allowed and status in row.sources:
            moved = perform(people[who], row.name, obj, now=now, reason="原因")
            assert moved.status == row.target, (who, status)
            continue
        with pytest.raises(DomainError) as refused:
            perform(people[who], row.name, obj, now=now, reason="原因")
        assert refused.value.code == ("wrong_state" if who in allowed else "refused")
        assert rows.get().status == status, (who, status)
