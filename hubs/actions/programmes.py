"""Entering a programme, publishing it, and saying whether it is still so."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Language, Organisation, Person

from .. import signals
from ..models import Programme
from ..permissions import person_of, user_of
from ..programme_news import tell_published, tell_waiting

if TYPE_CHECKING:
    from accounts.models import User

TRANSLATED = ("title", "summary", "description")


@transaction.atomic
def save_programme(
    *,
    organisation: Organisation,
    values: Mapping[str, Any],
    by: "Person | User",
    programme: Programme | None = None,
    form_key: UUID | None = None,
) -> Programme:
    """A new programme, which waits for a curator; or one's new facts.

    `values` may hold the texts in the other language, as title_other and so on. The second of two clicks
    finds the programme of the first.
    """
    if not Organisation.objects.of(user_of(by)).filter(pk=organisation.pk).exists():
        raise PermissionDenied
    if programme is None:
        twin = Programme.objects.filter(form_key=form_key).first() if form_key else None
        if twin is not None:
            return twin
        programme = Programme(organisation=organisation, author=person_of(by), form_key=form_key)
        programme.is_demo = organisation.is_demo
        new = True
    else:
        programme = Programme.objects.select_for_update().get(pk=programme.pk, organisation=organisation)
        new = False
    for name, value in values.items():
        if not name.endswith("_other"):
            setattr(programme, name, value)
    programme.checked_on, programme.checked_by = timezone.localdate(), person_of(by)
    _hold_offer(programme)
    programme.save()
    _translate(programme, values)
    if new:
        tell_waiting(programme)
    _changed(programme)
    return programme


def _hold_offer(programme: Programme) -> None:
    """What was promised is not taken back."""
    for hours, committed in (("gpu_hours", "committed_gpu"), ("cpu_hours", "committed_cpu")):
        least = getattr(programme, committed)
        if getattr(programme, hours) < least:
            said = _("%(hours)s hours are granted or held by rounds: no fewer can be offered.")
            raise ValidationError({hours: said % {"hours": least}}, code="committed")


def _translate(programme: Programme, values: Mapping[str, Any]) -> None:
    other = Language.EN if programme.language == Language.ES else Language.ES
    programme.translations.exclude(language=other).delete()
    for name in TRANSLATED:
        if f"{name}_other" not in values:
            continue
        text = values[f"{name}_other"]
        if text:
            programme.translations.update_or_create(field=name, language=other, defaults={"text": text})
        else:
            programme.translations.filter(field=name, language=other).delete()
    programme.save()  # its search column holds the translations too


@transaction.atomic
def publish_programme(*, programme: Programme, published: bool, by: "Person | User") -> bool:
    """A curator shows it to everybody, or takes it back. False where it is so already."""
    if not Programme.objects.publishable_by(user_of(by)).filter(pk=programme.pk).exists():
        raise PermissionDenied
    row = Programme.objects.filter(pk=programme.pk, is_published=not published)
    if not row.update(is_published=published, updated_at=timezone.now()):
        return False
    programme.refresh_from_db()
    if published:
        tell_published(programme)
    _changed(programme)
    return True


@transaction.atomic
def check_programme(*, programme: Programme, status: str, by: "Person | User") -> None:
    """Somebody looked today, and this is where it stands."""
    user = user_of(by)
    own = Programme.objects.of(user).filter(pk=programme.pk)
    if not (own.exists() or Programme.objects.publishable_by(user).filter(pk=programme.pk).exists()):
        raise PermissionDenied
    if status not in Programme.Status.values:
        raise ValidationError(_("Choose where it stands."), code="status")
    Programme.objects.filter(pk=programme.pk).update(
        status=status,
        checked_on=timezone.localdate(),
        checked_by=person_of(by),
        updated_at=timezone.now(),
    )
    programme.refresh_from_db()
    _changed(programme)


def _changed(programme: Programme) -> None:
    said = partial(signals.programme_changed.send, sender=Programme, programme_id=programme.pk)
    transaction.on_commit(said, robust=True)
