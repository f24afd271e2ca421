"""The design system stays small, in its layers, and of its own colours."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = sorted((Path(settings.BASE_DIR) / "static" / "css").glob("*.css"))
MOST = 25 * 1024  # bytes, compressed, of all that the site has


def test_all_stylesheets_together_are_small() -> None:
    sizes = {sheet.name: len(gzip.compress(sheet.read_bytes())) for sheet in SHEETS}
    assert sum(sizes.values()) <= MOST, sizes


@pytest.mark.parametrize("sheet", [sheet for sheet in SHEETS if sheet.name != "helice.css"], ids=str)
def test_what_a_part_adds_stands_in_a_layer(sheet: Path) -> None:
    """Outside of a layer it would win against every rule of the design system."""
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    outside, depth = "", 0
    for character in text:
        depth -= character == "}"
        outside += character if depth == 0 else ""
        depth += character == "{"
    rules = [rule.strip() for rule in re.split(r"[{}]", outside) if rule.strip()]
    assert all(rule.startswith("@layer ") for rule in rules), rules
