"""Form fields and widgets that any app needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from core.files import ALLOWED_TYPES


class DayInput(forms.DateInput):
    """A day, picked from the browser's calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d", **options)


def text_area(rows: int, **attributes: Any) -> forms.Textarea:
    """A text of several lines."""
    return forms.Textarea(attrs={"rows": rows, **attributes})


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; their types are checked where they are kept."""

    def __init__(self, **options: Any) -> None:
        kinds = ",".join(f".{kind}" for kind in ALLOWED_TYPES)
        options.setdefault("widget", FilesInput(attrs={"accept": kinds}))
        options.setdefault("required", False)
        options.setdefault("label", _("附件"))
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        if self.required and not data:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(one, initial) for one in data or []]
