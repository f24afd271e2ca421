"""The page of the board, and the board as a table: for whoever posted the challenge, and its curators."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import exports
from accounts.models import Profile
from hubs.models import Challenge, Need

from . import actions, queries
from .board import HEADS, LONGEST, MATCHES, board_of, move_candidate, rows_of
from .curating import SignedInRequest
from .models import Candidacy, Match
from .permissions import may_see_who_fits

MOST = 20  # who fits


def _challenge(request: SignedInRequest, public_id: UUID) -> Challenge:
    visible = Challenge.objects.visible_to(request.user).select_related("organisation", "hub")
    return get_object_or_404(visible, public_id=public_id)


def _need(request: SignedInRequest, challenge: Challenge) -> Need | None:
    """The one that the board is narrowed to; a number that makes no sense narrows nothing."""
    asked = request.GET.get("need", "")
    return challenge.needs.filter(pk=asked).first() if asked.isdigit() and len(asked) < 12 else None


@login_required
def candidates(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    challenge = _challenge(request, public_id)
    if request.method == "POST":
        return _moved(request, challenge)
    need = _need(request, challenge)
    try:
        board = board_of(challenge, request.user, need)
    except PermissionDenied:
        raise Http404 from None
    actions.ask_for_reasons(matches=[one.match for one in board.candidates if one.card and one.match])
    context = {
        "challenge": challenge,
        "board": board,
        "need": need,
        "columns": Candidacy.Column.choices,
        "longest": LONGEST,
        "answerable": challenge.is_open() or challenge.is_upcoming(),
    }
    return render(request, "matching/candidates.html", context)


@login_required
@require_safe
@vary_on_headers("HX-Request")
def fits(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """By name and with reasons, for the page of a challenge to load; or as a page where nothing loads it."""
    visible = Challenge.objects.visible_to(request.user).select_related("organisation__profile", "hub")
    challenge = get_object_or_404(visible.prefetch_related("needs"), public_id=public_id)
    if not may_see_who_fits(request.user, challenge):
        raise Http404
    cards = queries.who_fits(challenge, request.user, MOST)
    actions.ask_for_reasons(matches=[card.match for card in cards])
    total = Match.objects.for_challenge(challenge, request.user).count()
    part = bool(getattr(request, "htmx", False))
    context = {
        "challenge": challenge,
        "cards": cards,
        "total": total,
        "most": MOST,
        "level": 3 if part else 2,
    }
    return render(request, "matching/_fits.html" if part else "matching/fits.html", context)


def _moved(request: SignedInRequest, challenge: Challenge) -> HttpResponse:
    key = request.POST.get("profile", "")
    try:
        profile = get_object_or_404(Profile.objects.visible_to(request.user), public_id=UUID(key))
        move_candidate(
            challenge=challenge,
            profile=profile,
            to=request.POST.get("to", ""),
            note=request.POST.get("note", ""),
            by=request.user,
            seen=request.POST.get("seen"),
        )
    except (PermissionDenied, ValueError):
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Noted: %(name)s.") % {"name": profile.name})
    query = f"?need={need.pk}" if (need := _need(request, challenge)) else ""
    address = reverse("matching:candidates", args=[challenge.public_id])
    return redirect(f"{address}{query}#c-{profile.public_id}")


@login_required
@require_safe
def candidates_csv(request: SignedInRequest, public_id: UUID) -> StreamingHttpResponse:
    challenge = _challenge(request, public_id)
    try:
        board = board_of(challenge, request.user, _need(request, challenge), most=MATCHES)
    except PermissionDenied:
        raise Http404 from None
    return exports.csv_response("helice-candidates", HEADS, rows_of(board, challenge, request.user))
