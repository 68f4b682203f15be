"""Write docs/roles.md and docs/states.md from the code, or check that they are up to date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.docs import pages


class Command(BaseCommand):
    help = "由代码生成 docs/roles.md 与 docs/states.md；--check 只核对是否最新。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        stale = []
        for path, text in pages().items():
            file = settings.BASE_DIR / path
            if file.exists() and file.read_text(encoding="utf-8") == text:
                continue
            stale.append(path)
            if not check:
                file.write_text(text, encoding="utf-8")
        if check and stale:
            raise CommandError(f"请运行 manage.py generate_docs 更新：{'、'.join(stale)}")
        self.stdout.write("已更新：" + "、".join(stale) if stale else "均为最新。")
