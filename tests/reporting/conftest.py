from __future__ import annotations

import pytest
from django.utils import timezone

from core.access import SYSTEM
from reporting.catalogue import declared
from reporting.services.indicators import load_indicators


@pytest.fixture
def indicators(db):
    """The real catalogue, loaded."""
    load_indicators(actor=SYSTEM, rows=declared(), now=timezone.now())
