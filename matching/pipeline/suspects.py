"""Which texts of a profile look written to game the matching, and how much each passage may count."""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from accounts.models import Profile
from hubs.models import Challenge, Need

from ..matchable import matchable_challenges
from ..models import Subject, Suspect
from ..ranking import stuffing
from ..texts import Text
from ..vectors import ANSWERS
from . import facts

SHOWN = 2000  # characters of a text that a curator is shown
FINE, HIDDEN = Suspect.State.FINE, Suspect.State.HIDDEN


def trust_of(subject: Subject, texts: Collection[Text], new: Collection[Text]) -> dict[str, float]:
    """How much each of a profile's texts may count, by its hash; flags for curators what looks written to
    game the matching. `new` are those that were not there before: only they can be copies."""
    profile = subject.profile
    answering = {text.hash: text for text in texts if text.role in ANSWERS}
    if profile is None or not answering:
        return {}
    known = {row.text_hash: row for row in Suspect.objects.filter(profile=profile)}
    signs = {key: stuffing.signs(text.text) for key, text in answering.items()}
    fresh = {text.hash for text in new if text.hash not in known}
    copies = _copies(profile, {key: text.text for key, text in answering.items() if key in fresh})
    found = {}
    for key, sign in signs.items():
        row = known.get(key)
        copied = key in copies or (row is not None and Suspect.Mark.COPY in row.marks)
        trust = min(sign.trust, stuffing.COPIED) if copied else sign.trust
        if row is None and trust < stuffing.SUSPECT:
            _flag(profile, answering[key], sign.names, copies.get(key))
        found[key] = _decided(row, trust)
    return found


def _decided(row: Suspect | None, trust: float) -> float:
    """A curator's word goes before any figure."""
    if row is None or row.state == Suspect.State.OPEN:
        return trust
    return 1.0 if row.state == FINE else 0.0


def _flag(profile: Profile, text: Text, marks: Sequence[str], copied_from: int | None) -> None:
    found = [*marks, Suspect.Mark.COPY.value] if copied_from else list(marks)
    Suspect.objects.get_or_create(
        profile=profile,
        text_hash=text.hash,
        defaults={
            "text": text.text[:SHOWN],
            "language": text.language,
            "marks": found,
            "copied_from_id": copied_from,
        },
    )


class Posted:
    """The words of all needs that are posted, read once by a process and then only what is new."""

    def __init__(self) -> None:
        self.asked = stuffing.Asked()
        self.latest: datetime | None = None
        self.lock = threading.Lock()

    def copied_by(self, text: str) -> set[int]:
        """The challenges whose words a text repeats."""
        with self.lock:
            return self.asked.copied_by(text)

    def read(self) -> None:
        """Know what was posted by now."""
        with self.lock:
            new = matchable_challenges().filter(published_at__isnull=False)
            if self.latest:
                new = new.filter(published_at__gt=self.latest)
            times = dict(new.values_list("pk", "published_at"))
            for chunk in facts.chunks(times):
                by_challenge: dict[int, list[str]] = defaultdict(list)
                needs = Need.objects.filter(challenge__in=chunk).order_by("position", "pk")
                for challenge, text in needs.values_list("challenge", "text"):
                    by_challenge[challenge].append(text)
                for challenge, texts in by_challenge.items():
                    self.asked.add(challenge, texts)
            self.latest = max((at for at in times.values() if at), default=self.latest)


posted = Posted()


def forget() -> None:
    """For tests, whose rows are rolled back and whose ids come again."""
    global posted
    posted = Posted()


def _copies(profile: Profile, texts: Mapping[str, str]) -> dict[str, int]:
    """Which texts (by hash) repeat a challenge that was posted before the profile was last changed, and which
    one. One's own words on both sides are no copy."""
    if not texts:
        return {}
    posted.read()
    met = {key: found for key, text in texts.items() if (found := posted.copied_by(text))}
    admitted = _posted_before(profile, {challenge for found in met.values() for challenge in found})
    return {key: min(found & admitted) for key, found in met.items() if found & admitted}


def _posted_before(profile: Profile, challenges: Iterable[int]) -> set[int]:
    earlier = Challenge.objects.filter(pk__in=list(challenges), published_at__lt=profile.updated_at)
    subjects = Subject.objects.filter(challenge__in=earlier)
    mine = facts.profiles([profile.subject.pk])
    return {
        challenge.challenge_id
        for challenge in facts.challenges(subjects.values_list("pk", flat=True)).values()
        if not any(challenge.is_own(own) for own in mine.values())
    }
