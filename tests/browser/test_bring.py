"""Bringing a CV on a phone, without JavaScript, as far as the form that it fills."""

import pytest

from tests.accounts.test_reading_cv import CV
from tests.browser.conftest import Enter
from tests.browser.test_pages import AXE, OPTIONS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_cv_is_brought_on_a_phone(enter: Enter, javascript: bool) -> None:
    tab = enter(java_script_enabled=javascript)
    tab.goto("/es/profiles/bring/")
    tab.locator("textarea").fill(CV)
    tab.locator("main form button").first.click()
    assert tab.locator("input[name=take]").count() >= 4
    width = tab.evaluate("document.documentElement.scrollWidth") if javascript else 360
    assert width <= 360
    if javascript:
        report = AXE.run(tab, options=OPTIONS)
        assert not report.violations_count, report.generate_report()
    tab.locator("main form button").first.click()
    assert tab.locator("[name=orcid]").input_value() == "0000-0002-1825-0097"
