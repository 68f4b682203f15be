"""A person at a browser: signs in, fills in what a page asks, presses what it offers."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect


class Walker:
    """One person with a browser context of their own; complains about console errors."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on(
            "console",
            lambda message: self.complaints.append(message.text)
            if message.type == "error"
            else None,
        )

    def go(self, path: str) -> Page:
        response = self.page.goto(self.address + path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        return self.page

    def sign_in(self, email: str, password: str) -> None:
        self.go("/accounts/login/")
        self.page.fill("main input[name=login]", email)
        self.page.fill("main input[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/workbench/")

    def fill(self, **values: str) -> None:
        """Fill fields by name: text, choice by its label, checkbox with "on"."""
        for name, value in values.items():
            field = self.page.locator(f"main [name={name}]").first
            tag = field.evaluate("element => element.tagName")
            if tag == "SELECT":
                field.select_option(label=value)
            elif field.get_attribute("type") in {"checkbox", "radio"}:
                self.page.locator(f"main [name={name}][value='{value}']").check() if (
                    value != "on"
                ) else field.check()
            else:
                field.fill(value)

    def press(self, label: str) -> None:
        self.page.locator("main").get_by_role("button", name=label, exact=True).first.click()
        self.page.wait_for_load_state()

    def follow(self, label: str) -> None:
        self.page.locator("main").get_by_role("link", name=label).first.click()
        self.page.wait_for_load_state()

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)
