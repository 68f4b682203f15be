"""Many rows by one statement: for jobs that write by the hundred thousand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model

Row = Mapping[str, Any]
BATCH = 20_000


def write_rows(
    model: type[Model],
    rows: Iterable[Row],
    *,
    same: Row | None = None,
    unique: Sequence[str] = (),
    update: Sequence[str] = (),
    batch: int = BATCH,
) -> int:
    """Insert `rows` (attribute name → value) of `model`; how many were written. One statement a
    batch.

    Every row names the same attributes; `same` holds what all rows share; the rest is the model's
    default. Where `unique` (a unique constraint) is there already, the attributes of `update` are
    overwritten. Nothing is checked but by the database, nothing is read back, and times that
    `save()` would set are the caller's business.

    The rows travel as one JSON text and become columns again in the server, decimals and times as
    exact text: a fraction of the work of `bulk_create`, which prepares and escapes each value by
    itself (most of all JSON).
    """
    waiting = iter(rows)
    written = 0
    while part := list(islice(waiting, batch)):
        written += _write(model, part, same or {}, unique, update)
    return written


def update_rows(model: type[Model], rows: Sequence[Row]) -> int:
    """Overwrite attributes of stored rows, found by `id`; how many were. One statement.

    Every row names the same attributes, `id` among them; all else is as in `write_rows`.
    """
    if not rows:
        return 0
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if field.attname in rows[0]]
    columns = [quote(field.column) for field in fields if field.attname != "id"]
    table, (sent, content) = quote(model._meta.db_table), _sent(fields, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {', '.join(f'{one} = sent.{one}' for one in columns)} "  # noqa: S608 -- names of the model, quoted
            f"FROM {sent} WHERE {table}.id = sent.id",
            [content],
        )
        return int(cursor.rowcount)


def _sent(fields: Sequence[Any], rows: Sequence[Row]) -> tuple[str, str]:
    """The rows as a table named `sent`, and the JSON that fills its place."""
    types = (f"{connection.ops.quote_name(f.column)} {f.db_type(connection)}" for f in fields)
    content = json.dumps(rows, default=str, ensure_ascii=False)
    return f"jsonb_to_recordset(%s::jsonb) AS sent({', '.join(types)})", content


def _write(
    model: type[Model], rows: Sequence[Row], same: Row, unique: Sequence[str], update: Sequence[str]
) -> int:
    quote = connection.ops.quote_name
    given = set(rows[0])
    columns: dict[str, str] = {}
    fields, values, params = [], [], []
    for field in model._meta.concrete_fields:
        name = field.attname
        kind = field.db_type(connection)
        if name not in given and name not in same and field.primary_key:
            continue
        columns[name] = quote(field.column)
        if name in given:
            fields.append(field)
            values.append(f"sent.{columns[name]}")
        else:
            values.append(f"%s::{kind}")
            value = same[name] if name in same else field.get_default()
            params.append(field.get_db_prep_save(value, connection))
    sent, content = _sent(fields, rows)
    conflict = ""
    if unique:
        changes = ", ".join(f"{columns[name]} = EXCLUDED.{columns[name]}" for name in update)
        keys = ", ".join(columns[name] for name in unique)
        conflict = f" ON CONFLICT ({keys}) DO UPDATE SET {changes}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(columns.values())}) "  # noqa: S608 -- names of the model, quoted
            f"SELECT {', '.join(values)} FROM {sent}{conflict}",
            [*params, content],
        )
        return int(cursor.rowcount)
