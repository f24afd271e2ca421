"""Saving what a poster typed, step by step; whatever is valid is kept even where the rest is not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.countries.templates import ChallengeTemplate
from accounts.models import Organisation, Person, Translation

from ..models import Challenge, Criterion, Hub, Need
from ..permissions import belongs_to_poster, may_classify, may_edit, person_of, user_of
from ..queries import main_zone

if TYPE_CHECKING:
    from accounts.models import User


def _editable(challenge: Challenge, by: "Person | User") -> Challenge:
    """The row as it stands now, locked, if its words may still be changed."""
    current = Challenge.objects.select_for_update().get(pk=challenge.pk)
    if not belongs_to_poster(user_of(by), current):
        raise PermissionDenied
    if not may_edit(user_of(by), current):
        raise ValidationError(
            _(
                "This challenge is no longer a draft, so this was not saved. What you typed is still here: "
                "take the challenge back from its page, and send this again."
            ),
            code="not_editable",
        )
    return current


def home_hub(organisation: Organisation) -> Hub | None:
    """Where a new challenge starts: the hub of the poster's state, else the nation's."""
    hubs = Hub.objects.filter(country=organisation.country)
    regional = hubs.filter(kind=Hub.Kind.REGION, state=organisation.state).exclude(state="").first()
    return regional or hubs.filter(kind=Hub.Kind.NATION).first() or hubs.first()


def _beginning(
    organisation: Organisation, template: ChallengeTemplate | None, by: "Person | User"
) -> dict[str, Any]:
    """What a new draft has before anything was typed."""
    hub = home_hub(organisation)
    if hub is None:
        raise ValidationError(_("There is no hub yet that could review a challenge."), code="no_hub")
    return {
        "organisation": organisation,
        "author": person_of(by),
        "hub": hub,
        "country": organisation.country,
        "time_zone": main_zone(organisation, getattr(user_of(by), "time_zone", "")),
        "sdgs": list(template.sdgs) if template else [],
        "state": organisation.state if hub.kind == Hub.Kind.REGION else "",
    }


@transaction.atomic
def start_draft(
    *,
    organisation: Organisation,
    form_key: UUID,
    values: Mapping[str, Any],
    by: "Person | User",
    template: ChallengeTemplate | None = None,
) -> Challenge:
    """The draft of this form; the second of two clicks finds the draft of the first."""
    if not Organisation.objects.of(user_of(by)).filter(pk=organisation.pk).exists():
        raise PermissionDenied
    defaults = _beginning(organisation, template, by)
    challenge, is_new = Challenge.objects.get_or_create(form_key=form_key, defaults=defaults)
    if is_new and template:
        Need.objects.bulk_create(
            Need(
                challenge=challenge, position=position, text=need.text, weight=need.weight, sought=need.sought
            )
            for position, need in enumerate(template.needs)
        )
    return save_draft(challenge=challenge, values=values, by=by)


@transaction.atomic
def save_draft(*, challenge: Challenge, values: Mapping[str, Any], by: "Person | User") -> Challenge:
    current = _editable(challenge, by)
    for name, value in values.items():
        setattr(current, name, value)
    current.save()
    return current


@transaction.atomic
def save_topics(*, challenge: Challenge, values: Mapping[str, Any], by: "Person | User") -> Challenge:
    """Sector, fields of science and goals: no words of the poster's, so curators may set them later too."""
    user = user_of(by)
    current = Challenge.objects.select_for_update().get(pk=challenge.pk)
    if not may_classify(user, current):
        current = _editable(challenge, by)
    for name in ("sector", "fields", "sdgs"):
        setattr(current, name, values.get(name, getattr(current, name)))
    current.save()
    return current


@transaction.atomic
def save_needs(*, challenge: Challenge, rows: Sequence[Mapping[str, Any]], by: "Person | User") -> None:
    """Make the needs these rows, in this order: {"id": of one's own or None, "text", "weight", "sought"}.

    A row without an id that says what a stored need says is that need, so a double click adds nothing.
    """
    current = _editable(challenge, by)
    stored = {need.pk: need for need in current.needs.all()}
    named = {row["id"] for row in rows if row.get("id") in stored}
    unnamed = {need.text: need for pk, need in stored.items() if pk not in named}
    kept: set[int] = set()
    for position, row in enumerate(rows):
        need = stored.get(row.get("id") or 0) or unnamed.pop(row["text"], None) or Need(challenge=current)
        need.position = position
        need.text, need.weight, need.sought = row["text"], row["weight"], row["sought"]
        need.save()
        kept.add(need.pk)
    current.needs.exclude(pk__in=kept).delete()
    current.save()


@transaction.atomic
def save_criteria(*, challenge: Challenge, rows: Sequence[Mapping[str, Any]], by: "Person | User") -> None:
    """Make the criteria these rows, in this order; they are written with the challenge, before anybody
    answers to it."""
    current = _editable(challenge, by)
    stored = {criterion.pk: criterion for criterion in current.criteria.all()}
    named = {row.get("id") for row in rows}
    unnamed = {one.question: one for pk, one in stored.items() if pk not in named}
    kept: set[int] = set()
    for position, row in enumerate(rows):
        known = stored.get(row.get("id") or 0) or unnamed.pop(row["question"], None)
        criterion = known or Criterion(challenge=current)
        criterion.position = position
        for name in ("question", "help", "scale", "weight", "comments_required"):
            setattr(criterion, name, row[name])
        criterion.save()
        kept.add(criterion.pk)
    current.criteria.exclude(pk__in=kept).delete()


@transaction.atomic
def save_translations(
    *,
    challenge: Challenge,
    language: str,
    texts: Iterable[tuple[Challenge | Need, str, str]],
    by: "Person | User",
) -> None:
    """Each (record, field, text) in one more language; an empty text takes its translation away."""
    current = _editable(challenge, by)
    for record, field, text in texts:
        if text:
            record.translations.update_or_create(field=field, language=language, defaults={"text": text})
        else:
            record.translations.filter(field=field, language=language).delete()
    # Those of the language that the challenge is now written in would never be shown.
    Translation.objects.filter(
        pk__in=current.translations.filter(language=current.language).values("pk")
    ).delete()
    current.save()
