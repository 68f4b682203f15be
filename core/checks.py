"""Start-up checks: a database that is blind to Chinese is refused with the cure."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

SIMILARITY = "SELECT similarity('中文门户网站', '中文门户') > 0"


@register(Tags.database)
def database_sees_chinese(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Error `core.E001` when pg_trgm finds no letters in Chinese text (lc_ctype "C")."""
    errors: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
            (ctype,) = cursor.fetchone()
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            blind = ctype in {"C", "POSIX"}
            if cursor.fetchone():
                cursor.execute(SIMILARITY)
                blind = not cursor.fetchone()[0]
        if blind:
            errors.append(
                Error(
                    f"数据库“{alias}”的 lc_ctype 为 {ctype}，中文检索（pg_trgm）在其中失效。",
                    hint="请用 C.UTF-8 重建数据库：CREATE DATABASE portal TEMPLATE template0 "
                    "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'; 再恢复备份。",
                    id="core.E001",
                )
            )
    return errors
