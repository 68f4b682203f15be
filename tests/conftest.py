"""Fixtures every test may use: real PostgreSQL and Valkey, eager Celery unless a test says not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from allauth.mfa.models import Authenticator
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from accounts.models import User
from core.access import SYSTEM

Made = TypeVar("Made")

# how fast a busy machine draws examples says nothing of a property
hypothesis_settings.register_profile(
    "portal", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("portal")


def chromium_path() -> str | None:
    """Where a Chromium is, if this machine has one."""
    named = os.environ.get("CHROMIUM_PATH")
    if named and Path(named).exists():
        return named
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are skipped by name, with the reason."""
    if chromium_path():
        return
    skip = pytest.mark.skip(reason="未找到 Chromium（可用 CHROMIUM_PATH 指明）")
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests() -> Iterator[None]:
    """What holds for every test: cheap passwords, mail kept in memory, no encoder."""
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MATCHING_ENCODER="off",
        STORAGES={
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture(scope="session")
def _folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Numbered folders, each made when a first file goes there."""
    home = tmp_path_factory.mktemp("files")
    return (home / str(number) for number in count())


@pytest.fixture(autouse=True)
def _apart(settings, _folders: Iterator[Path]) -> None:  # type: ignore[no-untyped-def]
    """Files go to a folder of the test; nothing of one test is cached for the next."""
    settings.MEDIA_ROOT = next(_folders)
    cache.clear()


@pytest.fixture(autouse=True)
def _eager_celery(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tasks run where they are queued, except under the mark `real_celery`."""
    eager = "real_celery" not in request.keywords
    before = current_app.conf.task_always_eager, current_app.conf.task_eager_propagates
    current_app.conf.update(task_always_eager=eager, task_eager_propagates=eager)
    yield
    current_app.conf.update(task_always_eager=before[0], task_eager_propagates=before[1])


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """What is made here every test of the module begins with; it is taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def own_copy(made: Made) -> Made:
    """What the tests of a module share, for one of them to change: its rows are rolled back."""
    return deepcopy(made, {id(SYSTEM): SYSTEM})


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def api() -> APIClient:
    return APIClient()


@pytest.fixture
def visitor(client: Client) -> Client:
    return client


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], Client]:
    """Sign a person in, with the second factor that staff must have."""

    def use(user: User) -> Client:
        Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, data={})
        client.force_login(user)
        return client

    return use
