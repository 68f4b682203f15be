"""Rows by the hundred thousand: one INSERT … SELECT a model, what is not said by its default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import AutoField, DateTimeField, Field, Model
from django.utils import timezone

# the same draw for the same seed, salt and number, whatever the plan of the statement
DRAWS = """
CREATE OR REPLACE FUNCTION bench_share(salt text, n bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT (hashint8extended(n, hashtextextended(salt, {seed})) & 9007199254740991)
   / 9007199254740992.0::double precision $$;
CREATE OR REPLACE FUNCTION bench_draw(salt text, n bigint, low bigint, high bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT low + floor(bench_share(salt, n) * (high - low + 1))::bigint $$;
"""


def prepare(seed: int) -> None:
    """Make the functions that draw: `bench_share` (0 ≤ x < 1) and `bench_draw` (low … high)."""
    with connection.cursor() as cursor:
        cursor.execute(DRAWS.format(seed=int(seed)))


@contextmanager
def quiet(*models: type[Model]) -> Iterator[None]:
    """Without the triggers that keep histories: what is generated has none."""
    names = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
                cursor.execute(f'ANALYZE "{name}"')


def insert(model: type[Model], source: str, /, *, after: str = "", **columns: str) -> int:
    """Rows of `model`: `columns` are SQL over `source` (a FROM clause), the rest defaults."""
    names, values, params = [], [], []
    for field in model._meta.concrete_fields:
        if isinstance(field, AutoField) or not hasattr(field, "db_type"):
            continue
        names.append(f'"{field.column}"')
        if field.attname in columns:
            said = columns.pop(field.attname).replace("%", "%%")
            values.append(f"({said})::{field.db_type(connection)}")
        else:
            values.append(f"%s::{field.db_type(connection)}")
            params.append(_default(field))
    if columns:
        raise ValueError(columns)
    condition = after.replace("%", "%%")
    with quiet(model), connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) '
            f"SELECT {', '.join(values)} FROM {source} {condition}",
            params,
        )
        return cursor.rowcount


def _default(field: Field[Any, Any]) -> Any:
    is_kept = isinstance(field, DateTimeField) and (field.auto_now or field.auto_now_add)
    value = timezone.now() if is_kept else field.get_default()
    return field.get_db_prep_save(value, connection)


def one_of(choices: Sequence[Any], salt: str, number: str) -> str:
    """SQL that draws one of the choices: numbers as they are, words quoted."""
    listed = ", ".join(str(c) if isinstance(c, int) else f"'{c}'" for c in choices)
    return f"(ARRAY[{listed}])[bench_draw('{salt}', {number}, 1, {len(choices)})]"
