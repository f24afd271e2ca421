"""Reads about responses: what one says as it is handed in, whom it belongs to, and who may write one."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Profile, ProfileItem
from accounts.permissions import own_profile_keys

from .models import Challenge, Consortium, Member, Response, Status
from .models.responses import LIMITS
from .permissions import belongs_to_poster

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

REQUIRED = ("title", "approach", "plan")
# A request that came in time may be read a moment after the evaluation has begun.
TAKING = (Status.PUBLISHED, Status.CLOSED, Status.IN_EVALUATION)


def profiles_of(response: Response) -> list[Profile]:
    """The profile that responds, or those of a consortium's members."""
    if response.profile:
        return [response.profile]
    places = response.consortium.members.filter(state="accepted") if response.consortium else []
    return [place.profile for place in places]


def respondent(response: Response) -> str:
    return str(response.profile or response.consortium or "")


def people_of(response: Response) -> QuerySet[Person]:
    """Whoever hears of it: its author, and the readers of letters of each profile."""
    hears = Q(pk=response.author_id)
    for profile in profiles_of(response):
        hears |= Q(pk__in=profile.letter_readers().values("pk"))
    return Person.objects.filter(hears, user__isnull=False).distinct()


def evidence_there(response: Response) -> QuerySet[ProfileItem]:
    """What may be picked from: the evidence on the profiles, the newest first."""
    items = ProfileItem.objects.filter(profile__in=profiles_of(response), role=ProfileItem.Role.EVIDENCE)
    return items.select_related("profile").order_by("-year", "profile", "position", "pk")


def snapshot_of(item: ProfileItem) -> dict[str, Any]:
    return {
        "item": item.pk,
        "kind": item.kind,
        "title": item.title,
        "text": item.text,
        "year": item.year,
        "link": item.link,
        "language": item.language,
    }


def as_written(response: Response) -> dict[str, Any]:
    """All that it says now, as a snapshot: what evaluators read stays as it was handed in."""
    told: dict[str, Any] = {name: getattr(response, name) for name in LIMITS}
    told |= {"trl": response.trl, "language": response.language, "who": respondent(response)}
    told["needs"] = list(response.needs.values("pk", "text"))
    told["evidence"] = [row.snapshot for row in response.evidence.all()]
    return told


def lacking(response: Response) -> dict[str, str]:
    """What keeps it from being handed in, a sentence by field; empty when nothing does."""
    sentences = {
        "title": _("Give your response a title."),
        "approach": _("Say how you would do it."),
        "plan": _("Say what happens when."),
    }
    found = {name: sentences[name] for name in REQUIRED if not getattr(response, name).strip()}
    for name, most in LIMITS.items():
        over = len(getattr(response, name)) - most
        if over > 0:
            label = str(Response._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            found[name] = _("“%(name)s” is %(over)d characters too long.") % {
                "name": label[:1].upper() + label[1:],
                "over": over,
            }
    return found


def moment(at: datetime) -> str:
    """To the second: who comes late wants to know by how much."""
    local = timezone.localtime(at)
    return f"{formats.date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S}"


def refusal(challenge: Challenge, at: datetime) -> str:
    """Why nothing can be handed in at that moment, in a sentence; "" where it can."""
    if challenge.status not in TAKING or not challenge.opens_at or not challenge.closes_at:
        return _("This challenge takes no responses at present.")
    if at < challenge.opens_at:
        return _("The call opens on %(opens)s; until then you can write.") % {
            "opens": moment(challenge.opens_at)
        }
    if at >= challenge.closes_at:
        return _("The call closed on %(closed)s, and this arrived on %(arrived)s: too late to count.") % {
            "closed": moment(challenge.closes_at),
            "arrived": moment(at),
        }
    return ""


def ineligible(challenge: Challenge, profile: Profile) -> str:
    """Why this profile may not answer, in a sentence; "" where it may."""
    if challenge.eligible_kinds and profile.kind not in challenge.eligible_kinds:
        return _("Only these may answer: %(kinds)s.") % {"kinds": ", ".join(challenge.eligible_names)}
    if challenge.only_in_state and profile.state != challenge.state:
        return _("Only those in this state may answer: %(state)s.") % {"state": challenge.state_name}
    return ""


def barred(challenge: Challenge, profile: Profile | None, consortium: Consortium | None) -> str:
    """The same of whoever answers: for a consortium, its coordinator."""
    if consortium is not None:
        led = consortium.members.accepted().filter(role=Member.Role.COORDINATOR).select_related("profile")
        first = led.first()
        profile = first.profile if first else None
    return ineligible(challenge, profile) if profile else ""


def may_begin(user: "User | AnonymousUser", challenge: Challenge) -> bool:
    """Somebody with a profile, while there is time to answer, and not at the poster's."""
    is_coming = challenge.is_open() or challenge.is_upcoming()
    return is_coming and bool(own_profile_keys(user)) and not belongs_to_poster(user, challenge)


def consortia_for(user: "User | AnonymousUser", challenge: Challenge) -> QuerySet[Consortium]:
    """Those that the user has joined for this challenge."""
    own = Profile.objects.of(user).values("pk")
    joined = Consortium.objects.filter(members__profile__in=own, members__state="accepted")
    return Consortium.objects.filter(pk__in=joined.values("pk"), challenge=challenge).alive()
