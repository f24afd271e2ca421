"""Somebody who uses the running demo with a browser of their own."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

PASSWORD = "helice-demo"


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds} s still not: {what}"
        time.sleep(0.2)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, browser: Browser, url: str, email: str = "") -> None:
        self.url, self.email = url, email
        self.page: Page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        if email:
            self.open("/es/account/login/")
            self.page.fill("[name=login]", email)
            self.page.fill("[name=password]", PASSWORD)
            self.page.locator("main form").first.locator("[type=submit]").first.click()
            expect(self.page).to_have_url(re.compile("/my/"))

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.url + path)

    def choose(self, name: str, label: str) -> None:
        self.page.select_option(f"[name={name}]", label=label)

    def submit(self) -> None:
        self.page.locator("main form [type=submit]").first.click()

    def letter(self, email: str, words: str, seconds: float = 10) -> None:
        """Open the newest letter to an address whose subject has these words, as soon as it is there."""

        def arrived() -> bool:
            self.open(f"/demo/mailbox/?to={email}")
            return self.page.locator("main table a").filter(has_text=re.compile(words)).count() > 0

        until(arrived, seconds, f"a letter “{words}” to {email}")
        self.page.locator("main table a").filter(has_text=re.compile(words)).first.click()
