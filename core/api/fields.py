"""Fields of what the API takes."""

from typing import Any

from rest_framework import serializers


class FilesField(serializers.ListField):
    """Uploads, as multipart/form-data."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("default", list)
        options.setdefault("child", serializers.FileField())
        super().__init__(**options)
