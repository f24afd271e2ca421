"""Evaluation: the poster's desk with its decision, and each evaluator's pages."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Person

from .. import actions, judging
from ..actions.evaluation import EVALUATED
from ..answering import respondent
from ..forms.evaluation import AgreeForm, ConflictForm, DecisionForm, ScoreForm
from ..models import Challenge, Evaluator, Response, Status
from ..permissions import roles
from ..transitions import offered
from .steps import SignedIn


@login_required
def evaluation(request: SignedIn, public_id: UUID) -> HttpResponse:
    """The poster's desk: how many came in, who judges them, and, once it is closed, how they stand."""
    own = Challenge.objects.of(request.user).select_related("organisation")
    asked = Prefetch("evaluators", Evaluator.objects.select_related("person"))
    challenge = get_object_or_404(own.prefetch_related("criteria", asked), public_id=public_id)
    if not challenge.is_public:
        return redirect(challenge)
    rows = judging.standings(challenge, request.user)
    deciding = challenge.status == Status.IN_EVALUATION and any(not row.response.outcome for row in rows)
    posted = request.POST if request.method == "POST" else None
    decisions = [DecisionForm(posted, response=row.response) for row in rows] if deciding else []
    if posted is not None and deciding and _decided(request, challenge, decisions):
        return redirect("hubs:evaluation", public_id=public_id)
    words = request.GET.get("q", "").strip()[:100]
    context = {
        "challenge": challenge,
        "count": Response.objects.submitted().filter(challenge=challenge).count(),
        "rows": rows,
        "pairs": list(zip(rows, decisions, strict=True)) if deciding else [],
        "decisions": decisions,
        "evaluators": challenge.evaluators.all(),
        "criteria": judging.criteria_of(challenge),
        "asks": challenge.status in EVALUATED,
        "words": words,
        "found": judging.candidates(challenge, request.user, words) if words else [],
        "offered": [step for step in offered(challenge, roles(request.user, challenge)) if step.to in NEXT],
    }
    return render(request, "hubs/evaluation.html", context)


NEXT = (Status.IN_EVALUATION, Status.AWARDED)


def _decided(request: SignedIn, challenge: Challenge, forms: list[DecisionForm]) -> bool:
    valid = [form.is_valid() for form in forms]  # all of them: each says what is wrong with it
    if not all(valid):
        return False
    try:
        count = actions.decide_responses(
            challenge=challenge,
            decisions={form.response.pk: form.cleaned_data for form in forms},
            by=request.user,
        )
    except ValidationError as error:
        forms[0].add_error(None, error)
        return False
    if count:
        messages.success(request, _("Decided. Every respondent hears it, with your reason."))
    return True


@login_required
@require_POST
def evaluator_invite(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Asks whom the button names; or takes back an invitation that was not answered."""
    challenge = get_object_or_404(Challenge.objects.of(request.user), public_id=public_id)
    try:
        if "back" in request.POST:
            evaluator = get_object_or_404(challenge.evaluators, public_id=_uuid(request.POST["back"]))
            actions.take_back_invitation(evaluator=evaluator, by=request.user)
            messages.success(request, _("The invitation is taken back."))
        else:
            theirs = judging.askable(request.user).values("person")
            key = _uuid(request.POST.get("person", ""))
            person = get_object_or_404(Person, public_id=key, pk__in=theirs)
            actions.invite_evaluator(challenge=challenge, person=person, by=request.user)
            messages.success(request, _("%(name)s is asked to evaluate.") % {"name": person})
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    return redirect("hubs:evaluation", public_id=public_id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@login_required
def evaluator(request: SignedIn, public_id: UUID) -> HttpResponse:
    """What one is asked to judge: first one's answer, then the responses one has no conflict with."""
    evaluator = _mine(request, public_id)
    form = AgreeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accept = form.cleaned_data["answer"] == "accept"
        try:
            actions.answer_evaluation(
                evaluator=evaluator, accept=accept, declared=form.cleaned_data["declared"], by=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("hubs:evaluator", public_id=public_id)
    challenge = evaluator.challenge
    theirs = Response.objects.to_evaluate(request.user).filter(challenge=challenge)
    criteria = judging.criteria_of(challenge)
    context = {
        "evaluator": evaluator,
        "challenge": challenge,
        "form": form,
        "criteria": criteria,
        "rows": _rows(evaluator, list(theirs.select_related("profile__person", "profile__organisation"))),
        "conflicts": evaluator.conflicts.select_related("response__profile__person", "response__consortium"),
        "running": challenge.status == Status.IN_EVALUATION,
    }
    return render(request, "hubs/evaluator.html", context)


def _rows(evaluator: Evaluator, responses: list[Response]) -> list[tuple[Response, str, float | None]]:
    """Each with its respondent and the mark that this evaluator gave it."""
    criteria = list(evaluator.challenge.criteria.all())
    scores: dict[int, dict[int, int]] = {}
    for score in evaluator.scores.all():
        scores.setdefault(score.response_id, {})[score.criterion_id] = score.value
    return [(one, respondent(one), judging.mark(criteria, scores.get(one.pk, {}))) for one in responses]


def _mine(request: SignedIn, public_id: UUID) -> Evaluator:
    mine = Evaluator.objects.filter(person=request.user.person).select_related("challenge__organisation")
    return get_object_or_404(mine, public_id=public_id)


@login_required
def score(request: SignedIn, public_id: UUID, response_id: UUID) -> HttpResponse:
    """One response beside the criteria."""
    evaluator = _mine(request, public_id)
    theirs = Response.objects.to_evaluate(request.user).filter(challenge=evaluator.challenge)
    response = get_object_or_404(theirs, public_id=response_id)
    criteria = list(evaluator.challenge.criteria.all())
    form = ScoreForm(
        request.POST or None, criteria=criteria, scores=list(evaluator.scores.filter(response=response))
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_scores(evaluator=evaluator, response=response, values=form.values(), by=request.user)
        except PermissionDenied:
            messages.error(
                request, _("There is a conflict of interest with this response: it is not yours to score.")
            )
            return redirect("hubs:evaluator", public_id=public_id)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your scores are saved."))
            return redirect("hubs:evaluator", public_id=public_id)
    context = {
        "evaluator": evaluator,
        "response": response,
        "challenge": evaluator.challenge,
        "told": response.submitted,
        "who": response.submitted.get("who") or respondent(response),
        "form": form,
        "conflict": ConflictForm(),
        "running": evaluator.challenge.status == Status.IN_EVALUATION,
    }
    return render(request, "hubs/score.html", context)


@login_required
@require_POST
def conflict(request: SignedIn, public_id: UUID, response_id: UUID) -> HttpResponse:
    evaluator = _mine(request, public_id)
    theirs = Response.objects.to_evaluate(request.user).filter(challenge=evaluator.challenge)
    response = get_object_or_404(theirs, public_id=response_id)
    form = ConflictForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what the conflict is."))
        return redirect("hubs:score", public_id=public_id, response_id=response_id)
    actions.declare_conflict(
        evaluator=evaluator, response=response, detail=form.cleaned_data["detail"], by=request.user
    )
    messages.success(
        request, _("Thank you. You no longer see that response, and your scores of it do not count.")
    )
    return redirect("hubs:evaluator", public_id=public_id)
