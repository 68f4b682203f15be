"""Make the demo accounts and print one JSON object a line for whoever shows them."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.services.demo import DEMO_PASSWORD, demo_people, load_demo_accounts
from core.errors import DomainError


class Command(BaseCommand):
    help = '装入演示账号并逐行打印 JSON：{"role","label","email","password"}'

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_demo_accounts(now=timezone.now())
        except DomainError as error:
            raise CommandError(error.message) from error
        for demo in demo_people():
            line = {
                "role": demo.role.value,
                "label": demo.label,
                "email": demo.email,
                "password": DEMO_PASSWORD,
            }
            self.stdout.write(json.dumps(line, ensure_ascii=False))
