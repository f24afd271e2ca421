"""The tokens of the design system, measured: text at 4.5 to 1 and edges at 3 to 1, by day and by night."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts import brand
from accounts.colours import DARK, EDGE, LIGHT, TEXT, contrast
from config.design import COLOURS

SHEET = (Path(settings.BASE_DIR) / "static" / "css" / "helice.css").read_text()
GROUNDS = ("paper", "surface", "sunk")
TINTED = {"accent": "accent-tint", "green": "green-tint", "gold-ink": "gold-tint", "blue": "blue-tint"}
WORDS = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in (*GROUNDS, *TINTED.values(), "red-tint")),
    *((ink, ground) for ink in (*TINTED, "red", "accent-deep") for ground in GROUNDS),
    *TINTED.items(),
    ("red", "red-tint"),
    ("foot-ink", "foot"),
    ("foot-soft", "foot"),
    ("white", "button"),
    ("white", "button-hover"),
    ("paper", "ink"),  # the skip link
    ("paper", "accent-deep"),  # what is selected
    ("paper", "red"),  # the mark before an error
]
EDGES = [(edge, ground) for edge in ("edge", "focus") for ground in GROUNDS]
EDGES += [("button", "paper"), ("button", "surface"), ("gold", "surface"), ("gold", "paper")]


def tokens(block: str) -> dict[str, str]:
    found = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6});", block))
    return {name: value if len(value) == 7 else long(value) for name, value in found.items()}


def long(value: str) -> str:
    return "#" + "".join(digit * 2 for digit in value[1:])


LAYER = SHEET[SHEET.index("@layer tokens {") : SHEET.index("@layer reset {")]
DAY, _, NIGHT = LAYER.partition("@media")
THEMES = {"light": tokens(DAY), "dark": tokens(DAY) | tokens(NIGHT)}
BRANDS: dict[str, dict[str, str]] = {
    "as drawn": {},
    "a blue one": {"primary": "#1f4b73", "accent": "#5b3d8a", "dark": "#101c2b", "decoration": "#8a6d1c"},
    "a black one": {"primary": "#111111", "accent": "#333333", "dark": "#000000", "decoration": "#777777"},
}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", BRANDS)
def test_every_pair_of_colours_can_be_read(theme: str, name: str) -> None:
    assert not brand_errors(BRANDS[name])
    changed = brand.tokens(brand.DRAWN_WITH | BRANDS[name])[theme == "dark"]
    values = THEMES[theme] | changed | {"white": "#ffffff"}
    measured = [(pair, contrast(*(values[each] for each in pair)), TEXT) for pair in WORDS]
    measured += [(pair, contrast(*(values[each] for each in pair)), EDGE) for pair in EDGES]
    low = [(pair, round(ratio, 2)) for pair, ratio, least in measured if ratio < least]
    assert not low


def brand_errors(chosen: dict[str, str]) -> list[str]:
    pairs = brand.pairs(brand.DRAWN_WITH | chosen)
    return [pair for pair, ratio, least in pairs if ratio < least]


def test_the_grounds_that_shades_are_made_for_are_those_of_the_stylesheet() -> None:
    assert {name: THEMES["light"][name] for name in GROUNDS} == LIGHT
    assert {name: THEMES["dark"][name] for name in GROUNDS} == DARK


def test_the_design_page_shows_every_colour_there_is() -> None:
    assert set(COLOURS) == set(THEMES["light"])


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#ffffff", "#000000") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize(
    ("colours", "complaint"),
    [
        ({"primary": "#eeaa00"}, "HELICE_COLOUR_PRIMARY"),
        ({"dark": "#88aa99"}, "HELICE_COLOUR_DARK"),
        ({"accent": "green"}, "#rrggbb"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_at_start(
    settings: Any, colours: dict[str, str], complaint: str
) -> None:
    settings.HELICE_COLOURS = colours
    assert [complaint in str(error) for error in brand.possible_colours()] == [True]
