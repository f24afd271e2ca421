"""Reads over several models, shared by pages, API and downloads."""

from collections.abc import Callable, Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Lower

from .models import (
    Consent,
    Invitation,
    Letter,
    LetterPreference,
    Membership,
    Organisation,
    Person,
    Profile,
    ProfileItem,
    User,
)
from .models.organisations import hidden_from
from .permissions import Visitor

PROFILE_FACTS = (
    *("kind", "name", "summary", "language", "visibility", "match_automatically", "state", "municipality"),
    *("fields", "orcid", "availability", "lives_abroad", "abroad_place", "would_help", "sector", "stage"),
    *("size", "government_level", "trl", "capacity"),
)


def with_owner(profiles: QuerySet[Profile]) -> QuerySet[Profile]:
    """What a profile needs to say its name and its texts, in a number of queries that does not grow."""
    return profiles.select_related("person__user", "organisation", "institution").prefetch_related(
        "translations"
    )


def with_items(profiles: QuerySet[Profile]) -> QuerySet[Profile]:
    items = Prefetch("items", ProfileItem.objects.prefetch_related("translations"))
    return with_owner(profiles).prefetch_related(items)


def directory(user: Visitor, filters: Mapping[str, str]) -> QuerySet[Profile]:
    """The profiles that the reader may see, narrowed down."""
    found = Profile.objects.visible_to(user).search(filters.get("q", ""))
    for name in ("kind", "state", "sector"):
        if value := filters.get(name):
            found = found.filter(**{name: value})
    if code := filters.get("field"):
        found = found.filter(fields__contains=f",{code},")
    return with_owner(found).order_by("sort_key", "pk")


def claimable(user: User) -> QuerySet[Profile]:
    """Imported profiles whose address the user has proved to own."""
    proved = EmailAddress.objects.filter(user=user.pk, verified=True).values(address=Lower("email"))
    waiting = Profile.objects.filter(claimed_at=None, claim_email__in=proved)
    return with_owner(waiting.exclude(claim_email=""))


def own_profiles(user: User) -> QuerySet[Profile]:
    """Each with `may_edit`."""
    editable = Profile.objects.editable_by(user).filter(pk=OuterRef("pk"))
    return with_owner(Profile.objects.of(user).annotate(may_edit=Exists(editable))).order_by(
        "kind", "sort_key"
    )


def memberships(user: User) -> QuerySet[Membership]:
    mine = Membership.objects.filter(person__user=user.pk)
    return mine.select_related("organisation__profile").order_by("organisation__sort_key")


def colleagues(organisation: Organisation) -> QuerySet[Membership]:
    people = organisation.memberships.select_related("person__user", "person__profile")
    return people.order_by("-role", "person__name", "pk")


def people_shown(organisation: Organisation, user: Visitor, *, belongs: bool) -> QuerySet[Membership]:
    """Who belongs to it, to members of the site; whoever hides their own profile is named to colleagues
    alone. `belongs`: the reader is one."""
    if not user.is_authenticated:
        return Membership.objects.none()
    people = colleagues(organisation)
    if belongs:
        return people
    return people.exclude(person__profile__visibility__in=hidden_from(user))


def researchers_of(organisation: Organisation, user: Visitor) -> QuerySet[Profile]:
    return with_owner(Profile.objects.visible_to(user).filter(institution=organisation))


# --- All that is held about somebody ------------------------------------------------------------------
_further: dict[str, Callable[[Person], Any]] = {}


def add_to_download(name: str, part: Callable[[Person], Any]) -> None:
    """The floors above add what they hold about a person."""
    _further[name] = part


def all_data(person: Person) -> dict[str, Any]:
    """Everything that the platform holds about a person, ready for JSON."""
    user = person.user
    emails = user.emailaddress_set.values("email", "verified", "primary") if user else []  # type: ignore[attr-defined]
    own = Profile.objects.of(user) if user else Profile.objects.filter(person=person)
    return {
        "person": {"id": str(person.public_id), "name": person.name, "since": person.created_at},
        "account": {
            "email": user.email,
            "language": user.language,
            "time_zone": user.time_zone,
            "joined": user.date_joined,
            "last_sign_in": user.last_login,
        }
        if user
        else None,
        "addresses": list(emails),
        "consents": list(
            Consent.objects.filter(person=person).values("purpose", "granted", "notice_version", "at")
        ),
        "letter_preferences": list(
            LetterPreference.objects.filter(person=person).values("family", "channel", "cadence")
        ),
        "letters": list(
            Letter.objects.filter(person=person).values("kind", "family", "state", "created_at", "sent_at")
        ),
        "organisations": [_membership(row) for row in person.memberships.select_related("organisation")],
        "affiliations": list(person.affiliations.values("organisation__name", "kind", "since", "until")),
        "invitations": list(
            Invitation.objects.filter(invited_by=person).values("email", "role", "created_at", "used_at")
        ),
        "jobs": list(
            person.jobs.values("public_id", "kind", "state", "created_at", "finished_at", "outcome")
        ),
        "news": list(person.news.values("family", "kind", "params", "url", "created_at", "read_at")),
        "addresses_without_letters": list(person.suppressions.values("address", "reason", "at")),
        "profiles": [profile_data(profile) for profile in with_items(own)],
        **{name: part(person) for name, part in _further.items()},
    }


def _membership(row: Membership) -> dict[str, Any]:
    return {
        "id": str(row.organisation.public_id),
        "name": row.organisation.name,
        "role": row.role,
        "receives_letters": row.receives_letters,
        "since": row.since,
    }


def profile_data(profile: Profile) -> dict[str, Any]:
    """A profile in the shape that `import_profiles` reads."""
    items: dict[str, list[dict[str, Any]]] = {"offers": [], "seeks": [], "evidence": []}
    for item in profile.items.all():
        row: dict[str, Any] = {"text": item.text, "language": item.language}
        row["used_for_matching"] = item.represents
        if item.role == ProfileItem.Role.EVIDENCE:
            row.update(kind=item.kind, title=item.title, year=item.year, link=item.link)
        row["translations"] = [
            {"field": one.field, "language": one.language, "text": one.text}
            for one in item.translations.all()
        ]
        items[{"offer": "offers", "seek": "seeks", "evidence": "evidence"}[item.role]].append(row)
    return {
        "id": str(profile.public_id),
        **{name: getattr(profile, name) for name in PROFILE_FACTS},
        "institution": profile.institution_shown,
        **items,
        "created_at": profile.created_at,
    }
