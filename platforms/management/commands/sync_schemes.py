"""Bring the ladders of recognition to what data/jurisdictions/*.toml say."""

from typing import Any

from django.core.management.base import BaseCommand

from platforms.services import sync_schemes


class Command(BaseCommand):
    help = "按 data/jurisdictions/*.toml 更新认定办法，可重复运行。"

    def handle(self, *args: Any, **options: Any) -> None:
        counts = sync_schemes()
        self.stdout.write(
            "认定办法：新增 {created}，更新 {updated}，停用 {retired}".format(**counts)
        )
