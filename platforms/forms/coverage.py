"""The form of bodies that must enter the register: many at once, as a table is pasted."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import text_area
from platforms.models import FundedBody
from taxonomy.uscc import LENGTH, normalise_uscc

CELLS = re.compile(r"[\s,，;；]+")


class CoverageForm(forms.ModelForm):
    """Where the money came from and who told, once; below it a line for each body."""

    rows = forms.CharField(
        label=_("机构"), widget=text_area(8),
        help_text=_("每行一家：名称和统一社会信用代码。可以从表格复制两列粘贴；已在名单中的会跳过。"),
    )  # fmt: skip

    class Meta:
        model = FundedBody
        fields = ("basis", "fund", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["basis"].empty_label = str(_("请选择"))

    def clean_rows(self) -> list[tuple[str, str]]:
        """(name, code) of each line; the service checks the codes."""
        found = []
        lines = [line for line in self.cleaned_data["rows"].splitlines() if line.strip()]
        for number, line in enumerate(lines, 1):
            cells = [cell for cell in CELLS.split(line) if cell]
            code = next((cell for cell in cells if _looks_like_code(cell)), "")
            name = " ".join(cell for cell in cells if cell != code)
            if not code or not name:
                raise forms.ValidationError(
                    _("第 %(number)d 行：请写名称和统一社会信用代码，中间用空格或逗号隔开。"),
                    params={"number": number},
                )
            found.append((name, code))
        return found


def _looks_like_code(cell: str) -> bool:
    """Eighteen characters, or nearly so, that are no words: what is wrong with it is told later."""
    code = normalise_uscc(cell)
    return abs(len(code) - LENGTH) <= 2 and code.isascii() and any(c.isdigit() for c in code)
