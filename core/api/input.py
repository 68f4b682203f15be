"""What a caller sent, checked by a serializer."""

from typing import Any

from rest_framework.request import Request


def clean_input(serializer_class: Any, request: Request, **options: Any) -> dict[str, Any]:
    """Checked input as the arguments of a service: `files` under the name `uploads`."""
    serializer = serializer_class(data=request.data, context={"request": request}, **options)
    serializer.is_valid(raise_exception=True)
    given = dict(serializer.validated_data)
    if "files" in given:
        given["uploads"] = given.pop("files")
    return given
