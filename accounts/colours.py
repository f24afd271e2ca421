"""Contrast as WCAG 2.2 measures it, and shades of an operator's colour that keep it."""

import re
from collections.abc import Mapping

TEXT, EDGE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
# What lies under text in either theme: static/css/helice.css, layer tokens.
LIGHT = {"paper": "#fbf9f5", "surface": "#ffffff", "sunk": "#f3eee5"}
DARK = {"paper": "#161211", "surface": "#201b19", "sunk": "#100d0c"}
STEPS = 50


def is_colour(text: str) -> bool:
    return bool(_HEX.fullmatch(text))


def mix(first: str, second: str, share: float) -> str:
    """`share` of the second colour in the first, channel by channel of sRGB."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)


def contrast(first: str, second: str) -> float:
    """1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, grounds: Mapping[str, str], towards: str, at_least: float = TEXT) -> str:
    """The nearest shade of `colour`, on its way to `towards`, that can be read on each of the grounds."""
    for step in range(STEPS + 1):
        shade = mix(colour, towards, step / STEPS)
        if all(contrast(shade, ground) >= at_least for ground in grounds.values()):
            return shade
    return towards


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return float(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
