"""Three days before a call closes, and when it has closed: nobody is surprised by a deadline."""

from datetime import timedelta

from django.utils import timezone

from .. import judging, response_news
from ..models import Challenge, Evaluator, Response, Status

BEFORE = timedelta(hours=72)
# A worker that was away for longer tells nothing that is old by then.
LOOKS_BACK = timedelta(days=3)


def keep_time() -> None:
    """Each is told once by its key, however often this runs."""
    now = timezone.now()
    drafts = Response.objects.filter(state=Response.State.DRAFT).select_related(
        "challenge", "profile", "consortium"
    )
    near = Challenge.objects.open(now).filter(closes_at__lte=now + BEFORE)
    for response in drafts.filter(challenge__in=near.values("pk")):
        response_news.tell_deadline(response, "deadline_near")
    just_closed = Challenge.objects.filter(
        status__in=[Status.PUBLISHED, Status.CLOSED], closes_at__gt=now - LOOKS_BACK, closes_at__lte=now
    )
    for response in drafts.filter(challenge__in=just_closed.values("pk")):
        response_news.tell_deadline(response, "closed_with_draft")
    for challenge in just_closed:
        count = Response.objects.submitted().filter(challenge=challenge).count()
        if count:
            response_news.tell_closed(challenge, count)
    waiting = Evaluator.objects.filter(
        challenge__status=Status.IN_EVALUATION,
        state=Evaluator.State.ACCEPTED,
        challenge__responses__outcome="",
    )
    for evaluator in waiting.distinct().select_related("person", "challenge"):
        judging.find_conflicts(evaluator, now)
