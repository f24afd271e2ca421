"""The list of challenges, one challenge, and the buttons that move it along."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.permissions import belongs_anywhere
from accounts.translated import read_translations

from .. import actions
from ..forms import ChallengeFilter, StepForm
from ..models import Challenge, Status
from ..models.challenges import at
from ..permissions import roles
from ..queries import at_time, filtered, for_cards, with_responses_counted
from ..transitions import CURATOR, EDITABLE, POSTER, missing, offered
from .steps import SignedIn

WHEN = {"open": gettext_lazy("Open"), "upcoming": gettext_lazy("Upcoming"), "closed": gettext_lazy("Closed")}
PER_PAGE = 18


@vary_on_headers("HX-Request")
def challenge_list(request: HttpRequest) -> HttpResponse:
    form = ChallengeFilter(request.GET)
    found = filtered(Challenge.objects.published(), form.wanted())
    when = request.GET.get("when", "open")
    when = when if when in WHEN else "open"
    counted = found.order_by().aggregate(**{slug: Count("pk", filter=at(slug)) for slug in WHEN})
    counts = [(slug, name, counted[slug]) for slug, name in WHEN.items()]
    paginator = Paginator(for_cards(at_time(found, when)), PER_PAGE)
    paginator.count = counted[when]
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "when": when,
        "counts": counts,
        "filtered": any(form.wanted().values()),
    }
    htmx = getattr(request, "htmx", None)
    fragment = htmx and not htmx.history_restore_request
    return render(
        request, "hubs/_challenge_results.html" if fragment else "hubs/challenge_list.html", context
    )


def challenge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, public_id)


def _page(request: HttpRequest, public_id: UUID, kept: dict[str, str] | None = None) -> HttpResponse:
    """What everybody may read; to its poster and curators also where it stands and what they may do.

    `kept` holds the note of a step that was refused, so that it stands in its field again.
    """
    visible = Challenge.objects.visible_to(request.user).select_related("organisation__profile", "hub")
    if belongs_anywhere(request.user):
        visible = with_responses_counted(visible)
    challenge = get_object_or_404(visible.prefetch_related("needs"), public_id=public_id)
    read_translations([challenge, challenge.hub, *challenge.needs.all()])
    own_roles = roles(request.user, challenge)
    mine = POSTER in own_roles
    ended_by_hand = challenge.status in (Status.CLOSED, Status.ARCHIVED)
    steps = list(challenge.steps.select_related("actor__user")) if own_roles or ended_by_hand else []
    context = {
        "challenge": challenge,
        "mine": mine,
        "may_edit": mine and challenge.status in EDITABLE,
        "may_classify": CURATOR in own_roles and challenge.is_public,
        "sees_names": bool(own_roles),
        "course_steps": steps,
        "to_review": challenge.status == Status.IN_REVIEW and CURATOR in own_roles,
        "offered": offered(challenge, own_roles),
        "gaps": missing(challenge) if own_roles and not challenge.is_public else [],
        "history": steps if own_roles else [],
        "kept": kept or {},
    }
    return render(request, "hubs/challenge.html", context)


@require_safe
@vary_on_headers("HX-Request")
def around(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What stands around a challenge, for its page to load; or as a page where nothing loads it."""
    visible = Challenge.objects.visible_to(request.user).select_related("organisation")
    challenge = get_object_or_404(visible, public_id=public_id)
    read_translations([challenge] if not getattr(request, "htmx", False) else [])
    name = "challenge/_around.html" if getattr(request, "htmx", False) else "challenge_around.html"
    return render(request, f"hubs/{name}", {"challenge": challenge})


@login_required
@require_POST
def challenge_step(request: SignedIn, public_id: UUID) -> HttpResponse:
    """One step of the transition table."""
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user), public_id=public_id)
    form = StepForm(request.POST)
    typed = {"to": request.POST.get("to", ""), "note": request.POST.get("note", "")}
    if not form.is_valid():
        return _refused(
            request, public_id, [str(e) for errors in form.errors.values() for e in errors], typed
        )
    try:
        actions.move_challenge(challenge=challenge, by=request.user, **form.cleaned_data)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        return _refused(request, public_id, error.messages, typed)
    status = str(challenge.get_status_display())
    messages.success(request, _("Done. The challenge is now: %(status)s.") % {"status": status})
    if challenge.status == Status.IN_EVALUATION:
        return redirect("hubs:evaluation", challenge.public_id)  # where the work goes on
    still = Challenge.objects.visible_to(request.user).filter(pk=challenge.pk).exists()
    return redirect(challenge) if still else redirect("hubs:review_queue")


def _refused(request: SignedIn, public_id: UUID, errors: list[str], typed: dict[str, str]) -> HttpResponse:
    for sentence in errors:
        messages.error(request, sentence)
    return _page(request, public_id, typed)
