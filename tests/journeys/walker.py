"""A person at a browser: signs in, fills in what a page asks, presses what it offers."""

from __future__ import annotations

from playwright.sync_api import Browser, Locator, Page, expect

PATIENCE = 90_000  # milliseconds; a busy machine is slow, not wrong


class Walker:
    """One person with a browser context of their own; remembers console errors."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._listen)

    def _listen(self, message) -> None:  # type: ignore[no-untyped-def]
        if message.type == "error":
            self.complaints.append(message.text)

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.address)

    def go(self, path: str) -> Page:
        response = self.page.goto(self.address + path)
        assert response is not None
        assert response.ok, f"{path}: {response.status}"
        return self.page

    def sign_in(self, email: str, password: str) -> None:
        self.go("/accounts/login/")
        self.fill(login=email, password=password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url("**/workbench/")

    def fill(self, within: Locator | None = None, /, **values: str) -> None:
        """Fill fields by name: text, a choice by its label, "on" for a tick."""
        place = within or self.page.locator("main")
        for name, value in values.items():
            field = place.locator(f'[name="{name}"]').first
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(label=value)
            elif value == "on":
                field.check()
            else:
                field.fill(value)

    def press(self, label: str) -> None:
        """Press the first button of that name on the page itself (not its header)."""
        self.page.locator("main").get_by_role("button", name=label, exact=True).first.click()
        self.page.wait_for_load_state()

    def act(self, label: str, *, confirm: str = "", **values: str) -> None:
        """Open the panel behind a button, fill it in and press the same word (or `confirm`)."""
        panel = self.page.locator(
            "main details", has=self.page.locator(f"summary:has-text('{label}')")
        )
        panel.first.locator("summary").first.click()
        self.fill(panel.first, **values)
        panel.first.get_by_role("button", name=confirm or label, exact=True).click()
        self.page.wait_for_load_state()

    def follow(self, label: str) -> None:
        """Follow the first link of that name, or else the first whose name contains it."""
        links = self.page.locator("main")
        same = links.get_by_role("link", name=label, exact=True)
        (same if same.count() else links.get_by_role("link", name=label)).first.click()
        self.page.wait_for_load_state()

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text, timeout=PATIENCE)
