"""The text that an organisation promises before it reads a confidential demand in full (D08).

A promise and no contract: the portal makes none. A changed word is a new file and VERSION; what was
accepted is kept with its own text and digest (demands.models.SecrecyPromise).
"""

from __future__ import annotations

import hashlib

from django.conf import settings

from accounts.models import Organisation
from demands.models import Demand

VERSION = "2026-11"
OWN_PARAGRAPH = "七、需求单位的补充要求。{note}"


def promise_text(*, demand: Demand, organisation: Organisation) -> str:
    """The whole text for this demand and organisation, a paragraph a line, with the paragraph that
    the owner added. An anonymous owner stays anonymous in it."""
    path = settings.BASE_DIR / "data" / "promises" / f"secrecy-{VERSION}.txt"
    note = demand.promise_note.strip()
    text = path.read_text(encoding="utf-8").format(
        organisation=organisation.name,
        title=demand.title,
        slug=demand.slug,
        owner=demand.shown_organisation,
        own_paragraph=OWN_PARAGRAPH.format(note=note) if note else "",
    )
    return "\n".join(line for line in text.splitlines() if line.strip())


def text_digest(text: str) -> str:
    """SHA-256 of a promise's text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
