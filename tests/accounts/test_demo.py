"""Demo people and organisations."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import Organisation, RoleAssignment, User
from accounts.selectors import DEMO_USCC, demo_organisation
from accounts.services.demo import DEMO_PASSWORD, demo_people, load_demo_accounts
from core.errors import DomainError
from taxonomy.uscc import check_uscc
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import guangdong, zhongshan

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_mode(settings) -> None:
    settings.DEMO_MODE = True
    guangdong()
    zhongshan()


@pytest.mark.parametrize(
    ("jurisdiction", "name"), [("guangdong", "演示省级工作人员"), ("zhongshan", "演示市级主管人员")]
)
def test_nobody_of_a_province_signs_in_where_a_city_runs_the_portal(settings, jurisdiction, name):
    settings.JURISDICTION = jurisdiction

    assert next(one.name for one in demo_people() if one.account == "province") == name


def test_there_is_a_demo_person_for_every_role(demo_mode, now):
    load_demo_accounts(now=now)

    assert {role for user in User.objects.all() for role in user.roles} == set(Role)
    assert User.objects.filter(is_demo=False).count() == 0
    assert all(user.name.startswith("演示") for user in User.objects.all())


def test_demo_staff_cover_the_province_and_the_city(demo_mode, now):
    load_demo_accounts(now=now)

    regions = RoleAssignment.objects.filter(role=Role.GOVERNMENT).order_by("pk")
    assert list(regions.values_list("region", flat=True)) == ["440000", "442000"]


def test_demo_organisations_are_approved_and_marked(demo_mode, now):
    load_demo_accounts(now=now)

    rows = Organisation.objects.order_by("pk").values_list("uscc", "is_demo", "status")
    assert list(rows) == [(code, True, "approved") for code in DEMO_USCC.values()]
    assert demo_organisation("operator").wants_platform


@pytest.mark.parametrize("code", DEMO_USCC.values())
def test_demo_codes_are_valid_and_of_no_real_division(code):
    assert check_uscc(code) == code
    assert code[2:8] == "999999"


def test_loading_twice_makes_nothing_and_mends_what_was_changed(demo_mode, now):
    first = load_demo_accounts(now=now)
    city = User.objects.filter(email="city@demo.example")
    city.update(name="改了", is_active=False, password="x")

    second = load_demo_accounts(now=now)

    user = city.get()
    assert (first, second) == (26, 0)
    assert (user.name, user.is_active) == ("演示市级工作人员", True)
    assert user.check_password(DEMO_PASSWORD)


def test_loading_is_refused_outside_a_demonstration(settings, now):
    settings.DEMO_MODE = False

    with pytest.raises(DomainError) as refusal:
        load_demo_accounts(now=now)

    assert refusal.value.code == "demo_mode"
    assert not User.objects.exists()


def test_loading_needs_the_code_lists(settings, now):
    settings.DEMO_MODE = True

    with pytest.raises(DomainError) as refusal:
        load_demo_accounts(now=now)

    assert refusal.value.code == "no_regions"


def test_there_is_no_demo_organisation_before_loading():
    assert demo_organisation("operator") is None


def test_the_command_prints_one_json_object_a_line(demo_mode, capsys):
    UserFactory()

    call_command("demo_accounts")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 11
    assert lines[0] == {
        "role": "enterprise",
        "label": "企业用户",
        "email": "enterprise@demo.example",
        "password": DEMO_PASSWORD,
    }


def test_the_command_fails_outside_a_demonstration(settings):
    settings.DEMO_MODE = False

    with pytest.raises(CommandError, match="DEMO_MODE"):
        call_command("demo_accounts")
