"""Rendering a publication into files: what its job does, format by format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from core.downloads import TYPES
from core.files import files_of, keep_file
from core.models import StoredFile
from core.services import lock
from reporting.documents.pdf import publication_pdf
from reporting.documents.press_kit import press_kit
from reporting.documents.publication import printed
from reporting.documents.publication_sheet import publication_json, publication_xlsx
from reporting.documents.publication_word import publication_docx
from reporting.enums import PublicationStatus
from reporting.models import Publication

Tell = Callable[[int, int], bool]
FORMATS: dict[str, tuple[str, Callable[[Publication], bytes]]] = {
    "json": ("application/json", publication_json),
    "xlsx": (TYPES["xlsx"], publication_xlsx),
    "pdf": (TYPES["pdf"], lambda found: publication_pdf(printed(found))),
    "docx": (TYPES["docx"], lambda found: publication_docx(printed(found))),
    "zip": ("application/zip", press_kit),  # of the others, so the last
}


def render_publication(
    *, cycle: Any, now: datetime, tell: Tell, since: datetime, publication: int
) -> dict[str, Any]:
    """Make the files that are not there yet; a killed worker loses at most one of them."""
    found = Publication.objects.select_related("region", "made_by").get(pk=publication)
    if found.status != PublicationStatus.IN_REVIEW:
        return {"files": files_of(found).count()}
    for place, form in enumerate(FORMATS):
        if not tell(place, len(FORMATS)):
            break
        if form not in made_formats(found):
            _render(found, form)
    tell(len(FORMATS), len(FORMATS))
    return {"files": files_of(found).count()}


def made_formats(publication: Publication) -> set[str]:
    """Formats whose file is there."""
    names = files_of(publication).values_list("name", flat=True)
    return {name.rsplit(".", 1)[-1] for name in names}


def _render(publication: Publication, form: str) -> None:
    content_type, make = FORMATS[form]
    content = make(publication)
    with transaction.atomic():
        # whoever sent it back meanwhile throws its files away: then this one is not kept
        locked = lock(publication)
        is_same = locked.content_sha256 == publication.content_sha256
        if locked.status == PublicationStatus.IN_REVIEW and is_same:
            mark = "（演示数据）" if publication.is_demo else ""
            keep_file(
                actor=publication.made_by, name=f"{publication}{mark}.{form}", content=content,
                content_type=content_type, target=publication,
            )  # fmt: skip


def drop_files(publication: Publication) -> None:
    """Throw the files of a draft away; they are made again when it is handed in."""
    rows = list(files_of(publication))
    StoredFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        transaction.on_commit(partial(row.file.delete, save=False))
