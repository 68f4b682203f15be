"""The command that opens the first accounts."""

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.taxonomy import guangdong

pytestmark = pytest.mark.django_db


def test_the_first_security_admin_gets_a_link(client, capsys, settings):
    call_command("open_account", "Root@Gd.Gov.Cn", "张某", "security_admin")

    user = User.objects.get(email="root@gd.gov.cn")
    link = capsys.readouterr().out.strip()
    assert user.roles == {Role.SECURITY_ADMIN}
    assert client.get(link.removeprefix(settings.SITE_URL), follow=True).context["form"]


def test_a_known_person_gets_the_role():
    user = UserFactory(email="known@gd.gov.cn")
    guangdong()

    call_command("open_account", "known@gd.gov.cn", "张某", "government", region="440000")

    assert User.objects.get().pk == user.pk
    assert User.objects.get().covers_region(Role.GOVERNMENT, "442000")


def test_a_refused_role_opens_no_account():
    with pytest.raises(CommandError, match="这一角色须指明管辖地区"):
        call_command("open_account", "new@gd.gov.cn", "张某", "government")

    assert not User.objects.exists()
