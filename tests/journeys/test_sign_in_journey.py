"""Signing in at a real browser: through an identity provider, and with a security key."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import Browser

from accounts.enums import Role
from tests.factories.accounts import PASSWORD, person
from tests.identities import configured, running_provider
from tests.journeys.walker import Walker

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BUTTON = "统一身份认证登录（省统一认证）"


def test_an_identity_is_linked_and_then_signs_in(live_server, browser: Browser, settings):
    user = person(Role.ENTERPRISE)
    with running_provider() as address:
        settings.SOCIALACCOUNT_PROVIDERS = configured(address)
        walker = Walker(browser, live_server.url)
        walker.go("/accounts/login/?next=/profile/")
        walker.press(BUTTON)
        walker.page.get_by_role("button", name="zhang", exact=True).click()
        walker.page.wait_for_url("**/identity/")
        walker.follow("我有账号，登录后关联")
        walker.fill(login=user.email, password=PASSWORD)
        walker.press("登录")
        walker.press("关联")
        walker.sees("已关联。以后可以用省统一认证登录。")
        walker.sees("省统一认证 · 张某")

        walker.context.clear_cookies()
        walker.go("/accounts/login/?next=/profile/")
        walker.press(BUTTON)
        walker.page.get_by_role("button", name="zhang", exact=True).click()
        walker.page.wait_for_url("**/profile/")
        walker.sees(user.email)
        walker.page.locator("header summary", has_text="我的账号").click()
        walker.page.get_by_role("button", name="退出登录").click()
        walker.sees("您在省统一认证的登录仍然有效")

    assert SocialAccount.objects.get().user == user
    assert walker.complaints == []  # nothing that the content security policy held back


def test_a_security_key_is_set_up_and_then_asked_for(live_server, browser: Browser):
    user = person(Role.GOVERNMENT)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    walker = Walker(browser, live_server.url)
    devices = walker.context.new_cdp_session(walker.page)
    devices.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2", "transport": "usb", "hasResidentKey": False,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    walker.go("/accounts/login/")
    walker.fill(login=user.email, password=PASSWORD)
    walker.press("登录")

    walker.go("/accounts/2fa/webauthn/add/")
    walker.fill(password=PASSWORD)
    walker.press("确认")
    devices.send("WebAuthn.setUserVerified", {**device, "isUserVerified": False})
    walker.press("添加")
    walker.sees("没有验证成功")
    devices.send("WebAuthn.setUserVerified", {**device, "isUserVerified": True})
    walker.fill(name="办公室的钥匙")
    walker.press("添加")
    walker.sees("恢复码")
    kept = Authenticator.objects.get(user=user, type=Authenticator.Type.WEBAUTHN)
    assert kept.wrap().name == "办公室的钥匙"

    walker.page.locator("header summary", has_text="我的账号").click()
    walker.page.get_by_role("button", name="退出登录").click()
    walker.go("/accounts/login/?next=/profile/")
    walker.fill(login=user.email, password=PASSWORD)
    walker.press("登录")
    walker.press("改用安全密钥")
    walker.page.wait_for_url("**/profile/")

    assert walker.complaints == []
