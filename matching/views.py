"""Pages about matches: one's own list, the three answers, and the request for an introduction."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Profile, User
from accounts.paging import CountedPaginator
from accounts.translated import read_translations
from hubs.forms.contacts import AskForm, InviteForm
from hubs.models import Challenge, Introduction

from . import actions, programmes, queries
from .forms import AnswerForm, MatchFilterForm
from .models import Answer, Match
from .nearby import nearby
from .needed import add_who_else
from .own import own_profiles
from .showing import needs_shown

PER_PAGE = 6  # each says much: with more, the page is not there in time
MOST_ASIDE = 200


class SignedInRequest(HttpRequest):
    user: User


@login_required
@require_safe
def my_matches(request: SignedInRequest) -> HttpResponse:
    own = own_profiles(request.user)
    form = MatchFilterForm(request.GET, profiles=own.profiles)
    chosen = form.chosen()
    found = queries.with_what_cards_show(queries.my_matches(request.user, **chosen))
    found = found.annotate(was_seen=Exists(queries.seen_today(request.user)))
    page = CountedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    fitting = programmes.for_person(request.user, own.profiles)
    read_translations([*queries.whose_words(page.object_list), *(row.programme for row in fitting)])
    cards = queries.cards(page.object_list)
    add_who_else(cards, request.user)
    shown = [card.match for card in cards]
    actions.record_page(matches=shown, first_rank=page.start_index(), by=request.user)
    actions.ask_for_reasons(matches=shown)
    context = {
        "form": form,
        "page": page,
        "cards": cards,
        "chosen": chosen,
        "profiles": own.profiles,
        "advice": [] if cards else queries.advice(own.profiles),
        "comparing": own.comparing,
        "nearby": [] if cards or chosen or own.comparing else nearby(own.profiles),
        "unproven": bool(own.profiles) and not own.proven,
        "several": len(own.profiles) > 1,
        "programmes": fitting,
        "editable": own.editable,
    }
    return render(request, "matching/my_matches.html", context)


@login_required
@require_safe
def set_aside(request: SignedInRequest) -> HttpResponse:
    """What somebody keeps out of their matches, so that it can be taken back."""
    own = Profile.objects.of(request.user)
    context = {
        "never": queries.never_shown(own)[:MOST_ASIDE],
        "kept_out": queries.kept_out(request.user)[:MOST_ASIDE],
        "several": own.count() > 1,
    }
    return render(request, "matching/set_aside.html", context)


@login_required
@require_POST
def answer(request: SignedInRequest, profile_id: uuid.UUID, challenge_id: uuid.UUID) -> HttpResponse:
    profile, challenge = queries.answerable(request.user, profile_id, challenge_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise Http404
    word = form.cleaned_data["answer"]
    if word == actions.UNDONE:
        actions.undo_answer(profile=profile, challenge=challenge, by=request.user)
    else:
        actions.record_answer(profile=profile, challenge=challenge, answer=word, by=request.user)
    if request.htmx:  # type: ignore[attr-defined]
        return _answered_card(request, profile, challenge, word)
    if word == Answer.Choice.INTERESTED:
        return redirect("matching:ask_introduction", profile.public_id, challenge.public_id)
    messages.success(request, _said(word))
    return redirect(_back(request))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_introduction(
    request: SignedInRequest, profile_id: uuid.UUID, challenge_id: uuid.UUID
) -> HttpResponse:
    profile, challenge = queries.answerable(request.user, profile_id, challenge_id)
    existing = challenge.introductions.filter(profile=profile).first()
    if existing and not existing.may_be_asked_again(Introduction.Direction.FROM_PROFILE):
        return redirect(existing)
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            introduction = actions.ask_introduction(
                profile=profile, challenge=challenge, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your request was sent. You will hear either way."))
            return redirect(introduction)
    return _asking(request, form, profile, challenge, invited=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SignedInRequest, profile_id: uuid.UUID, challenge_id: uuid.UUID) -> HttpResponse:
    """The poster asks somebody whom the board of candidates shows."""
    challenge = get_object_or_404(Challenge.objects.of(request.user), public_id=challenge_id)
    profile = get_object_or_404(Profile.objects.visible_to(request.user), public_id=profile_id)
    existing = challenge.introductions.filter(profile=profile).first()
    if existing and not existing.may_be_asked_again(Introduction.Direction.FROM_POSTER):
        return redirect(existing)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            introduction = actions.invite_to_challenge(
                profile=profile, challenge=challenge, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your invitation was sent. You will hear either way."))
            return redirect(introduction)
    return _asking(request, form, profile, challenge, invited=True)


def _asking(
    request: SignedInRequest, form: AskForm, profile: Profile, challenge: Challenge, *, invited: bool
) -> HttpResponse:
    covered, uncovered, elsewhere = needs_shown(actions.reason_now(profile, challenge), challenge)
    context = {
        "form": form,
        "profile": profile,
        "challenge": challenge,
        "invited": invited,
        "covered": covered,
        "uncovered": uncovered,
        "elsewhere": elsewhere,
    }
    return render(request, "matching/ask_introduction.html", context, status=422 if form.errors else 200)


def _answered_card(
    request: SignedInRequest, profile: Profile, challenge: Challenge, word: str
) -> HttpResponse:
    """The card as it stands after the answer; a line in its place where there is no card any more."""
    found = queries.with_what_cards_show(queries.my_matches(request.user))
    match = found.filter(subject__profile=profile, target__challenge=challenge).first()
    context = {
        "card": _card(match, request.user) if match else None,
        "just_interested": word == Answer.Choice.INTERESTED,
        "profile": profile,
        "challenge": challenge,
        "said": _said(word),
        "undone": word == actions.UNDONE,
        "several": Profile.objects.of(request.user).count() > 1,
        "editable": queries.editable(request.user),
    }
    return render(request, "matching/_answered.html", context)


def _card(match: Match, user: User) -> queries.Card:
    [card] = queries.cards([match])
    add_who_else([card], user)
    return card


def _said(word: str) -> str:
    return {
        Answer.Choice.INTERESTED.value: _("Noted: you are interested."),
        Answer.Choice.NOT_NOW.value: _("Noted: not now. It stays in your list."),
        Answer.Choice.NEVER.value: _("Noted: you will not be shown this challenge again."),
    }.get(word, _("Your answer was taken back."))


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return resolve_url("matching:my_matches")
