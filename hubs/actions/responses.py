"""Writing a response, handing it in until the very second of the deadline, and taking it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Profile, ProfileItem

from .. import judging, response_news, signals
from ..answering import (
    REQUIRED,
    TAKING,
    as_written,
    barred,
    consortia_for,
    lacking,
    profiles_of,
    refusal,
    snapshot_of,
)
from ..models import Challenge, Consortium, Member, Response, ResponseEvidence
from ..models.consortia import OVER, SMALLEST
from ..models.responses import LIMITS, MOST_EVIDENCE
from ..permissions import belongs_to_poster, person_of, user_of
from .following import follow

if TYPE_CHECKING:
    from accounts.models import User

FIELDS = frozenset({*LIMITS, "trl", "language"})


@transaction.atomic
def start_response(
    *,
    challenge: Challenge,
    by: "Person | User",
    profile: Profile | None = None,
    consortium: Consortium | None = None,
    copied_from: Response | None = None,
) -> tuple[Response, bool]:
    """A draft for the profile or the consortium, with the words of an earlier response if one is given.

    There is one response each: whoever begins a second one, or clicks twice, is given the first, and False.
    """
    _check_beginning(challenge, by, profile, consortium)
    owner = {"challenge": challenge, "profile": profile, "consortium": consortium}
    existing = Response.objects.live().filter(**owner).first()
    if existing:
        return existing, False
    response = Response(**owner, author=person_of(by), language=challenge.language)
    if copied_from is not None:
        _check_writer(copied_from, by)
        for name in FIELDS:
            setattr(response, name, getattr(copied_from, name))
        response.copied_from = copied_from
    try:
        with transaction.atomic():
            response.save()
    except IntegrityError:
        return Response.objects.live().get(**owner), False  # the other of two clicks was faster
    if copied_from is not None:
        rows = copied_from.evidence.filter(item__profile__in=profiles_of(response))
        _pick(response, [row.item for row in rows if row.item])
    return response, True


def _check_beginning(
    challenge: Challenge, by: "Person | User", profile: Profile | None, consortium: Consortium | None
) -> None:
    user = user_of(by)
    if (profile is None) == (consortium is None):
        raise ValidationError(_("Choose who responds."), code="who")
    if profile and not Profile.objects.of(user).filter(pk=profile.pk).exists():
        raise PermissionDenied
    if consortium and not consortia_for(user, challenge).filter(pk=consortium.pk).exists():
        raise PermissionDenied
    if belongs_to_poster(user, challenge):
        raise ValidationError(_("This is a challenge of your own organisation."), code="own")
    if not challenge.is_open() and not challenge.is_upcoming():
        raise ValidationError(_("This challenge is closed."), code="closed")
    if why := barred(challenge, profile, consortium):
        raise ValidationError(why, code="ineligible")


def _check_writer(response: Response, by: "Person | User") -> None:
    if not Response.objects.of(user_of(by)).filter(pk=response.pk).exists():
        raise PermissionDenied


@transaction.atomic
def save_response(
    *,
    response: Response,
    values: Mapping[str, Any],
    version: int,
    by: "Person | User",
    page: UUID | None = None,
    whole: bool = False,
) -> Response:
    """Keep what was typed as the draft; what was handed in before stays as it is, and counts.

    `version` is the one that the writer's page began from: a page left open elsewhere never overwrites what
    was written since (ValidationError with code "stale"). `whole`: saved by the button of `page`, whose own
    typing may have been saved a moment before. At any time, after the deadline too: nothing typed is lost.
    """
    _check_writer(response, by)
    current = Response.objects.select_for_update().get(pk=response.pk)
    if current.state == Response.State.WITHDRAWN:
        raise ValidationError(_("This response was withdrawn. What you typed was not saved."), code="gone")
    changes = {name: values[name] for name in FIELDS & values.keys()}
    if current.state == Response.State.SUBMITTED:
        changes = {name: value for name, value in changes.items() if name not in REQUIRED or value}
    seen = Q(version=version)
    if whole and page:
        seen |= Q(saved_from=page)
    changes |= {"version": F("version") + 1, "saved_from": None if whole else page}
    if not Response.objects.filter(seen, pk=response.pk).update(**changes, updated_at=timezone.now()):
        raise ValidationError(
            _(
                "This response was changed in another window, or by somebody else, after you opened it here. "
                "Nothing was overwritten, and what you typed is still in this page."
            ),
            code="stale",
        )
    response.refresh_from_db()
    if "needs" in values:
        response.needs.set(values["needs"])
    if "evidence" in values:
        _pick(response, list(values["evidence"]))
    return response


def _pick(response: Response, items: list[ProfileItem]) -> None:
    response.evidence.all().delete()
    ResponseEvidence.objects.bulk_create(
        ResponseEvidence(response=response, item=item, position=position, snapshot=snapshot_of(item))
        for position, item in enumerate(items[:MOST_EVIDENCE])
    )


@transaction.atomic
def submit_response(*, response: Response, by: "Person | User", at: datetime, version: int) -> bool:
    """Hand in what is saved. `at` is when the request reached the site, whatever it waited for since.

    False when exactly this was handed in already. Refused late, early, unfinished, or when somebody saved
    something else in between; the draft stays in any case.
    """
    _check_writer(response, by)
    current = Response.objects.select_for_update(of=("self",)).select_related("challenge")
    current = current.get(pk=response.pk)  # type: ignore[assignment]
    assert isinstance(current, Response)  # noqa: S101 - for the type checker
    _check_submission(current, at, version)
    told = as_written(current)
    if current.state == Response.State.SUBMITTED and current.submitted == told:
        return False
    again = current.state == Response.State.SUBMITTED
    current.state, current.submitted, current.submitted_at = Response.State.SUBMITTED, told, at
    current.author = person_of(by)
    current.save(update_fields=["state", "submitted", "submitted_at", "author", "updated_at"])
    response.refresh_from_db()
    judging.find_conflicts_of(current)
    response_news.tell_handed_in(current, again=again)
    follow(current, Consortium.State.RESPONDING)
    if not again:
        signals.response_changed.send(sender=Response, response_id=current.pk, state=current.state)
    return True


def _check_submission(response: Response, at: datetime, version: int) -> None:
    if response.state == Response.State.WITHDRAWN:
        raise ValidationError(_("This response was withdrawn."), code="gone")
    if response.version != version:
        raise ValidationError(
            _("Somebody saved something else in this moment. Look at it, and hand it in again."), code="stale"
        )
    if why := refusal(response.challenge, at):
        raise ValidationError(why, code="closed")
    if response.consortium_id:
        _check_consortium(Consortium.objects.select_for_update().get(pk=response.consortium_id))
    if why := barred(response.challenge, response.profile, response.consortium):
        raise ValidationError(why, code="ineligible")
    if sentences := lacking(response):
        raise ValidationError([*sentences.values()], code="lacking")


def _check_consortium(consortium: Consortium) -> None:
    if consortium.state in OVER:
        raise ValidationError(_("This consortium was given up."), code="gone")
    if consortium.members.accepted().exclude(role=Member.Role.ADVISER).count() < SMALLEST:
        raise ValidationError(_("A consortium needs two members who accepted."), code="few")


@transaction.atomic
def withdraw_response(*, response: Response, by: "Person | User", at: datetime) -> bool:
    """Take it back: a draft at any time, what was handed in until the deadline. False: it was already."""
    _check_writer(response, by)
    current = Response.objects.select_for_update(of=("self",)).select_related("challenge").get(pk=response.pk)
    if current.state == Response.State.WITHDRAWN:
        return False
    in_time = current.challenge.closes_at and at < current.challenge.closes_at
    if current.state == Response.State.SUBMITTED and not (in_time and current.challenge.status in TAKING):
        raise ValidationError(_("The call is closed: what was handed in stays."), code="closed")
    handed_in = current.state == Response.State.SUBMITTED
    current.state = Response.State.WITHDRAWN
    current.save(update_fields=["state", "updated_at"])
    if handed_in:
        follow(current, Consortium.State.READY)
        signals.response_changed.send(sender=Response, response_id=current.pk, state=current.state)
    response.refresh_from_db()
    return True
