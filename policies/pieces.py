"""A form field for pieces in an order, found by their titles; works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.lent import LentPiece
from policies.models import Content

SPARE = 5  # empty lines after the filled ones


def piece_label(piece: Content | LentPiece) -> str:
    """Title, kind and 编号: what is searched for, and what makes it the only one."""
    return f"{piece.title}（{piece.kind_label} {piece.slug}）"


class PiecesInput(forms.Widget):
    template_name = "policies/_pieces_input.html"
    use_fieldset = True
    options: Sequence[str] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(data.getlist(name)) if hasattr(data, "getlist") else list(data.get(name, []))

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        filled = [line for line in value or [] if line]
        context["lines"] = [*filled, *[""] * SPARE]
        context["options"] = self.options
        return context


class PiecesField(forms.Field):
    """Pieces by their labels, or by a title that only one has."""

    widget = PiecesInput
    choices: Mapping[str, Content | LentPiece] = {}

    def offer(self, pieces: Sequence[Content | LentPiece]) -> None:
        """Say what may be picked."""
        self.choices = {piece_label(row): row for row in pieces}
        self.widget.options = list(self.choices)

    def prepare_value(self, value: Any) -> list[str]:
        return [row if isinstance(row, str) else piece_label(row) for row in value or []]

    def clean(self, value: Any) -> list[Content | LentPiece]:
        return [self._find(line.strip()) for line in value or [] if line.strip()]

    def _find(self, line: str) -> Content | LentPiece:
        if line in self.choices:
            return self.choices[line]
        titled = [row for row in self.choices.values() if row.title == line]
        if len(titled) == 1:
            return titled[0]
        raise forms.ValidationError(
            _("没有找到“%(line)s”，请从提示中选一篇已发布的内容。"), params={"line": line}
        )
