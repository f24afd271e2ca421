"""Who may apply to a programme, told from facts alone.

What a profile does not say makes nobody eligible, and bars nobody: it is to be checked. Read anew whenever a
programme is shown or applied to, never stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from .models import Programme

Word = Literal["eligible", "check", "barred"]


@dataclass(frozen=True)
class Verdict:
    """`unknown`: what the profile does not say and the programme asks for; `why`: what bars it."""

    word: Word
    unknown: tuple[Promise, ...] = ()
    why: Promise | None = None


KIND = _("It is not for this kind of profile.")
ABROAD = _("It is for people who live abroad.")
STATE = _("It is for other states.")
SECTOR = _("It is for other sectors.")
STAGE = _("It is for startups of other stages.")


def judge(programme: Programme, profile: Profile) -> Verdict:
    """Whether this profile may apply."""
    if programme.who_may and profile.kind not in programme.who_may:
        return Verdict("barred", why=KIND)
    if programme.abroad_only and not profile.lives_abroad:
        return Verdict("barred", why=ABROAD)
    asked: list[tuple[list[str], str, Promise, Promise]] = []
    if not profile.lives_abroad or profile.state:
        asked.append((programme.states, profile.state, STATE, _("state")))
    elif programme.states and not programme.abroad_only:
        return Verdict("barred", why=STATE)
    asked.append((programme.sectors, profile.sector, SECTOR, _("sector")))
    if profile.kind == Profile.Kind.STARTUP:
        asked.append((programme.stages, profile.stage, STAGE, _("stage")))
    for admitted, own, why, _name in asked:
        if admitted and own and own not in admitted:
            return Verdict("barred", why=why)
    unknown = tuple(name for admitted, own, _why, name in asked if admitted and not own)
    return Verdict("check", unknown) if unknown else Verdict("eligible")


def best(programme: Programme, profiles: Iterable[Profile]) -> tuple[Profile, Verdict] | None:
    """Through whom of some profiles one may apply, the surest first; None where all are barred."""
    judged = [(profile, judge(programme, profile)) for profile in profiles]
    for word in ("eligible", "check"):
        for profile, verdict in judged:
            if verdict.word == word:
                return profile, verdict
    return None
