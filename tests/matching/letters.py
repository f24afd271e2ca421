"""Matches as the engine stores them, for tests about letters."""

from typing import Any

from accounts.models import Cadence, LetterPreference, Person, Profile
from hubs.models import Challenge, Need
from matching.models import Match, Statistics, Subject


def make_reason(challenge: Challenge) -> dict[str, Any]:
    """The first need is covered, the others are not."""
    needs = []
    for position, need in enumerate(Need.objects.filter(challenge=challenge)):
        covered = position == 0
        evidence = {
            "text": "Medimos arsénico en 40 pozos. Publicamos los datos.",
            "sentence": "Medimos arsénico en 40 pozos.",
            "language": "es",
            "title": "Arsénico en el Bajío",
            "source": "",
            "kind": "publication",
            "year": 2021,
            "link": "https://example.org/articulo",
        }
        needs.append(
            {
                "need_id": need.pk,
                "text": need.text,
                "language": "es",
                "weight": need.weight,
                "covered": covered,
                "strength": "strong" if covered else None,
                "evidence": evidence if covered else None,
            }
        )
    return {"needs": needs, "engine": "helice-1", "model": "hash", "statistics": "v1"}


def make_match(
    profile: Profile, challenge: Challenge, *, score: float = 0.8, strength: str = "good"
) -> Match:
    subject, _ = Subject.objects.get_or_create(profile=profile)
    target, _ = Subject.objects.get_or_create(challenge=challenge)
    shown, _ = Statistics.objects.get_or_create(
        current=True, defaults={"version": "v1", "model": "hash", "engine": "helice-1", "data": b""}
    )
    return Match.objects.create(
        subject=subject,
        target=target,
        score=score,
        probability=score,
        strength=strength,
        reason=make_reason(challenge),
        parts={"dense": score},
        engine="helice-1",
        model="hash",
        statistics=shown,
    )


def wants(person: Person, cadence: Cadence) -> None:
    LetterPreference.objects.update_or_create(
        person=person, family="matches", channel="email", defaults={"cadence": cadence}
    )
