"""The start-up check on a database that cannot see Chinese."""

import pytest
from django.core.checks import run_checks
from django.core.checks.registry import registry
from django.db import connection, connections

from core.checks import database_sees_chinese


@pytest.mark.django_db
def test_database_of_the_tests_sees_chinese():
    assert database_sees_chinese(databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
def test_database_blind_to_chinese_is_refused_with_the_cure(settings):
    name = "portal_blind_check"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' "
            "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
        )
    blind = connections["default"].copy("blind")
    blind.settings_dict = {**blind.settings_dict, "NAME": name, "OPTIONS": {}}
    connections["blind"] = blind
    try:
        errors = database_sees_chinese(databases=["blind"])
    finally:
        blind.close()
        del connections["blind"]
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")

    assert [error.id for error in errors] == ["core.E001"]
    assert "C.UTF-8" in errors[0].hint


def test_check_is_registered():
    assert database_sees_chinese in registry.registered_checks
    assert run_checks(tags=["database"]) == []
