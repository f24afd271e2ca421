"""Somebody who uses the running demo with a browser of their own."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from playwright.sync_api import Browser, Locator, Page, expect

PASSWORD = "helice-demo"
expect.set_options(timeout=30_000)  # a page on a slow machine


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
        self.complaints: list[str] = []  # of the browser: a script, a page or a picture that failed
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if email:
            self.open("/es/account/login/")
            self.page.fill("[name=login]", email)
            self.page.fill("[name=password]", PASSWORD)
            self.page.locator("main form").first.locator("[type=submit]").first.click()
            expect(self.page).to_have_url(re.compile("/my/"))

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.url + path)

    def submit(self) -> None:
        self.click(self.page.locator("main form [type=submit]"))

    def click(self, found: Locator) -> None:
        """The first of them, which leads to another page: wait until it is there."""
        with self.page.expect_navigation():
            found.first.click()

    def press(self, name: str, value: str) -> None:
        """The button that says so."""
        self.click(self.page.locator(f"main button[name={name}][value={value}]:not([aria-hidden])"))

    def step(self, to: str) -> None:
        """One step of a challenge, where its page offers it; one that asks first is answered."""
        form = self.page.locator(f"main form:has([name=to][value={to}])")
        if form.locator("summary").count():
            form.locator("summary").first.click()
        self.click(form.locator("[type=submit]"))

    def go_on(self, to: str) -> None:
        """To the next step of a wizard."""
        self.press("then", "next")
        expect(self.page).to_have_url(re.compile(f"/{to}/$"))

    def follow(self, address: str) -> None:
        """The first link of the page that leads there."""
        self.click(self.page.locator(f"main a[href*='{address}']:visible"))

    def read(self, title: str) -> None:
        """Follow a link by its words."""
        self.click(self.page.locator("main").get_by_role("link", name=title))

    def section(self, address: str) -> None:
        """One of the site's sections, which the head of every page names."""
        self.click(self.page.locator(f".site-nav a[href$='{address}']"))

    def menu(self, address: str) -> None:
        """A page of one's own account, from the menu at the head of every page."""
        there = f"a[href$='{address}']"
        self.page.locator(f".site-header details.menu:has({there}) > summary").click()
        self.click(self.page.locator(f".site-header details.menu {there}"))

    def hear(self, what: str, about: str, seconds: float = 60) -> None:
        """Open what the newest piece of news with these words leads to, as soon as it is there."""
        self.menu("/my/news/")
        cards = self.page.locator("main article.card")
        card = cards.filter(has_text=re.compile(what, re.IGNORECASE)).filter(has_text=about).first
        until(lambda: self.again(card), seconds, f"{self.email} hears of {about}")
        self.click(card.locator("[type=submit]"))

    def again(self, part: Locator) -> bool:
        """Whether the page shows it by now; looks at the page anew if not."""
        if part.count():
            return True
        self.page.reload()
        return part.count() > 0

    def letter(self, email: str, words: str, seconds: float = 10) -> None:
        """Open the newest letter to an address whose subject has these words, as soon as it is there."""

        def arrived() -> bool:
            self.open(f"/demo/mailbox/?to={email}")
            return self.page.locator("main table a").filter(has_text=re.compile(words)).count() > 0

        until(arrived, seconds, f"a letter “{words}” to {email}")
        self.page.locator("main table a").filter(has_text=re.compile(words)).first.click()
