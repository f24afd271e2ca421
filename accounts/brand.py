"""The face of an installation: name, four colours, logo. Who sets nothing gets the country pack's colours."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control

from .colours import DARK, EDGE, LIGHT, TEXT, contrast, is_colour, mix, readable
from .countries import get_pack

# The colours that static/css/helice.css was drawn with by hand; only what differs is written into /brand.css.
DRAWN_WITH = {"primary": "#611232", "accent": "#1e5b4f", "dark": "#002f2a", "decoration": "#a57f2c"}
LOGOS = {".svg": "image/svg+xml", ".png": "image/png"}
YEAR = 31_536_000
_BOX = re.compile(rb'viewBox="[\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)[ ,]+([\d.]+)"')


@dataclass(frozen=True)
class Logo:
    """A picture of the operator's, with the size that keeps the page from jumping as it comes."""

    path: Path
    kind: str
    width: int
    height: int
    version: str


def colours() -> dict[str, str]:
    """Role of a colour to its value: HELICE_COLOUR_… where set, else the country pack's theme."""
    return {**DRAWN_WITH, **get_pack(settings.HELICE_COUNTRY).theme, **settings.HELICE_COLOURS}


def tokens(chosen: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Custom properties of the light and of the dark theme for the colours that are not the drawn ones."""
    light: dict[str, str] = {}
    dark: dict[str, str] = {}
    changed = {role: value for role, value in chosen.items() if DRAWN_WITH.get(role) != value}
    if colour := changed.get("primary"):
        _primary(colour, light, dark)
    if colour := changed.get("accent"):
        tints = mix(colour, "#ffffff", 0.9), mix(colour, DARK["paper"], 0.75)
        light |= {"green": readable(colour, LIGHT | {"tint": tints[0]}, "#000000"), "green-tint": tints[0]}
        dark |= {"green": readable(colour, DARK | {"tint": tints[1]}, "#ffffff"), "green-tint": tints[1]}
    if colour := changed.get("dark"):
        light["foot"], dark["foot"] = colour, mix(colour, "#000000", 0.3)
    if colour := changed.get("decoration"):
        light["gold"], dark["gold"] = colour, mix(colour, "#ffffff", 0.2)
    return light, dark


def _primary(colour: str, light: dict[str, str], dark: dict[str, str]) -> None:
    tint, night = mix(colour, "#ffffff", 0.92), mix(colour, DARK["paper"], 0.75)
    by_day = readable(colour, LIGHT | {"tint": tint}, "#000000")
    by_night = readable(colour, DARK | {"tint": night}, "#ffffff", at_least=7)
    button = readable(readable(colour, DARK, "#ffffff", EDGE), {"label": "#ffffff"}, "#000000")
    light |= {"band": colour, "accent": by_day, "accent-deep": mix(by_day, "#000000", 0.25)}
    light |= {"accent-tint": tint, "button": by_day, "button-hover": mix(by_day, "#000000", 0.25)}
    dark |= {"band": colour, "accent": by_night, "accent-deep": mix(by_night, "#ffffff", 0.4)}
    dark |= {"accent-tint": night, "button": button, "button-hover": mix(button, "#000000", 0.25)}


@cache
def stylesheet() -> str:
    """What /brand.css says; empty where the colours are those of the design system."""
    light, dark = tokens(colours())
    if not light:
        return ""
    night = f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_declared(dark)} }} }}"
    return f"@layer tokens {{ :root {{ {_declared(light)} }} {night} }}\n"


def _declared(properties: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in properties.items())


@cache
def logo() -> Logo | None:
    if not settings.HELICE_LOGO:
        return None
    path = Path(settings.HELICE_LOGO)
    content = path.read_bytes()
    width, height = _size(path, content)
    return Logo(path, LOGOS[path.suffix.lower()], width, height, _version(content))


def _size(path: Path, content: bytes) -> tuple[int, int]:
    """Width and height as the file states them, in whatever unit: only their ratio is used."""
    if path.suffix.lower() == ".png":
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if found := _BOX.search(content):
        return round(float(found[1])), round(float(found[2]))
    raise ValueError("the picture does not say its size: use a PNG, or an SVG with a viewBox")


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def face() -> dict[str, Any]:
    """For the templates of every page: `colour` of the browser's bar, `version` of /brand.css, `logo`."""
    sheet = stylesheet()
    return {
        "own_wordmark": settings.HELICE_NAME == "Hélice",
        "colour": colours()["primary"],
        "version": _version(sheet.encode()) if sheet else "",
        "logo": logo(),
    }


@cache_control(public=True, max_age=YEAR, immutable=True)
def brand_css(request: HttpRequest) -> HttpResponse:
    return HttpResponse(stylesheet(), content_type="text/css; charset=utf-8")


@cache_control(public=True, max_age=YEAR, immutable=True)
def brand_logo(request: HttpRequest) -> HttpResponse:
    found = logo()
    if found is None:
        raise Http404
    return HttpResponse(found.path.read_bytes(), content_type=found.kind)


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name no icon of their own, as those of packages."""
    return redirect(static("icon.svg"))


@register()
def possible_colours(**_: Any) -> list[CheckMessage]:
    """Colours that can be read; said at start, and not by the first reader who cannot."""
    wrong = [name for name, value in colours().items() if not is_colour(value)]
    if wrong:
        return [Error(f"Colours are written #rrggbb; not so: {', '.join(wrong)}.", id="accounts.E001")]
    return [
        Error(f"{pair} have a contrast of {ratio:.1f}; {least} is the least.", id="accounts.E002")
        for pair, ratio, least in pairs(colours())
        if ratio < least
    ]


def pairs(chosen: Mapping[str, str]) -> list[tuple[str, float, float]]:
    return [
        ("HELICE_COLOUR_PRIMARY and white", contrast(chosen["primary"], "#ffffff"), TEXT),
        ("HELICE_COLOUR_ACCENT and white", contrast(chosen["accent"], "#ffffff"), TEXT),
        ("HELICE_COLOUR_DARK and the footer's text", contrast(chosen["dark"], "#b5cdc6"), TEXT),
        ("HELICE_COLOUR_DECORATION and white", contrast(chosen["decoration"], "#ffffff"), EDGE),
    ]


@register()
def possible_logo(**_: Any) -> list[CheckMessage]:
    """HELICE_LOGO is a picture that can be shown."""
    path = Path(settings.HELICE_LOGO)
    if not settings.HELICE_LOGO:
        return []
    if path.suffix.lower() not in LOGOS or not path.is_file():
        return [Error("HELICE_LOGO is the path of an SVG or PNG file.", id="accounts.E003")]
    try:
        logo()
    except ValueError as error:
        return [Error(f"HELICE_LOGO: {error}.", id="accounts.E004")]
    return []
