"""Load the indicators of `data/indicators/`; safe to run twice."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.access import SYSTEM
from core.errors import DomainError
from reporting.catalogue import CatalogueError, declared
from reporting.services.indicators import load_indicators


class Command(BaseCommand):
    help = "载入 data/indicators/ 中的指标（可重复运行；已载入的版本不会改动）"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = load_indicators(actor=SYSTEM, rows=declared(), now=timezone.now())
        except (CatalogueError, DomainError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"指标：新增 {count.created} 个，已有 {count.unchanged} 个。")
