"""Records to rows, in bulk and in one transaction. Claimed profiles are never written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from ..actions.profiles import ORGANISATION_KINDS
from ..folding import sort_key
from ..models import Organisation, Person, Profile, ProfileItem
from .files import Problem
from .read import Record

SLICE = 500  # rows of one statement
PROFILE_FACTS = (
    "summary",
    "language",
    "visibility",
    "claim_email",
    "state",
    "municipality",
    "institution",
    "institution_name",
    "fields",
    "orcid",
    "availability",
    "lives_abroad",
    "abroad_place",
    "sector",
    "stage",
    "size",
    "government_level",
    "trl",
    "source",
    "search_text",
    "sort_key",
)
ORGANISATION_FACTS = (
    "name",
    "state",
    "municipality",
    "size",
    "government_level",
    "website",
    "ror",
    "rfc",
    "search_text",
    "sort_key",
)
ITEM_FACTS = ("role", "position", "language", "text", "kind", "title", "year", "link")


@dataclass
class Outcome:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    claimed: int = 0


def conflicts(records: Sequence[Record]) -> list[Problem]:
    """What only the database can tell: kinds that changed, and identifiers that others hold."""
    there = _there(records)
    rors = [record.organisation["ror"] for record in records if record.organisation.get("ror")]
    holders = {one.ror: one for one in Organisation.objects.filter(ror__in=rors).exclude(ror="")}
    problems = []
    seen: dict[str, int] = {}
    for record in records:
        before = there.get(record.key)
        if before and before.kind != record.kind and not before.is_claimed:
            problems.append(Problem(record.row, "kind", f"it was imported as {before.kind} before"))
        number = record.organisation.get("ror")
        holder = holders.get(number or "")
        if holder and (before is None or before.organisation_id != holder.pk):
            problems.append(Problem(record.row, "ror", f"{holder.name} has it already"))
        elif number and number in seen:
            problems.append(Problem(record.row, "ror", f"the same as in row {seen[number]}"))
        if number:
            seen.setdefault(number, record.row)
    return problems


def _there(records: Sequence[Record]) -> dict[str, Profile]:
    found: dict[str, Profile] = {}
    keys = [record.key for record in records]
    for start in range(0, len(keys), SLICE):
        profiles = Profile.objects.filter(import_key__in=keys[start : start + SLICE])
        for profile in profiles.select_related(
            "person__user", "organisation", "institution"
        ).prefetch_related("items"):
            found[profile.import_key or ""] = profile
    return found


@transaction.atomic
def write(records: Sequence[Record]) -> Outcome:
    """All of them or none. What is unchanged is not touched, so that its vectors stay."""
    there = _there(records)
    institutions = _institutions(records)
    outcome = Outcome()
    new, changed = [], []
    for record in records:
        record.profile["institution"] = institutions.get(sort_key(record.profile.get("institution_name", "")))
        before = there.get(record.key)
        if before is None:
            new.append(record)
        elif before.is_claimed:
            outcome.claimed += 1
        elif _same(record, before):
            outcome.unchanged += 1
        else:
            changed.append((record, before))
    _create(new)
    _change(changed)
    outcome.new, outcome.changed = len(new), len(changed)
    return outcome


def _institutions(records: Sequence[Record]) -> dict[str, Organisation]:
    """Academic organisations by their name, accents aside."""
    names = {sort_key(record.profile.get("institution_name", ""))[:200] for record in records} - {""}
    here = Organisation.objects.filter(kind=Organisation.Kind.ACADEMIA, confirmed_at__isnull=False)
    return {one.sort_key: one for one in here if one.sort_key in names}


def _same(record: Record, before: Profile) -> bool:
    facts = all(getattr(before, name) == value for name, value in record.profile.items())
    owner = all(getattr(before.organisation, name) == value for name, value in record.organisation.items())
    items = [{name: getattr(item, name) for name in ITEM_FACTS} for item in before.items.all()]
    wanted = sorted(record.items, key=lambda item: (item["role"], item["position"]))
    return facts and owner and before.owner.name == record.name and items == wanted


def _create(records: Sequence[Record]) -> None:
    now = timezone.now()
    researchers = [record for record in records if record.kind == Profile.Kind.RESEARCHER]
    others = [record for record in records if record.kind != Profile.Kind.RESEARCHER]
    people = Person.objects.bulk_create([Person(name=one.name) for one in researchers], batch_size=SLICE)
    founded = Organisation.objects.bulk_create([_organisation(one, now) for one in others], batch_size=SLICE)
    profiles = [
        *(_profile(one, now, person=person) for one, person in zip(researchers, people, strict=True)),
        *(
            _profile(one, now, organisation=organisation)
            for one, organisation in zip(others, founded, strict=True)
        ),
    ]
    made = Profile.objects.bulk_create(profiles, batch_size=SLICE)
    _create_items([*researchers, *others], made)


def _organisation(record: Record, now: Any) -> Organisation:
    kind = ORGANISATION_KINDS[Profile.Kind(record.kind)]
    organisation = Organisation(
        kind=kind, name=record.name, confirmed_at=now, import_key=record.key, **record.organisation
    )
    organisation.set_search()
    return organisation


def _profile(record: Record, now: Any, **owner: Any) -> Profile:
    profile = Profile(kind=record.kind, confirmed_at=now, import_key=record.key, **owner, **record.profile)
    profile.set_search()
    return profile


def _create_items(records: Sequence[Record], profiles: Sequence[Profile]) -> None:
    ProfileItem.objects.bulk_create(
        (
            ProfileItem(profile=profile, **item)
            for record, profile in zip(records, profiles, strict=True)
            for item in record.items
        ),
        batch_size=SLICE,
    )


def _change(pairs: Sequence[tuple[Record, Profile]]) -> None:
    people, organisations, profiles = [], [], []
    for record, profile in pairs:
        if profile.organisation:
            for name, value in {"name": record.name, **record.organisation}.items():
                setattr(profile.organisation, name, value)
            profile.organisation.set_search()
            organisations.append(profile.organisation)
        elif profile.person:
            profile.person.name = record.name
            people.append(profile.person)
        for name, value in record.profile.items():
            setattr(profile, name, value)
        profile.set_search()
        profiles.append(profile)
    Person.objects.bulk_update(people, ["name"], batch_size=SLICE)
    Organisation.objects.bulk_update(organisations, ORGANISATION_FACTS, batch_size=SLICE)
    Profile.objects.bulk_update(profiles, PROFILE_FACTS, batch_size=SLICE)
    for start in range(0, len(profiles), SLICE):
        ProfileItem.objects.filter(profile__in=profiles[start : start + SLICE]).delete()
    _create_items([record for record, _profile in pairs], profiles)
