"""The cast of the case tests: both sides of a project and everybody around it."""

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from cases.models import Message, Project
from core.errors import DomainError
from core.models import Event
from tests.conftest import own_copy
from tests.factories.accounts import OrganisationFactory, bystanders, person
from tests.factories.cases import ProjectFactory
from tests.factories.platforms import PlatformFactory


@pytest.fixture
def cast(_cast, db):
    """Enterprise, operator of its platform, strangers of both kinds, staff and brokers near and
    far, visitor and system."""
    return own_copy(_cast)


@pytest.fixture(scope="module")
def _cast(module_db):
    firm = OrganisationFactory(name="中山甲材料有限公司")
    runner = OrganisationFactory(name="中山中试运营有限公司")
    return SimpleNamespace(
        firm=firm,
        runner=runner,
        platform=PlatformFactory(name="中山精细化工中试平台", organisation=runner),
        enterprise=person(Role.ENTERPRISE, organisation=firm),
        operator=person(Role.OPERATOR, organisation=runner),
        other_enterprise=person(Role.ENTERPRISE),
        other_operator=person(Role.OPERATOR),
        **bystanders(),
    )


@pytest.fixture
def project(cast):
    """An enquiry of the enterprise that the platform has not answered."""
    return ProjectFactory(platform=cast.platform, enterprise=cast.firm, started_by=cast.enterprise)


@pytest.fixture
def reach(project):
    """Put the project into a state."""

    def put(status, **values):
        for name, value in {"status": status, **values}.items():
            setattr(project, name, value)
        project.save()
        return project

    return put


def refused(code, call, **values):
    """The call is refused with this code and leaves nothing behind."""
    before = (Project.objects.count(), Message.objects.count(), Event.objects.count())
    with pytest.raises(DomainError) as error:
        call(**values)
    assert error.value.code == code
    assert (Project.objects.count(), Message.objects.count(), Event.objects.count()) == before
    return error.value


@pytest.fixture
def browse(client, cast, settings):
    """A browser signed in as somebody of the cast."""
    settings.DEMO_MODE = True  # staff of the cast have no second factor

    def sign_in(who):
        user = getattr(cast, who)
        type(user).objects.filter(pk=user.pk).update(is_demo=True)
        client.force_login(user)
        return client

    return sign_in


def upload(name="验证报告.txt"):
    return SimpleUploadedFile(name, "合格".encode())
