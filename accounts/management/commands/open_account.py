"""Open an account with a role from the server: how the first security administrator comes to be."""

from typing import Any

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import Role
from accounts.models import Organisation, User
from core.access import SYSTEM
from core.errors import DomainError
from taxonomy.models import Region


class Command(BaseCommand):
    help = "开通账号并授予角色，打印一次性的设置密码链接；邮箱已有账号时只授予角色"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--region", help="管辖地区代码，如 440000")
        parser.add_argument("--uscc", help="单位的统一社会信用代码")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = self.open_account(**options)
        except DomainError as error:
            raise CommandError(error.message) from error
        key = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
        uid = user_pk_to_url_str(user)
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})
        self.stdout.write(f"{settings.SITE_URL}{path}")

    @transaction.atomic
    def open_account(self, *, email: str, name: str, role: str, **options: Any) -> User:
        """The person with the new role; refused as a whole when the role is."""
        now = timezone.now()
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            user = services.invite_person(actor=SYSTEM, email=email, name=name, now=now)
        services.grant_role(
            actor=SYSTEM,
            user=user,
            role=role,
            region=Region.objects.filter(pk=options["region"]).first(),
            organisation=Organisation.objects.filter(uscc=options["uscc"]).first(),
            now=now,
        )
        return user
