"""Comments in review, who posts together, and what of a public challenge has changed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import belongs_anywhere, belongs_to

from ..forms.review import CHECKLIST
from ..models import Challenge, ChallengeRevision, ChallengeStep, CoPoster, Hub, Response, ReviewComment
from ..permissions import curates, may_discuss
from ..revising import PARTS, parts
from ..views.steps import STEPS

register = template.Library()
MOST_WAITING = 50


@dataclass(frozen=True)
class CommentRow:
    comment: ReviewComment
    part_name: str


@dataclass(frozen=True)
class Comments:
    may: bool
    rows: list[CommentRow] = field(default_factory=list)
    parts: list[tuple[str, str]] = field(default_factory=list)


@register.simple_tag(takes_context=True)
def review_comments(context: dict[str, Any], challenge: Challenge) -> Comments:
    """For those who may take part; the unsettled first."""
    if not may_discuss(context["user"], challenge):
        return Comments(False)
    names = {slug: str(step.name) for slug, step in STEPS.items()}
    found = sorted(challenge.comments.select_related("author__user"), key=lambda one: bool(one.resolved_at))
    rows = [CommentRow(one, names.get(one.part) or _("The whole challenge")) for one in found]
    return Comments(True, rows, list(names.items()))


@register.simple_tag(takes_context=True)
def co_posters(context: dict[str, Any], challenge: Challenge) -> list[CoPoster]:
    """Whoever joined or asks to. For its posters' eyes: the template asks whose page it is."""
    found = [row for row in _posters(challenge) if row.state != CoPoster.State.DECLINED]
    for row in found:
        row.is_mine = belongs_to(context["user"], row.organisation)  # type: ignore[attr-defined]
    return found


def _posters(challenge: Challenge) -> list[CoPoster]:
    """Whoever joined, asks to or was declined: read once for a page."""
    rows = CoPoster.objects.select_related("organisation__profile").order_by("pk")
    prefetch_related_objects([challenge], Prefetch("co_posters", rows))
    return list(challenge.co_posters.all())


@dataclass(frozen=True)
class Change:
    at: datetime | None
    parts: list[str]
    why: str


@dataclass(frozen=True)
class Course:
    changes: list[Change] = field(default_factory=list)
    taken_over: Response | None = None
    may_decide: bool = False
    may_join: bool = False


@register.simple_tag(takes_context=True)
def lifecycle_of(context: dict[str, Any], challenge: Challenge) -> Course:
    """What everybody may know of how it changed, and what this reader may do about it."""
    user = context.get("user") or AnonymousUser()
    if not challenge.is_public:
        return Course()
    revisions = list(challenge.revisions.all())
    accepted = [one for one in revisions if one.state == ChallengeRevision.State.ACCEPTED]
    waits = any(one.state == ChallengeRevision.State.PENDING for one in revisions)
    takes = challenge.is_open() or challenge.is_upcoming()
    return Course(
        [
            Change(one.decided_at, [str(PARTS[part]) for part in parts(one.changes)], one.why)
            for one in accepted
        ],
        _taken_over(challenge),
        waits and curates(user, challenge),
        takes and not context.get("mine") and belongs_anywhere(user),
    )


def _taken_over(challenge: Challenge) -> Response | None:
    found = Response.objects.solutions().filter(pk=challenge.taken_over_from_id or 0)
    return found.select_related("challenge").first() if challenge.taken_over_from_id else None


@register.simple_tag
def checklist(line: ChallengeStep) -> list[str]:
    """What the curator had ticked, in words."""
    return [f"✓ {words}" for code, words in CHECKLIST if code in line.checked]


@register.simple_tag
def posted_with(challenge: Challenge) -> list[Organisation]:
    """The others who post it, where its posters are named."""
    if challenge.poster_shown != Challenge.PosterShown.NAME:
        return []
    joined = [row.organisation for row in _posters(challenge) if row.state == CoPoster.State.ACCEPTED]
    shown = [one for one in joined if one.confirmed_at and one.pk != challenge.organisation_id]
    return sorted(shown, key=lambda one: (one.sort_key, one.pk))


@register.inclusion_tag("hubs/_desk_lifecycle.html", takes_context=True)
def desk_lifecycle(context: dict[str, Any]) -> dict[str, Any]:
    """On the curators' desk: changes of published challenges, and what was approved for a later day."""
    user = context["user"]
    hubs = Hub.objects.curated_by(user)
    nations = hubs.filter(kind=Hub.Kind.NATION).values("country")
    theirs = Challenge.objects.filter(hub__in=hubs.values("pk")) | Challenge.objects.filter(
        country__in=nations
    )
    theirs = theirs.exclude(pk__in=Challenge.objects.of(user).values("pk")).order_by()
    pending = ChallengeRevision.objects.filter(state=ChallengeRevision.State.PENDING)
    changing = Q(status=Challenge.Status.PUBLISHED, pk__in=pending.values("challenge"))
    found = Challenge.objects.filter(changing | Q(approved_at__isnull=False), pk__in=theirs.values("pk"))
    waits = found.order_by("approved_at", "updated_at", "pk")[:MOST_WAITING]
    return {
        "changing": [one for one in waits if not one.approved_at],
        "approved": [one for one in waits if one.approved_at],
    }
