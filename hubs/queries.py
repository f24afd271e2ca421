"""Reads over several models, shared by pages, letters and the API."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.countries import get_pack
from accounts.models import Membership, Organisation, Person, Profile
from accounts.permissions import may_see_profile

from .models import (
    Assignment,
    Challenge,
    ChallengeRevision,
    ChallengeStep,
    Hub,
    HubMembership,
    Introduction,
    Meeting,
    Member,
    Message,
    Need,
    PartnerOffer,
    PartnerRequest,
    Report,
    Response,
    ReviewComment,
)
from .models.challenges import ChallengeQuerySet

if TYPE_CHECKING:
    from accounts.models import User

FIGURES_SECONDS = 60


def for_cards(challenges: ChallengeQuerySet) -> ChallengeQuerySet:
    """All that a list of cards reads, so that ten cost as many queries as one.

    Needs are counted for the rows shown: a join would group, and count, all of them for each page's number.
    """
    needs = Need.objects.filter(challenge=OuterRef("pk")).order_by().values("challenge")
    counted = Subquery(needs.annotate(n=Count("pk")).values("n"))
    return (
        challenges.select_related("organisation", "hub")
        .prefetch_related("translations")
        .annotate(needs_count=Coalesce(counted, 0))
    )


def with_responses_counted(challenges: ChallengeQuerySet) -> ChallengeQuerySet:
    """With how many responses were handed in: for the pages of their posters."""
    handed_in = Response.objects.submitted().filter(challenge=OuterRef("pk")).order_by().values("challenge")
    counted = Subquery(handed_in.annotate(n=Count("pk")).values("n"))
    return challenges.annotate(responses_handed_in=Coalesce(counted, 0))


def filtered(challenges: ChallengeQuerySet, wanted: dict[str, Any]) -> ChallengeQuerySet:
    """Narrowed by whatever of the list's filters was chosen, all but the one of time."""
    found = challenges.search(wanted.get("q") or "")
    if wanted.get("state"):
        found = found.filter(Q(state=wanted["state"]) | Q(state=""))
    if wanted.get("sdg"):
        found = found.filter(sdgs__contains=f",{wanted['sdg']},")
    if wanted.get("sector"):
        found = found.filter(sector=wanted["sector"])
    if wanted.get("field"):  # a whole area ("2") or one of its fields ("2.8")
        field = wanted["field"]
        found = found.filter(Q(fields__contains=f",{field},") | Q(fields__contains=f",{field}."))
    if wanted.get("hub"):
        found = found.filter(hub=wanted["hub"])
    if wanted.get("sought"):
        sought = [wanted["sought"], Need.Sought.ANYONE]
        found = found.filter(Exists(Need.objects.filter(challenge=OuterRef("pk"), sought__in=sought)))
    if wanted.get("language"):
        translated = Challenge.objects.filter(
            translations__language=wanted["language"], translations__field="title"
        )
        found = found.filter(Q(language=wanted["language"]) | Q(pk__in=translated.values("pk")))
    return found


def at_time(challenges: ChallengeQuerySet, when: str) -> ChallengeQuerySet:
    """Open: soonest to close first. Upcoming: soonest to open. Closed: the latest first."""
    if when == "open":
        return challenges.open().order_by("closes_at", "pk")
    if when == "upcoming":
        return challenges.upcoming().order_by("opens_at", "pk")
    return challenges.closed().order_by("-closes_at", "pk")


def hubs_with_counts() -> QuerySet[Hub]:
    """Hubs with how many challenges are open in each and how many people belong to it; the nation first."""
    nation_first = Case(When(kind=Hub.Kind.NATION, then=0), default=1)
    return (
        Hub.objects.prefetch_related("translations")
        .annotate(
            open_count=_counted_by_hub(Challenge.objects.open()),
            people_count=_counted_by_hub(HubMembership.objects.all()),
        )
        .order_by(nation_first, "sort_key", "pk")
    )


def _counted_by_hub(rows: QuerySet[Any]) -> Coalesce:
    """A count of its own for each: joins would multiply rows to count them apart."""
    counted = rows.filter(hub=OuterRef("pk")).order_by().values("hub").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def with_closed_count(hubs: QuerySet[Hub]) -> QuerySet[Hub]:
    return hubs.annotate(closed_count=_counted_by_hub(Challenge.objects.closed()))


def people_of(hub: Hub, user: "User | AnonymousUser") -> QuerySet[Profile]:
    """The profiles of members who want to be listed, and of the hub's organisations: those that the reader
    may see, and none else. That somebody belongs to a hub shows no profile that is hidden."""
    members = HubMembership.objects.filter(hub=hub, listed=True).values("person")
    theirs = Profile.objects.filter(person__in=members)
    of_organisations = Profile.objects.filter(organisation__in=hub.organisations.values("pk"))
    # Each by its index; OR would read all profiles
    found = theirs.order_by().values("pk").union(of_organisations.order_by().values("pk"))
    return Profile.objects.visible_to(user).filter(pk__in=found).order_by("sort_key", "pk")


def kinds_of(profiles: QuerySet[Profile]) -> dict[str, int]:
    """How many there are of each kind."""
    counted = profiles.order_by().values("kind").annotate(n=Count("pk", distinct=True))
    return dict(counted.values_list("kind", "n"))


def curators_of(hub: Hub) -> QuerySet[Person]:
    return (
        Person.objects.filter(hub_memberships__hub=hub, hub_memberships__role=HubMembership.Role.CURATOR)
        .exclude(name="")
        .order_by("name", "pk")
    )


def figures() -> dict[str, int]:
    """How much there is to find, for the home page; as it was within the last minute."""
    return cast("dict[str, int]", cache.get_or_set("hubs.figures", _counted, FIGURES_SECONDS))


def _counted() -> dict[str, int]:
    anybody = AnonymousUser()
    return {
        "open": Challenge.objects.open().count(),
        "profiles": Profile.objects.visible_to(anybody).count(),
        "organisations": Organisation.objects.visible_to(anybody).count(),
        "hubs": Hub.objects.count(),
    }


def main_zone(organisation: Organisation, otherwise: str = "") -> str:
    """The main time zone of the organisation's state, else `otherwise`, else the country's."""
    pack = get_pack(organisation.country)
    return pack.states.value(organisation.state, "time_zone") or otherwise or pack.time_zone


@dataclass
class ShownProfile:
    """Who asks or is asked, as far as this reader may know before an introduction is accepted."""

    name: str
    kind: str
    url: str
    summary: str
    language: str


def profile_shown(introduction: Introduction, reader: "User | AnonymousUser | None") -> ShownProfile:
    """By name where the reader may see the profile, or once accepted; else by its kind and place. A list
    reads for all its rows at once which may be seen: `profile_seen`."""
    profile = introduction.profile
    visible = vars(introduction).get("profile_seen")
    if visible is None:
        visible = may_see_profile(reader or AnonymousUser(), profile)
    accepted = introduction.state == Introduction.State.ACCEPTED
    place = profile.state_name
    kind = str(profile.get_kind_display())
    hidden = _("%(kind)s from %(place)s") % {"kind": kind, "place": place} if place else kind
    return ShownProfile(
        name=profile.name if visible or accepted else hidden[:1].upper() + hidden[1:],
        kind=profile.kind,
        url=profile.get_absolute_url() if visible else "",
        summary=profile.summary if visible else "",
        language=profile.language,
    )


def asker_shown(introduction: Introduction, reader: "User | AnonymousUser | None") -> ShownProfile:
    """The profile that asks, or the organisation that invites, as its challenge shows it until accepted."""
    if introduction.direction == Introduction.Direction.FROM_PROFILE:
        return profile_shown(introduction, reader)
    challenge = introduction.challenge
    accepted = introduction.state == Introduction.State.ACCEPTED
    return ShownProfile(
        name=challenge.organisation.name if accepted else challenge.organisation_shown,
        kind=challenge.organisation.kind,
        url=challenge.get_absolute_url(),
        summary="",
        language=challenge.language,
    )


@dataclass
class Contact:
    name: str
    email: str


def contacts_of(introduction: Introduction) -> dict[str, Contact] | None:
    """How to reach each other, the poster and whoever acts for the profile; only once accepted."""
    if introduction.state != Introduction.State.ACCEPTED:
        return None
    challenge = introduction.challenge
    asked, decided = introduction.asked_by, introduction.decided_by
    invited = introduction.direction == Introduction.Direction.FROM_POSTER
    posting, answering = (asked, decided) if invited else (decided, asked)
    poster = Contact(challenge.contact_name, challenge.contact_email)
    if not poster.email and posting:
        # Imported challenges may name nobody: then whoever asked or accepted is the one to write to.
        poster = Contact(str(posting), posting.verified_address() or "")
    profile = Contact(str(answering), answering.verified_address() or "") if answering else Contact("", "")
    return {"poster": poster, "profile": profile}


def meetings_of(introduction: Introduction, *, reader_asks: bool) -> list[Meeting]:
    """Each with `ours`: whether the reader's side, the one that asked for the introduction or the other,
    proposed it."""
    of_proposer = Membership.objects.filter(person=OuterRef("proposed_by"))
    if introduction.direction == Introduction.Direction.FROM_POSTER:
        posters = introduction.challenge.posters().values("pk")
        by_asking: Any = Exists(of_proposer.filter(organisation__in=posters))
    else:
        profile = introduction.profile
        own = Q(proposed_by__isnull=False, proposed_by=profile.person_id)
        by_asking = Case(
            When(own, then=True),
            default=Exists(of_proposer.filter(organisation=profile.organisation_id)),
            output_field=BooleanField(),
        )
    marked = introduction.meetings.select_related("proposed_by__user").annotate(by_asking=by_asking)
    found: list[Meeting] = list(marked)
    for one in found:
        known = bool(one.proposed_by and one.proposed_by.user)
        vars(one)["ours"] = known and vars(one)["by_asking"] == reader_asks
    return found


def reasons_of(introduction: Introduction) -> list[dict[str, Any]]:
    """The match's reason as it stood when it was asked, need by need; the snapshot's shape is matching's."""
    shown = []
    for need in introduction.reason.get("needs", []):
        evidence = need.get("evidence") or {}
        quote = evidence.get("sentence") or evidence.get("text") or evidence.get("title") or ""
        title = evidence.get("title") or evidence.get("source") or ""
        shown.append(
            {
                "text": need.get("text", ""),
                "language": need.get("language") or introduction.challenge.language,
                "weight": need.get("weight", ""),
                "covered": bool(need.get("covered") and quote),
                "strength": need.get("strength") or "good",
                "marks": need.get("marks", []),
                "quote": quote,
                "quote_marks": evidence.get("marks", []),
                "quote_language": evidence.get("language", ""),
                "source": title if title != quote else "",
                "source_marks": evidence.get("title_marks", []) if title == evidence.get("title") else [],
                "year": evidence.get("year") or "",
                "link": evidence.get("link") or "",
            }
        )
    return shown


def held_about(person: Person) -> dict[str, Any]:
    """What hubs hold about a person, for the download of all one's data."""
    return {
        "hubs": list(person.hub_memberships.values("hub__slug", "role", "listed", "since")),
        "challenges": list(
            Challenge.objects.filter(author=person).values("public_id", "title", "status", "created_at")
        ),
        "steps": list(
            ChallengeStep.objects.filter(actor=person).values(
                "challenge__public_id", "to_status", "note", "at"
            )
        ),
        "reviews": list(
            Assignment.objects.filter(curator=person).values("challenge__public_id", "since", "until")
        ),
        "comments": list(
            ReviewComment.objects.filter(author=person).values("challenge__public_id", "part", "text")
        ),
        "revisions": list(
            ChallengeRevision.objects.filter(proposed_by=person).values(
                "challenge__public_id", "why", "state", "created_at"
            )
        ),
        "events": list(person.event_visits.values("event__public_id", "event__title", "at")),
        "introductions": list(
            Introduction.objects.filter(Q(asked_by=person) | Q(decided_by=person)).values(
                *("public_id", "challenge__public_id", "direction", "brings", "needs", "who"),
                *("state", "reply", "created_at", "decided_at"),
            )
        ),
        "messages": list(
            Message.objects.filter(author=person).values("introduction__public_id", "text", "created_at")
        ),
        "meetings": list(
            Meeting.objects.filter(proposed_by=person).values(
                "title", "starts_at", "ends_at", "place", "state"
            )
        ),
        "consortia": list(
            Member.objects.filter(Q(profile__person=person) | Q(invited_by=person) | Q(answered_by=person))
            .distinct()
            .values("consortium__public_id", "consortium__name", "role", "state", "share", "created_at")
        ),
        "partner_requests": list(
            PartnerRequest.objects.filter(by=person).values("public_id", "title", "state")
        ),
        "partner_offers": list(
            PartnerOffer.objects.filter(by=person).values("request__public_id", "line", "state", "created_at")
        ),
        "blocked": list(person.blocks.values("at")),
        "reports": list(Report.objects.filter(by=person).values("reason", "sentence", "state", "created_at")),
    }
