"""What curator and poster say to each other about parts of a challenge in review."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Family, Person
from accounts.news import notify

from ..models import Challenge, ReviewComment
from ..permissions import belongs_to_poster, may_discuss, person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def comment(*, challenge: Challenge, part: str, text: str, by: "Person | User") -> ReviewComment:
    """Say something about a part (a step of the wizard, or nothing for the whole); the same thing said twice
    by two clicks is said once. The other side is told."""
    if not may_discuss(user_of(by), challenge):
        raise PermissionDenied
    text = text.strip()
    if not text:
        raise ValidationError(_("Write something first."), code="text")
    if len(text) > 1000:
        raise ValidationError(_("At most 1,000 characters, please."), code="text")
    step = challenge.steps.last()
    author = person_of(by)
    row, is_new = ReviewComment.objects.get_or_create(
        challenge=challenge, part=part, text=text, author=author, resolved_at=None, defaults={"step": step}
    )
    if is_new:
        for person in _other_side(challenge, by):
            notify(
                person=person,
                family=Family.CHALLENGES,
                kind="review_comment",
                params={"title": challenge.title, "language": challenge.language},
                url=challenge.get_absolute_url(),
                about=f"challenge:{challenge.pk}",
                key=f"review_comment:{row.pk}",
            )
    return row


def _other_side(challenge: Challenge, by: "Person | User") -> list[Person]:
    """The poster's readers, or the curators who commented or decided before."""
    if not belongs_to_poster(user_of(by), challenge):
        readers = Person.objects.filter(pk__in=challenge.letter_readers().values("pk"))
        return list(readers | Person.objects.filter(pk__in=[challenge.author_id]))
    posters = Person.objects.filter(memberships__organisation__in=challenge.posters().values("pk"))
    spoke = challenge.comments.values("author")
    return list(Person.objects.filter(pk__in=spoke).exclude(pk__in=posters.values("pk")))


@transaction.atomic
def resolve_comment(*, comment: ReviewComment, by: "Person | User") -> bool:
    """Either side says that it is settled. False when it was already."""
    if not may_discuss(user_of(by), comment.challenge):
        raise PermissionDenied
    open_one = ReviewComment.objects.filter(pk=comment.pk, resolved_at=None)
    return bool(open_one.update(resolved_at=timezone.now()))
