"""People with roles. `person(Role.OPERATOR)` can sign in, for an approved organisation."""

from datetime import timedelta
from itertools import count
from typing import Any

import factory
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.enums import ORGANISATION_ROLES, REGION_ROLES, OrganisationStatus, Role, Scope
from accounts.models import Organisation, RoleAssignment, ServiceToken, User
from accounts.selectors import token_digest
from core.access import SYSTEM
from taxonomy.uscc import uscc_check_character
from tests.factories.taxonomy import RegionFactory, chengdu, zhongshan

PASSWORD = "correct-horse-7"
TOKEN_NUMBERS = count()


def make_uscc(number: int) -> str:
    """A valid code (GB 32100-2015) for the `number`-th test organisation."""
    body = f"91442000MA{number:07d}"
    return body + uscc_check_character(body)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"中山测试企业{n}有限公司")
    uscc = factory.Sequence(make_uscc)
    region = factory.LazyFunction(zhongshan)
    status = OrganisationStatus.APPROVED


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"用户{n}")

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])


class RoleAssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleAssignment

    user = factory.SubFactory(UserFactory)
    role = Role.ENTERPRISE


class ServiceTokenFactory(factory.django.DjangoModelFactory):
    """A token whose secret is `secret`; its user is a partner system."""

    class Meta:
        model = ServiceToken

    class Params:
        secret = factory.Sequence(lambda n: f"zs{n:010d}secret")

    user = factory.LazyFunction(lambda: person(Role.PARTNER))
    name = "对接系统"
    prefix = factory.LazyAttribute(lambda token: token.secret[:12])
    digest = factory.LazyAttribute(lambda token: token_digest(token.secret))
    scopes = factory.LazyFunction(lambda: [Scope.DEMANDS_READ])
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=30))


def with_token(client: Any, user: User, *scopes: str) -> Any:
    """The API client, calling from now on with a new token of `user` that has `scopes`."""
    secret = f"tk{next(TOKEN_NUMBERS):010d}secret"
    ServiceTokenFactory(user=user, secret=secret, scopes=list(scopes))
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def person(role: Role, **scope: Any) -> User:
    """A user holding `role`, with the organisation or region that the role needs."""
    if role in ORGANISATION_ROLES and "organisation" not in scope:
        scope["organisation"] = OrganisationFactory()
    if role in REGION_ROLES and "region" not in scope:
        scope["region"] = RegionFactory()  # 广东省
    user = UserFactory()
    RoleAssignmentFactory(user=user, role=role, **scope)
    return User.objects.get(pk=user.pk)


def bystanders() -> dict[str, Any]:
    """Who stands around a record of 中山 without owning it: officials near and far, others."""
    return {
        "staff": person(Role.GOVERNMENT),
        "city_staff": person(Role.GOVERNMENT, region=zhongshan()),
        "far_staff": person(Role.GOVERNMENT, region=chengdu()),
        "broker": person(Role.BROKER),
        "far_broker": person(Role.BROKER, region=chengdu()),
        "reviewer": person(Role.REVIEWER),
        "admin": person(Role.SYSTEM_ADMIN),
        "visitor": AnonymousUser(),
        "system": SYSTEM,
    }
