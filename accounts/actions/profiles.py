"""Profiles and their items."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypedDict
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..affiliations import note_institution
from ..countries import get_pack
from ..folding import sort_key
from ..identifiers import orcid
from ..models import Consent, Organisation, Profile, ProfileItem, Translation, User
from ..permissions import may_edit_profile, owns_organisation, verified_addresses
from ..signals import profile_changed
from .consents import record_consents

# Facts that a person writes; ownership, origin and confirmation have actions of their own.
FACTS = frozenset(
    {
        "summary",
        "language",
        "visibility",
        "match_automatically",
        "capacity",
        "state",
        "municipality",
        "institution_name",
        "fields",
        "orcid",
        "availability",
        "lives_abroad",
        "abroad_place",
        "would_help",
        "sector",
        "stage",
        "size",
        "government_level",
        "trl",
    }
)
ORGANISATION_KINDS = {
    Profile.Kind.STARTUP: Organisation.Kind.STARTUP,
    Profile.Kind.COMPANY: Organisation.Kind.COMPANY,
    Profile.Kind.AGENCY: Organisation.Kind.GOVERNMENT,
}


class ItemData(TypedDict, total=False):
    """One offer, seek or piece of evidence; with `pk` it replaces that row of the same profile."""

    pk: int | None
    role: str
    language: str
    text: str
    kind: str
    title: str
    year: int | None
    link: str
    represents: bool


def tell(profile: Profile) -> None:
    """Say after commit that the profile changed; the floors above listen."""
    transaction.on_commit(partial(profile_changed.send, sender=Profile, profile_id=profile.pk))


@transaction.atomic
def create_profile(
    *,
    kind: str,
    by: User,
    facts: Mapping[str, Any],
    items: Sequence[ItemData] = (),
    organisation: Organisation | None = None,
    key: UUID | None = None,
) -> Profile:
    """A new profile of the person or of an organisation of theirs. It stays unseen until the address of
    its author is verified. A second call with the same `key` (a double click) returns the first one's."""
    made = Profile.objects.filter(public_id=key).first() if key else None
    if made and made in Profile.objects.of(by):
        return made
    owner = _owner(kind, by, organisation)
    profile = Profile(kind=kind, **owner)
    if key and not made:
        profile.public_id = key
    if verified_addresses(by):
        profile.confirmed_at = profile.claimed_at = timezone.now()
    _write(profile, facts, items)
    tell(profile)
    return profile


def _owner(kind: str, by: User, organisation: Organisation | None) -> dict[str, Any]:
    if kind == Profile.Kind.RESEARCHER:
        if not by.person.name:
            raise ValidationError({"name": _("Tell us your name first.")})
        if Profile.objects.filter(person=by.person).exists():
            raise ValidationError(_("You have a researcher profile already: change that one."))
        return {"person": by.person}
    if organisation is None or ORGANISATION_KINDS[Profile.Kind(kind)] != organisation.kind:
        raise ValidationError(_("This kind of profile belongs to an organisation of the same kind."))
    if not owns_organisation(by, organisation):
        raise PermissionDenied
    if Profile.objects.filter(organisation=organisation).exists():
        raise ValidationError(_("This organisation has a profile already: change that one."))
    return {"organisation": organisation}


@transaction.atomic
def save_profile(
    *,
    profile: Profile,
    by: User,
    facts: Mapping[str, Any] | None = None,
    items: Sequence[ItemData] | None = None,
) -> Profile:
    """Change the facts that are given and, if `items` is given, replace all items by those."""
    if not may_edit_profile(by, profile):
        raise PermissionDenied
    facts = facts or {}
    switched = facts.get("match_automatically", profile.match_automatically)
    if switched != Profile.objects.values_list("match_automatically", flat=True).get(pk=profile.pk):
        record_consents(person=by.person, choices={Consent.Purpose.MATCHING: switched})
    _write(profile, facts, items)
    tell(profile)
    return profile


@transaction.atomic
def save_items(
    *, profile: Profile, by: User, items: Sequence[ItemData], gone: Sequence[int] = ()
) -> list[ProfileItem]:
    """Write these rows, new ones behind those of their role, and take away those named; all others stay."""
    if not may_edit_profile(by, profile):
        raise PermissionDenied
    here = {item.pk: item for item in profile.items.all()}
    last: dict[str, int] = {}
    for item in here.values():
        last[item.role] = max(last.get(item.role, -1), item.position)
    saved = []
    for data in items:
        found = here.get(data.get("pk") or 0)
        item = found or ProfileItem(profile=profile)
        for name, value in data.items():
            if name != "pk":
                setattr(item, name, value)
        if found is None:
            item.position = last[item.role] = last.get(item.role, -1) + 1
        item.full_clean(exclude=["profile"])
        item.save()
        saved.append(item)
    ProfileItem.objects.filter(profile=profile, pk__in=gone).delete()
    profile.save(update_fields=["updated_at"])  # the sweep matches again whatever was touched
    tell(profile)
    return saved


def set_visibility(*, profile: Profile, visibility: str, by: User) -> Profile:
    return save_profile(profile=profile, by=by, facts={"visibility": visibility})


def set_matching(*, profile: Profile, on: bool, by: User) -> Profile:
    """The switch by which somebody opposes automatic matching."""
    return save_profile(profile=profile, by=by, facts={"match_automatically": on})


@transaction.atomic
def set_item_use(*, profile: Profile, item: ProfileItem, used: bool, by: User) -> None:
    """Whether matching may use an item; either way it stays on the profile."""
    if not may_edit_profile(by, profile) or item.profile_id != profile.pk:
        raise PermissionDenied
    item.represents = used
    item.save(update_fields=["represents"])
    profile.save(update_fields=["updated_at"])  # the sweep matches again whatever was touched
    tell(profile)


def _write(profile: Profile, facts: Mapping[str, Any], items: Sequence[ItemData] | None) -> None:
    if unknown := set(facts) - FACTS:
        raise ValueError(f"Not facts of a profile: {', '.join(sorted(unknown))}")
    for name, value in facts.items():
        setattr(profile, name, value)
    if profile.orcid:
        profile.orcid = orcid(profile.orcid)
    if "institution_name" in facts:
        profile.institution = _institution(profile.institution_name)
    if not profile.lives_abroad:
        profile.would_help = []
    check_codes(profile)
    profile.full_clean(validate_constraints=False)
    profile.save()
    if "institution_name" in facts:
        note_institution(profile)
    if items is not None:
        _replace_items(profile, items)


def _institution(name: str) -> Organisation | None:
    """The academic organisation of this name, if it is here; accents and capitals do not matter."""
    if not name:
        return None
    here = Organisation.objects.filter(kind=Organisation.Kind.ACADEMIA, confirmed_at__isnull=False)
    return here.filter(sort_key=sort_key(name)[:200]).first()


def check_codes(record: Profile | Organisation) -> None:
    """ValidationError for a code that the country's tables do not know."""
    pack = get_pack(record.country)
    tables = {
        "state": pack.states,
        "sector": pack.sectors,
        "stage": pack.stages,
        "size": pack.sizes,
        "government_level": pack.government_levels,
    }
    wrong = {
        name: _("“%(value)s” is not on the list.") % {"value": value}
        for name, table in tables.items()
        if (value := getattr(record, name, "")) and value not in table
    }
    codes = getattr(record, "fields", [])
    if unknown := [code for code in codes if code not in pack.fields and code not in pack.broad_fields]:
        wrong["fields"] = _("“%(value)s” is not on the list.") % {"value": ", ".join(unknown)}
    if wrong:
        raise ValidationError(wrong)


def _replace_items(profile: Profile, items: Sequence[ItemData]) -> None:
    """Rows that are named by their key keep it, and with it their translations and vectors."""
    here = {item.pk: item for item in profile.items.all()}
    positions: dict[str, int] = {}
    for data in items:
        item = here.pop(data.get("pk") or 0, None) or ProfileItem(profile=profile)
        values = {name: value for name, value in data.items() if name != "pk"}
        for name, value in values.items():
            setattr(item, name, value)
        item.position = positions[item.role] = positions.get(item.role, -1) + 1
        item.full_clean(exclude=["profile"])
        item.save()
    ProfileItem.objects.filter(pk__in=here).delete()


@transaction.atomic
def save_translations(
    *, profile: Profile, language: str, by: User, texts: Mapping[tuple[Profile | ProfileItem, str], str]
) -> None:
    """The author's own words in one more language; an empty text takes the translation away."""
    if not may_edit_profile(by, profile):
        raise PermissionDenied
    for (record, field), text in texts.items():
        of = profile if isinstance(record, Profile) else record.profile
        if of != profile or record.language == language:
            raise ValidationError(_("This text needs no translation here."))
        row: dict[str, Any] = {
            "content_type": ContentType.objects.get_for_model(record),
            "object_id": record.pk,
            "field": field,
            "language": language,
        }
        if text.strip():
            Translation.objects.update_or_create(**row, defaults={"text": text.strip()})
        else:
            Translation.objects.filter(**row).delete()
    tell(profile)
