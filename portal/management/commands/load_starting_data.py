"""Load the code lists and the starting facts of data/ (safe to run twice), with --demo the demo."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.services import load_demo, load_starting_data
from portal.services.demo_year import load_demo_year

FILES = ("platforms", "demands", "cases", "policies")


class Command(BaseCommand):
    help = "载入代码表和 data/ 中的起始资料，可重复运行；--demo 另建演示人员、平台和年度。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true")

    def handle(self, *args: Any, demo: bool, **options: Any) -> None:
        now: datetime = timezone.now()
        rows = {name: list(_rows(settings.BASE_DIR / "data" / f"{name}.jsonl")) for name in FILES}
        for name, count in load_starting_data(rows=rows, now=now).items():
            self.stdout.write(f"{name}：{count}")
        if demo:
            load_demo(now=now)
            self.stdout.write("演示人员与单位已就绪。")
            for name, count in load_demo_year(now=now).items():
                self.stdout.write(f"{name}：{count}")


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file; a bad line is named with its number."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise CommandError(f"{path.name} 第 {number} 行不是合法的 JSON：{error}") from error
