from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from taxonomy.services import load_code_lists


class Command(BaseCommand):
    help = "载入 data/taxonomy/ 的代码表；可重复执行，只写入有变化的行。"

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = load_code_lists(now=timezone.now())
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"代码表：新增 {result.created}，更新 {result.updated}，停用 {result.deactivated}，"
            f"对应关系变动 {result.mappings}。"
        )
