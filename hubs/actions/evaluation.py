"""Evaluators and their scores, and the poster's decision that every respondent hears."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person

from .. import judging, response_news, signals
from ..models import Challenge, Conflict, Consortium, Criterion, Evaluator, Response, Score, Status
from ..permissions import belongs_to_poster, person_of, user_of
from .following import follow

if TYPE_CHECKING:
    from accounts.models import User

# From publication on, until it is decided
EVALUATED = (Status.PUBLISHED, Status.CLOSED, Status.IN_EVALUATION)


def _check_poster(challenge: Challenge, by: "Person | User") -> None:
    if not belongs_to_poster(user_of(by), challenge):
        raise PermissionDenied


@transaction.atomic
def invite_evaluator(*, challenge: Challenge, person: Person, by: "Person | User") -> Evaluator:
    """Ask somebody with an account to score the responses. Asked twice, it is the first time."""
    _check_poster(challenge, by)
    challenge = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if challenge.status not in EVALUATED:
        raise ValidationError(_("Evaluators are asked from publication on, until it is decided."))
    if person.user is None:
        raise ValidationError(_("Only people with an account can evaluate."))
    if not challenge.criteria.exists():
        Criterion.objects.bulk_create(judging.usual_criteria(challenge))
    evaluator, is_new = Evaluator.objects.get_or_create(
        challenge=challenge, person=person, defaults={"invited_by": person_of(by)}
    )
    if is_new:
        response_news.tell_invited(evaluator)
    return evaluator


@transaction.atomic
def take_back_invitation(*, evaluator: Evaluator, by: "Person | User") -> None:
    """As long as it was not answered."""
    _check_poster(evaluator.challenge, by)
    waiting = Evaluator.objects.filter(pk=evaluator.pk, state=Evaluator.State.INVITED)
    if not waiting.delete()[0]:
        raise ValidationError(_("It was answered already."), code="answered")


@transaction.atomic
def answer_evaluation(*, evaluator: Evaluator, accept: bool, declared: str, by: "Person | User") -> bool:
    """Agree to evaluate, with one's conflicts of interest in one's own words, or decline. False: the same
    was answered already."""
    _check_evaluator(evaluator, by)
    if len(declared) > 1000:
        raise ValidationError(_("At most 1,000 characters, please."), code="declared")
    state = Evaluator.State.ACCEPTED if accept else Evaluator.State.DECLINED
    now = timezone.now()
    waiting = Evaluator.objects.filter(pk=evaluator.pk, state=Evaluator.State.INVITED)
    changed = waiting.update(state=state, declared=declared, declared_at=now, updated_at=now)
    evaluator.refresh_from_db()
    if not changed:
        if evaluator.state == state:
            return False
        raise ValidationError(_("You have answered this already."), code="answered")
    if accept:
        judging.find_conflicts(evaluator)
    response_news.tell_evaluator_answered(evaluator)
    return True


def _check_evaluator(evaluator: Evaluator, by: "Person | User") -> None:
    if evaluator.person_id != person_of(by).pk:
        raise PermissionDenied


@transaction.atomic
def declare_conflict(
    *, evaluator: Evaluator, response: Response, detail: str, by: "Person | User"
) -> Conflict:
    """The evaluator no longer sees this response, and what was scored of it does not count."""
    _check_evaluator(evaluator, by)
    if response.challenge_id != evaluator.challenge_id:
        raise PermissionDenied
    conflict, _made = Conflict.objects.get_or_create(
        evaluator=evaluator,
        response=response,
        kind=Conflict.Kind.DECLARED,
        defaults={"detail": detail.strip()[:300]},
    )
    return conflict


@transaction.atomic
def save_scores(
    *,
    evaluator: Evaluator,
    response: Response,
    values: Mapping[int, tuple[int, str]],
    by: "Person | User",
) -> None:
    """One evaluator's scores of one response, by criterion: (value, comment). All criteria, each in its
    range; changed as often as one likes until it is decided."""
    _check_evaluator(evaluator, by)
    status = Challenge.objects.values_list("status", flat=True).get(pk=evaluator.challenge_id)
    if status != Status.IN_EVALUATION:
        raise ValidationError(_("The evaluation is not running."), code="not_running")
    judging.find_conflicts(evaluator)
    if not Response.objects.to_evaluate(user_of(by)).filter(pk=response.pk).exists():
        raise PermissionDenied
    for criterion in Criterion.objects.filter(challenge=evaluator.challenge_id):
        if criterion.pk not in values:
            raise ValidationError(_("Score every criterion."), code="missing")
        value, comment = values[criterion.pk]
        low, high = Criterion.RANGES[Criterion.Scale(criterion.scale)]
        if not low <= value <= high:
            raise ValidationError(_("From %(low)d to %(high)d, please.") % {"low": low, "high": high})
        if criterion.comments_required and not comment.strip():
            raise ValidationError(_("A comment is asked for: %(name)s") % {"name": criterion.question})
        Score.objects.update_or_create(
            evaluator=evaluator,
            response=response,
            criterion=criterion,
            defaults={"value": value, "comment": comment.strip()[:1000]},
        )


@transaction.atomic
def decide_responses(
    *, challenge: Challenge, decisions: Mapping[int, Mapping[str, str]], by: "Person | User"
) -> int:
    """The poster's decision on all that was handed in, at once: by response {"outcome", "reason",
    "sentence"}. Every respondent hears it. Returns how many; 0 when it was decided already."""
    _check_poster(challenge, by)
    current = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if current.status != Status.IN_EVALUATION:
        raise ValidationError(_("Begin the evaluation first; then decide."), code="not_running")
    responses = list(Response.objects.submitted().filter(challenge=current))
    if responses and all(response.outcome for response in responses):
        return 0
    for response in responses:
        _decide(response, decisions.get(response.pk, {}), by)
    return len(responses)


def _decide(response: Response, told: Mapping[str, str], by: "Person | User") -> None:
    outcome, reason = told.get("outcome", ""), told.get("reason", "")
    sentence = " ".join(told.get("sentence", "").split())
    known = outcome in Response.Outcome.values and reason in Response.DecisionReason.values
    if not known or not sentence or len(sentence) > 500:
        raise ValidationError(
            _("Each response needs a decision, a reason and a sentence of at most 500 characters."),
            code="incomplete",
        )
    response.outcome, response.decision_reason, response.decision_sentence = outcome, reason, sentence
    response.decided_by, response.decided_at = person_of(by), timezone.now()
    response.save(
        update_fields=[
            "outcome",
            "decision_reason",
            "decision_sentence",
            "decided_by",
            "decided_at",
            "updated_at",
        ]
    )
    if outcome == Response.Outcome.SELECTED:
        follow(response, Consortium.State.AWARDED)
    response_news.tell_decided(response)
    signals.response_changed.send(sender=Response, response_id=response.pk, state=outcome)
