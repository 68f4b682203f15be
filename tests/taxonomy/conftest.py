import pytest
from django.core.cache import cache
from django.utils import timezone

from taxonomy.services import load_code_lists


@pytest.fixture
def code_lists(db):
    """Every code list, as shipped, with nothing cached from another test."""
    cache.clear()
    result = load_code_lists(now=timezone.now())
    cache.clear()
    return result
