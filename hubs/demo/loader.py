"""Writes a demo country's YAML files into the database: the same rows every time.

Everything it makes carries `is_demo`. It sends no signal: the worker's sweep finds what is new.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts.identifiers import ror
from accounts.models import (
    Cadence,
    Consent,
    Family,
    LetterPreference,
    Membership,
    Organisation,
    Person,
    Profile,
    ProfileItem,
    Translation,
    User,
)

from ..models import Challenge, ChallengeStep, Hub, HubMembership, Need
from .consortia import load_consortia
from .gatherings import load_gatherings
from .indicators import load_releases
from .introductions import load_introductions
from .lifecycle import load_lifecycle
from .news import load_news
from .programmes import load_programmes
from .responses import load_responses
from .works import load_works
from .workspaces import load_workspaces

PASSWORD = "helice-demo"  # noqa: S105 - printed by the demo
SPACE = uuid.UUID("6a3b7f0e-5b1c-4f57-9f0d-2c6f1d1b7c11")
Row = dict[str, Any]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # six times as fast, where it was compiled


def public_id(kind: str, key: str) -> uuid.UUID:
    return uuid.uuid5(SPACE, f"{kind}:{key}")


def state_code(value: object) -> str:
    """INEGI codes keep their leading zero, which YAML takes from an unquoted 01."""
    return "" if value is None else str(value).zfill(2)


@dataclass
class Loaded:
    """What was made, by the keys of the files."""

    people: dict[str, Person] = field(default_factory=dict)  # by e-mail
    organisations: dict[str, Organisation] = field(default_factory=dict)
    hubs: dict[str, Hub] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    challenges: dict[str, Challenge] = field(default_factory=dict)


def read(folder: Path, pattern: str) -> list[Row]:
    files = sorted(folder.glob(pattern))
    return [row for path in files for row in yaml.load(path.read_text(), Loader=LOADER) or []]  # noqa: S506 - a safe one


@transaction.atomic
def load(folder: Path, now: datetime | None = None) -> Loaded:
    now = now or timezone.now()
    loaded = Loaded()
    profiles = read(folder, "profiles*.yaml")
    people = read(folder, "people.yaml")
    load_hubs(loaded, read(folder, "hubs.yaml"))
    load_organisations(loaded, read(folder, "organisations.yaml"), now)
    load_people(loaded, people, profiles, now)
    load_profiles(loaded, profiles, now)
    join_people(loaded, people)
    load_challenges(loaded, read(folder, "challenges.yaml"), now)
    load_responses(loaded.challenges, loaded.profiles, now)
    load_gatherings(loaded, read(folder, "gatherings.yaml"), now)
    load_introductions(loaded, read(folder, "introductions.yaml"), now)
    load_programmes(loaded, read(folder, "programmes.yaml"), now)
    load_consortia(loaded, read(folder, "consortia.yaml"), now)
    load_works(loaded, read(folder, "works.yaml"), now)
    load_workspaces(loaded.challenges, now)
    load_news()
    load_lifecycle(loaded.challenges, loaded.organisations, now)
    load_releases(now)
    return loaded


def load_hubs(loaded: Loaded, rows: Iterable[Row]) -> None:
    for row in rows:
        hub = Hub.objects.create(
            public_id=public_id("hub", row["key"]),
            slug=row["key"],
            kind=row["kind"],
            state=state_code(row["state"]),
            name=row["name"]["es"],
            summary=row["summary"]["es"],
            language="es",
            is_demo=True,
        )
        for name in ("name", "summary"):
            translate(hub, name, "en", row[name].get("en"))
        loaded.hubs[row["key"]] = hub


def translate(record: Any, name: str, language: str, text: str | None) -> None:
    if text:
        Translation.objects.create(record=record, field=name, language=language, text=text)


def load_organisations(loaded: Loaded, rows: Iterable[Row], now: datetime) -> None:
    for row in rows:
        organisation = Organisation.objects.create(
            public_id=public_id("organisation", row["key"]),
            kind=row["kind"],
            name=row["name"],
            state=state_code(row["state"]),
            municipality=row["municipality"] or "",
            size=row["size"] or "",
            government_level=row["government_level"] or "",
            website=row["website"] or "",
            ror=ror(row["ror"]) if row["ror"] else "",
            confirmed_at=now,
            is_demo=True,
        )
        for key in row["hubs"]:
            loaded.hubs[key].organisations.add(organisation)
        loaded.organisations[row["key"]] = organisation


def load_people(loaded: Loaded, rows: list[Row], profiles: list[Row], now: datetime) -> None:
    """Those named in people.yaml have accounts; so has everyone whose researcher profile is claimed."""
    named = {row["email"]: row for row in rows}
    for profile in profiles:
        person = profile.get("person")
        if person and person["email"] not in named and profile["claimed"]:
            named[person["email"]] = {**person, "language": profile["language"], "roles": []}
    for email, row in named.items():
        user = User(email=email, language=row.get("language") or "es")
        user.set_unusable_password()
        if row["roles"] and row["roles"] != ["owner"]:
            user.set_password(PASSWORD)
        user.save()
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
        user.person.name = row["name"]
        user.person.save()
        loaded.people[email] = user.person
    Consent.objects.bulk_create(
        Consent(person=person, purpose=purpose, granted=True, notice_version="demo")
        for person in loaded.people.values()
        for purpose in Consent.Purpose.values
    )


def owner_of(loaded: Loaded, row: Row) -> Row:
    """A researcher's profile hangs on a person, who may have no account; the others on organisations."""
    if row["kind"] != "researcher":
        return {"organisation": loaded.organisations[row["organisation"]]}
    person = loaded.people.get(row["person"]["email"])
    return {"person": person or Person.objects.create(name=row["person"]["name"])}


def load_profiles(loaded: Loaded, rows: Iterable[Row], now: datetime) -> None:
    for row in rows:
        institution = loaded.organisations.get(row.get("institution") or "")
        claimed = bool(row.get("claimed", True))
        profile = Profile.objects.create(
            public_id=public_id("profile", row["key"]),
            kind=row["kind"],
            **owner_of(loaded, row),
            summary=row["summary"],
            language=row["language"],
            visibility=row["visibility"],
            match_automatically=row["match_automatically"],
            state=state_code(row["state"]),
            municipality=row["municipality"] or "",
            institution=institution,
            fields=[str(code) for code in row.get("fields") or []],
            orcid=row.get("orcid") or "",
            availability=row.get("availability") or "",
            lives_abroad=row.get("lives_abroad") or "",
            abroad_place=row.get("abroad_place") or "",
            would_help=row.get("would_help") or [],
            sector=str(row.get("sector") or ""),
            stage=row.get("stage") or "",
            size=row.get("size") or "",
            government_level=row.get("government_level") or "",
            trl=row.get("trl"),
            confirmed_at=now - timedelta(days=len(loaded.profiles) * 53 % 330),  # the country grew by and by
            claimed_at=now if claimed else None,
            claim_email="" if claimed else (row.get("person") or {}).get("email", ""),
            source="" if claimed else "Demo",
            is_demo=True,
        )
        ProfileItem.objects.bulk_create(items(profile, row))
        loaded.profiles[row["key"]] = profile


def items(profile: Profile, row: Row) -> Iterable[ProfileItem]:
    for role, key in (("offer", "offers"), ("seek", "seeks"), ("evidence", "evidence")):
        for position, item in enumerate(row.get(key) or []):
            yield ProfileItem(
                profile=profile,
                role=role,
                position=position,
                language=item["language"],
                text=item["text"] or "",
                kind=item.get("kind") or "",
                title=item.get("title") or "",
                year=item.get("year"),
                link=item.get("link") or "",
            )


def join_people(loaded: Loaded, rows: Iterable[Row]) -> None:
    for row in rows:
        person = loaded.people[row["email"]]
        for key in row["owns"]:
            Membership.objects.create(
                person=person, organisation=loaded.organisations[key], role="owner", receives_letters=True
            )
        for key in row["curates"]:
            HubMembership.objects.create(person=person, hub=loaded.hubs[key], role="curator")
        if row["roles"] != ["owner"]:
            LetterPreference.objects.create(person=person, family=Family.MATCHES, cadence=Cadence.AT_ONCE)


def load_challenges(loaded: Loaded, rows: Iterable[Row], now: datetime) -> None:
    for row in rows:
        challenge = Challenge(
            public_id=public_id("challenge", row["key"]),
            organisation=loaded.organisations[row["organisation"]],
            hub=loaded.hubs[row["hub"]],
            status=row["state_of_row"],
            language=row["language"],
            title=row["title"],
            summary=row["summary"],
            description=row["description"],
            offer_money=row["offer_money_mxn"],
            offer_data=row["offer"] or "",
            state=state_code(row["state"]),
            only_in_state=row.get("only_in_state", False),
            eligible_kinds=row.get("eligible_kinds") or [],
            sector=row["sector"],
            fields=row["fields"],
            sdgs=[str(number) for number in row["sdgs"]],
            trl_from=row["trl_from"],
            trl_to=row["trl_to"],
            opens_at=now + timedelta(days=row["opens_in_days"]),
            closes_at=(now + timedelta(days=row["closes_in_days"])).replace(
                minute=0, second=0, microsecond=0
            ),
            contact_name=row["contact"]["name"],
            contact_email=row["contact"]["email"],
            poster_shown=row["poster_shown"],
            terms_ip=row["terms_ip"] or "",
            terms_confidentiality=row["terms_confidentiality"] or "",
            is_demo=True,
        )
        challenge.author = challenge.organisation.owners().first()
        challenge.save()
        needs = [
            Need.objects.create(
                challenge=challenge,
                position=position,
                text=need["text"],
                weight=need["weight"],
                sought=need["sought"],
            )
            for position, need in enumerate(row["needs"])
        ]
        add_translation(challenge, needs, row["translation"])
        add_history(challenge, loaded.people, now)
        loaded.challenges[row["key"]] = challenge


def add_translation(challenge: Challenge, needs: list[Need], row: Row | None) -> None:
    if not row:
        return
    language = "en" if challenge.language == "es" else "es"
    for name in ("title", "summary", "description"):
        translate(challenge, name, language, row.get(name))
    for need, text in zip(needs, row.get("needs") or [], strict=False):
        translate(need, "text", language, text)
    challenge.save()  # its search column holds the translations too


PATHS = {
    "draft": ["draft"],
    "in_review": ["draft", "in_review"],
    "changes_requested": ["draft", "in_review", "changes_requested"],
    "published": ["draft", "in_review", "published"],
    "closed": ["draft", "in_review", "published", "closed"],
    "withdrawn": ["draft", "in_review", "published", "withdrawn"],
    "in_evaluation": ["draft", "in_review", "published", "closed", "in_evaluation"],
    "awarded": ["draft", "in_review", "published", "closed", "in_evaluation", "awarded"],
    "in_progress": ["draft", "in_review", "published", "closed", "in_evaluation", "awarded", "in_progress"],
    "completed": [
        *("draft", "in_review", "published", "closed", "in_evaluation", "awarded", "in_progress", "completed")
    ],
    "archived": ["draft", "in_review", "published", "closed", "archived"],
}


def add_history(challenge: Challenge, people: dict[str, Person], now: datetime) -> None:
    """The steps that led to the state it is in, by those who would have taken them."""
    curator = Person.objects.filter(
        hub_memberships__hub=challenge.hub, hub_memberships__role="curator"
    ).first()
    start = min(challenge.opens_at or now, now) - timedelta(days=6)
    before = ""
    for days, status in enumerate(PATHS[challenge.status]):
        actor = curator if status in {"published", "changes_requested"} else challenge.author
        ChallengeStep.objects.create(
            challenge=challenge,
            actor=actor,
            from_status=before,
            to_status=status,
            at=start + timedelta(days=days),
        )
        before = status
        if status == "in_review":
            challenge.submitted_at = start + timedelta(days=days)
        if status == "published":
            challenge.published_at = start + timedelta(days=days)
    challenge.save(update_fields=["submitted_at", "published_at"])
