"""`?ordering=-updated_at`: by what the endpoint names; anything else is refused, not ignored."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request


class StrictOrderingFilter(OrderingFilter):
    """DRF's filter leaves out fields it does not know: the caller would take any order for his."""

    def remove_invalid_fields(
        self, queryset: Any, fields: list[str], view: Any, request: Request
    ) -> list[str]:
        """The fields as given. Errors: ordering, naming what may be ordered by."""
        known = [name for name, _ in self.get_valid_fields(queryset, view, {"request": request})]
        if unknown := [name for name in fields if name.removeprefix("-") not in known]:
            raise ValidationError(
                {"ordering": [f"不能按 {'、'.join(unknown)} 排序，可用：{'、'.join(known)}。"]}
            )
        return fields
