"""A made-up country as the pages of the site read it: rows only, no vectors, and readers of every kind.

The words are those of benchmarks/catalogue.py. Written in bulk, with the columns that lists search and sort.
"""

import random
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from benchmarks.catalogue import HOW, LANGUAGES, WHAT, WHERE
from benchmarks.collaboration import Collaboration

STATES = [f"{number:02}" for number in range(1, 33)]
SECTORS = ["11", "22", "31-33", "54", "62", "93"]
FIELDS = ["1.2", "1.5", "2.1", "2.2", "2.7", "4.1", "5.4"]
BATCH = 1000
MATCHES = 100  # of each open challenge
OWN = 50  # rows of each list that belongs to a reader


@dataclass
class Registry:
    """Who reads, and what stands in the addresses of pages."""

    users: dict[str, Any] = field(default_factory=dict)  # role to user
    ids: dict[str, list[Any]] = field(default_factory=dict)  # "challenges", "profiles", … to public ids

    def as_json(self) -> dict[str, Any]:
        """What to find a kept country again by."""
        return {"users": {role: user.pk for role, user in self.users.items()}, "ids": self.ids}

    @classmethod
    def again(cls, kept: dict[str, Any]) -> "Registry":
        from accounts.models import User

        users = User.objects.in_bulk(kept["users"].values())
        return cls({role: users[pk] for role, pk in kept["users"].items()}, kept["ids"])

    def of(self, kind: str, role: str) -> list[Any]:
        """A role's own ones first: owners see more of a page, and wait longer for it."""
        return [*self.ids.get(f"{kind} {role}", []), *self.ids.get(kind, [])]


class Writer:
    def __init__(self, profiles: int, challenges: int, seed: int = 1) -> None:
        from django.utils import timezone

        self.random = random.Random(seed)  # noqa: S311 - made-up rows
        self.sizes = profiles, challenges
        self.now = timezone.now()
        self.found = Registry()
        self.need_ids: dict[int, list[int]] = {}  # by challenge

    def write(self) -> Registry:
        hubs = self.hubs()
        organisations, profiles = self.profiles(self.sizes[0])
        challenges = self.challenges(self.sizes[1], hubs, organisations)
        self.readers(hubs, organisations, profiles, challenges)
        self.matches(profiles, challenges)
        self.introductions(profiles, challenges)
        self.suspects(profiles)
        Collaboration(self.found, profiles, challenges, hubs, self.words, self.now, self.random).write()
        self.found.ids |= {
            "hubs": [hub.slug for hub in hubs],
            "profiles": [str(profile.public_id) for profile in profiles[:200]],
            "organisations": [str(one.public_id) for one in organisations[:200]],
            "challenges": [str(one.public_id) for one in challenges if one.status == "published"][:200],
            "review": [str(one.public_id) for one in challenges if one.status == "in_review"][:50],
        }
        return self.found

    def words(self, many: int = 1) -> str:
        side = 0
        return " ".join(
            f"{self.random.choice(HOW)[side]} {self.random.choice(WHAT)[side]} "
            f"{self.random.choice(WHERE)[side]}."
            for _ in range(many)
        )

    def hubs(self) -> list[Any]:
        from hubs.models import Hub

        nation = Hub(kind="nation", slug="mexico", name="México", summary=self.words())
        regions = [
            Hub(
                kind="region", slug=f"region-{state}", name=f"Nodo {state}", summary=self.words(), state=state
            )
            for state in STATES
        ]
        return Hub.objects.bulk_create([nation, *regions])

    def profiles(self, count: int) -> tuple[list[Any], list[Any]]:
        """Four in five are researchers of two hundred institutions; the others organisations."""
        from accounts.models import Organisation, Person, Profile, ProfileItem

        kinds = ["startup", "company", "government"]
        organisations = [
            Organisation(
                kind=kinds[number % 3], name=f"Organización {self.random.choice(WHAT)[0]} {number}",
                state=self.random.choice(STATES), confirmed_at=self.now,
            )
            for number in range(max(3, count // 5))
        ]  # fmt: skip
        schools = [
            Organisation(kind="university", name=f"Universidad {number}", confirmed_at=self.now)
            for number in range(max(2, count // 100))
        ]
        for one in (*organisations, *schools):
            one.set_search()
        Organisation.objects.bulk_create([*organisations, *schools], batch_size=BATCH)
        people = Person.objects.bulk_create(
            [Person(name=f"Persona Inventada {number}") for number in range(count - len(organisations))],
            batch_size=BATCH,
        )
        found = [
            self.profile(kind="researcher", person=one, institution=self.random.choice(schools))
            for one in people
        ]
        shown = {"government": "agency"}
        found += [self.profile(kind=shown.get(one.kind, one.kind), organisation=one) for one in organisations]
        Profile.objects.bulk_create(found, batch_size=BATCH)
        items = [item for profile in found for item in self.items(profile)]
        ProfileItem.objects.bulk_create(items, batch_size=BATCH)
        return organisations, found

    def profile(self, **of: Any) -> Any:
        from accounts.models import Profile

        made = Profile(
            summary=self.words(3), state=self.random.choice(STATES), fields=self.random.sample(FIELDS, 2),
            sector=self.random.choice(SECTORS), confirmed_at=self.now, claimed_at=self.now,
            language=self.random.choice(LANGUAGES), **of,
        )  # fmt: skip
        made.set_search()
        return made

    def items(self, profile: Any) -> list[Any]:
        from accounts.models import ProfileItem

        roles = ["offer"] * 4 + ["evidence"] * 3 + ["seek"]
        return [
            ProfileItem(
                profile=profile, role=role, position=place, text=self.words(), language=profile.language,
                kind="publication" if role == "evidence" else "",
                year=2020 if role == "evidence" else None,
            )
            for place, role in enumerate(roles)
        ]  # fmt: skip

    def challenges(self, count: int, hubs: list[Any], organisations: list[Any]) -> list[Any]:
        """Three in five are open; the others closed, in review, drafts."""
        from hubs.models import Challenge, Need

        posters = [one for one in organisations if one.kind == "government"]
        states = ["published"] * 6 + ["closed", "closed", "in_review", "draft"]
        found = []
        for number in range(count):
            status = states[number % len(states)]
            left = timedelta(days=self.random.randint(1, 120))
            made = Challenge(
                organisation=posters[number // len(states) % min(len(posters), 40)],
                hub=self.random.choice(hubs),
                status=status,
                title=f"{self.words()[:80]} {number}", summary=self.words()[:190], description=self.words(12),
                state=self.random.choice(STATES), sector=self.random.choice(SECTORS), sdgs=["6", "11"],
                opens_at=self.now - timedelta(days=150), submitted_at=self.now,
                published_at=self.now - timedelta(days=1),
                closes_at=self.now - left if status == "closed" else self.now + left,
            )  # fmt: skip
            made.index()
            found.append(made)
        Challenge.objects.bulk_create(found, batch_size=BATCH)
        needs = Need.objects.bulk_create(
            [
                Need(challenge=one, position=place, text=self.words(), weight="must")
                for one in found
                for place in range(5)
            ],
            batch_size=BATCH,
        )
        for need in needs:
            self.need_ids.setdefault(need.challenge_id, []).append(need.pk)
        return found

    def readers(
        self, hubs: list[Any], organisations: list[Any], profiles: list[Any], challenges: list[Any]
    ) -> None:
        """A researcher, the owner of a startup, an official who posts, a curator of the nation."""
        from accounts.models import Membership, User
        from hubs.models import HubMembership

        for role in ("newcomer", "researcher", "owner", "official", "curator"):
            self.found.users[role] = User.objects.create_user(f"{role}@example.org", "benchmark")
        startup = next(one for one in organisations if one.kind == "startup")
        poster = challenges[0].organisation
        for role, one in (("owner", startup), ("official", poster)):
            person = self.found.users[role].person
            Membership.objects.create(organisation=one, person=person, role="owner", receives_letters=True)
        own = profiles[0]
        person, user = own.person, self.found.users["researcher"]
        user.person.delete()
        person.user = user
        person.save()
        HubMembership.objects.create(hub=hubs[0], person=self.found.users["curator"].person, role="curator")
        self.found.ids |= {
            "profiles researcher": [str(own.public_id)],
            "profiles owner": [str(one.public_id) for one in profiles if one.organisation == startup],
            "profiles official": [str(one.public_id) for one in profiles if one.organisation == poster],
            "organisations owner": [str(startup.public_id)],
            "challenges official": [
                str(
                    next(
                        one.public_id
                        for one in challenges
                        if one.organisation == poster and one.status == status
                    )
                )
                for status in ("draft", "published")
                if any(one.organisation == poster and one.status == status for one in challenges)
            ],
        }

    def matches(self, profiles: list[Any], challenges: list[Any]) -> None:
        """As many as the engine keeps; those of the readers with their reasons, as they were looked at."""
        from matching.models import Match, Statistics, Subject

        shown = Statistics.objects.create(
            version="benchmark", model="hash", engine="helice-1", data=b"", current=True
        )
        settled = {"stale_since": None, "matched_at": self.now, "revised_at": self.now}
        subjects = Subject.objects.bulk_create(
            [Subject(profile=one, **settled) for one in profiles], batch_size=BATCH
        )
        open_ones = [one for one in challenges if one.status == "published"]
        targets = Subject.objects.bulk_create(
            [Subject(challenge=one, **settled) for one in open_ones], batch_size=BATCH
        )
        owned = {self.found.ids["profiles researcher"][0], *self.found.ids["profiles owner"]}
        mine = [one for one in subjects if one.profile and str(one.profile.public_id) in owned]
        rows = []
        for number, target in enumerate(targets):
            fitting = self.random.sample(subjects, min(MATCHES, len(subjects)))
            known = mine if number < OWN else []
            for subject in {one.pk: one for one in (*known, *fitting)}.values():
                score = self.random.random()
                reason = self.reason(target.challenge) if subject in known else {}
                rows.append(
                    Match(
                        subject=subject, target=target, statistics=shown, score=score, probability=score,
                        strength="strong" if score > 0.6 else "good", engine="helice-1", model="hash",
                        reason=reason, parts=self.parts(target.challenge, score),
                    )
                )  # fmt: skip
            if len(rows) > 20 * BATCH:
                Match.objects.bulk_create(rows, batch_size=BATCH)
                rows = []
        Match.objects.bulk_create(rows, batch_size=BATCH)

    def parts(self, challenge: Any, score: float) -> dict[str, Any]:
        """As the engine keeps them: which needs are answered, by numbers alone."""
        needs = [
            {
                "need_id": need, "weight": 3, "value": score, "ask": need,
                "passage": 1 if self.random.random() < 0.4 else None,
            }
            for need in self.need_ids[challenge.pk]
        ]  # fmt: skip
        return {"needs": needs, "words": score, "facts": score}

    def reason(self, challenge: Any) -> dict[str, Any]:
        needs = [
            {
                "need_id": need.pk, "text": need.text, "language": "es", "weight": need.weight,
                "covered": need.position < 3, "strength": "good" if need.position < 3 else None,
                "evidence": {
                    "text": self.words(2), "sentence": self.words(), "language": "es", "title": self.words(),
                    "source": "", "kind": "publication", "year": 2021, "link": "https://example.org/",
                } if need.position < 3 else None,
            }
            for need in challenge.needs.all()
        ]  # fmt: skip
        return {"needs": needs, "engine": "helice-1", "model": "hash", "statistics": "benchmark"}

    def introductions(self, profiles: list[Any], challenges: list[Any]) -> None:
        from hubs.models import Introduction

        asker = self.found.users["researcher"].person
        posted = [one for one in challenges if one.status == "published"]
        mine = [one for one in posted if str(one.public_id) in self.found.ids["challenges official"]]
        rows = [
            Introduction(
                challenge=one, profile=profiles[0], asked_by=asker, state="accepted", brings=self.words()
            )
            for one in posted[-OWN:]
        ]
        rows += [
            Introduction(
                challenge=one, profile=profile, asked_by=profile.person, state="accepted", brings=self.words()
            )
            for one in mine
            for profile in profiles[1 : OWN + 1]
        ]
        made = Introduction.objects.bulk_create(rows)
        self.found.ids["introductions"] = [str(one.public_id) for one in (*made[:10], *made[-10:])]

    def suspects(self, profiles: list[Any]) -> None:
        from matching.models import Suspect

        Suspect.objects.bulk_create(
            Suspect(
                profile=one, text=self.words(5), text_hash=uuid.uuid4().hex, language="es", marks=["heap"]
            )
            for one in profiles[:200]
        )
