"""What the authors of the demo's challenges find in their list of news: what curators said of them."""

from datetime import timedelta

from accounts.models import Family, NewsItem

from ..emails import REVIEWED
from ..models import Challenge, ChallengeStep, Status

SAID = (Status.PUBLISHED, Status.CHANGES_REQUESTED)
NEW = 2  # of each author's, the rest is read


def load_news() -> None:
    """One item for each step that a curator took; no letters, for nobody would read them."""
    steps = ChallengeStep.objects.filter(
        challenge__is_demo=True, to_status__in=SAID, challenge__author__isnull=False
    )
    seen: dict[int, int] = {}
    for step in steps.select_related("challenge").order_by("-at"):
        author = step.challenge.author_id or 0
        seen[author] = seen.get(author, 0) + 1
        item = NewsItem.objects.create(
            person_id=author,
            family=Family.CHALLENGES,
            kind=REVIEWED,
            params=_params(step.challenge, step),
            url=step.challenge.get_absolute_url(),
            about=f"challenge:{step.challenge_id}",
            key=f"{REVIEWED}:{step.pk}:{author}",
            mailed_at=step.at,
            read_at=None if seen[author] <= NEW else step.at + timedelta(hours=3),
        )
        NewsItem.objects.filter(pk=item.pk).update(created_at=step.at)  # else it would be now


def _params(challenge: Challenge, step: ChallengeStep) -> dict[str, object]:
    return {
        "step": step.pk,
        "published": step.to_status == Status.PUBLISHED,
        "title": challenge.title,
        "language": challenge.language,
    }
