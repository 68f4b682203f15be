from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from core.access import SYSTEM
from reporting.catalogue import declared
from reporting.services.indicators import load_indicators
from tests.conftest import own_copy
from tests.factories.accounts import OrganisationFactory, person


@pytest.fixture(scope="module")
def catalogue(module_db):
    """The real catalogue, loaded once for a module."""
    load_indicators(actor=SYSTEM, rows=declared(), now=timezone.now())


@pytest.fixture
def indicators(catalogue, db):
    """The real catalogue, loaded; each test begins with it as it was."""


@pytest.fixture
def world(_world, db):
    """What `_world` of a module made once, for one test to change."""
    return own_copy(_world)


@pytest.fixture
def demo_mode(settings):
    """Demo staff need no second factor."""
    settings.DEMO_MODE = True


@pytest.fixture
def operator(db):
    return person(Role.OPERATOR, organisation=OrganisationFactory())


def signed_in(user: User) -> Client:
    """A session of the person, of the demonstration: see `demo_mode`."""
    user.is_demo = True
    user.save()
    client = Client()
    client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"reporting:{name}", args=args)
