"""How much of a profile is there for matching to work with, and what would help next, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Profile, ProfileItem

Words = str | Promise
SENTENCES = 80  # characters of a summary that says something
SEVERAL = 3


@dataclass(frozen=True)
class Idea:
    """What is missing, what it would change, and the step of the editor where it is told."""

    step: str
    weight: int
    what: Words
    why: Words


@dataclass(frozen=True)
class Meter:
    """`percent` of the weights; `ideas` are what is missing, the weightiest first; `stopped` says why nothing
    at all is matched, if so."""

    percent: int
    ideas: list[Idea]
    stopped: list[Idea]


IDEAS = {
    "summary": Idea(
        "you",
        15,
        _("Write a summary of a few sentences"),
        _("It is compared with every challenge, and it is what people read first."),
    ),
    "state": Idea(
        "you",
        5,
        _("Say in which state you are"),
        _("Challenges that ask for somebody of the region find you."),
    ),
    "fields": Idea(
        "you",
        10,
        _("Choose your field of science"),
        _("People who look through a field find you there."),
    ),
    "institution": Idea(
        "you", 5, _("Name your institution"), _("Agencies ask who stands behind a proposal.")
    ),
    "sector": Idea("you", 10, _("Choose your sector"), _("People who look through a sector find you there.")),
    "trl": Idea(
        "you",
        10,
        _("Say how ready your technology is (TRL)"),
        _("Many challenges ask for a certain readiness; without it, yours counts as unknown."),
    ),
    "offers": Idea(
        "offers",
        20,
        _("Say what you offer"),
        _("Each need is compared with each offer by itself: most matches come from here."),
    ),
    "several offers": Idea(
        "offers",
        10,
        _("Split what you offer into several rows"),
        _("One thing a row is found more easily than many things in one."),
    ),
    "evidence": Idea(
        "evidence",
        20,
        _("Add something that shows it"),
        _("A match with evidence is stronger: a work, a project, a thesis, code, a client's word."),
    ),
    "several": Idea(
        "evidence", 5, _("Add more evidence"), _("Different needs are answered by different work.")
    ),
    "year": Idea(
        "evidence",
        5,
        _("Give your evidence its year"),
        _("What is recent counts more; without a year, nobody knows."),
    ),
    "link": Idea("evidence", 5, _("Give your evidence a link"), _("Whoever reads the match can look it up.")),
    "seeks": Idea("seeks", 5, _("Say what you look for"), _("It shows others how to work with you.")),
}
SWITCHED_OFF = Idea(
    "shown",
    0,
    _("Automatic matching is switched off"),
    _("Nothing is matched with this profile until you switch it on."),
)
HIDDEN = Idea("shown", 0, _("Nobody sees this profile"), _("What nobody may see is matched with nothing."))


def meter(profile: Profile, items: Iterable[ProfileItem]) -> Meter:
    """Of a profile as it stands; asks the database nothing."""
    told = {**_facts(profile), **_items(profile, [item for item in items if item.represents])}
    whole = sum(IDEAS[name].weight for name in told)
    done = sum(IDEAS[name].weight for name, there in told.items() if there)
    missing = sorted(
        (IDEAS[name] for name, there in told.items() if not there), key=lambda idea: -idea.weight
    )
    stopped = [] if profile.match_automatically else [SWITCHED_OFF]
    stopped += [HIDDEN] if profile.visibility == Profile.Visibility.NOBODY else []
    return Meter(round(100 * done / whole), missing, stopped)


def _facts(profile: Profile) -> dict[str, Any]:
    """What each kind of profile is asked, and whether it is there."""
    found: dict[str, Any] = {
        "summary": len(profile.summary) >= SENTENCES,
        "state": profile.state or profile.lives_abroad,
    }
    if profile.kind == Profile.Kind.RESEARCHER:
        found |= {"fields": profile.fields, "institution": profile.institution_shown}
    elif profile.kind != Profile.Kind.AGENCY:
        found["sector"] = profile.sector
    if profile.kind == Profile.Kind.STARTUP:
        found["trl"] = profile.trl
    return found


def _items(profile: Profile, items: list[ProfileItem]) -> dict[str, Any]:
    offers = [item for item in items if item.role == ProfileItem.Role.OFFER]
    shown = [item for item in items if item.role == ProfileItem.Role.EVIDENCE]
    found: dict[str, Any] = {"offers": offers, "several offers": len(offers) >= SEVERAL}
    if profile.kind == Profile.Kind.AGENCY:
        return found
    found |= {
        "evidence": shown,
        "several": len(shown) >= SEVERAL,
        "year": any(item.year for item in shown),
        "link": any(item.link for item in shown),
    }
    if profile.kind in (Profile.Kind.STARTUP, Profile.Kind.COMPANY):
        found["seeks"] = any(item.role == ProfileItem.Role.SEEK for item in items)
    return found
