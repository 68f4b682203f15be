from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.utils import timezone

from taxonomy.models import CodeList, Industry, Region, Term, TermMapping
from taxonomy.services import LoadResult, load_code_lists


@pytest.fixture(scope="module")
def _shipped_lists(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The shipped lists, committed once for a module that only reads, and taken away again."""
    with django_db_blocker.unblock():
        was_empty = not CodeList.objects.exists()
        load_code_lists(now=timezone.now())
    yield
    with django_db_blocker.unblock():
        if was_empty:
            for model in (TermMapping, Term, CodeList, Industry, Region):
                model.objects.all()._raw_delete(model.objects.db)


@pytest.fixture
def shipped_lists(db, _shipped_lists) -> None:
    """Every code list, as shipped, with nothing cached from another test."""
    cache.clear()


@pytest.fixture
def code_lists(db) -> LoadResult:
    """The shipped lists, loaded inside the transaction of the test, which may change them."""
    cache.clear()
    return load_code_lists(now=timezone.now())
