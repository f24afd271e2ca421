"""Comments on a challenge in review, joining another's, and taking over what solved one."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Organisation

from ..actions.comments import comment, resolve_comment
from ..actions.coposters import answer_co_poster, ask_to_join, leave_co_posting, take_over
from ..forms.lifecycle import CommentForm, JoinForm
from ..models import Challenge, CoPoster, Response, ReviewComment
from .steps import STEPS, SignedIn


@login_required
@require_POST
def challenge_comment(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Say something, or that something is settled."""
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user), public_id=public_id)
    try:
        if key := request.POST.get("settled"):
            found = get_object_or_404(ReviewComment, challenge=challenge, public_id=_uuid(key))
            resolve_comment(comment=found, by=request.user)
        else:
            _commented(request, challenge)
    except PermissionDenied:
        raise Http404 from None
    return redirect(_back(request, challenge))


def _commented(request: SignedIn, challenge: Challenge) -> None:
    form = CommentForm(request.POST)
    if not form.is_valid() or form.cleaned_data["part"] not in {"", *STEPS}:
        messages.error(request, _("Write at most 1,000 characters, about one of the parts."))
        return
    try:
        comment(challenge=challenge, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Said. The other side sees it."))


def _back(request: SignedIn, challenge: Challenge) -> str:
    """To the page it was said on: the review, the preview or the challenge."""
    there = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure())
    return f"{there}#comments" if safe and there.startswith("/") else challenge.get_absolute_url()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


@login_required
def challenge_join(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Ask to post another's challenge together with them."""
    challenge = get_object_or_404(Challenge.objects.published(), public_id=public_id)
    mine = Organisation.objects.of(request.user)
    free = mine.exclude(pk__in=challenge.posters().values("pk"))
    if not free.exists():
        messages.info(
            request, _("Only organisations join a challenge, and yours is in it already or not here.")
        )
        return redirect(challenge)
    form = JoinForm(request.POST or None, organisations=free)
    if request.method == "POST" and form.is_valid():
        try:
            ask_to_join(challenge=challenge, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Asked. You hear from them either way."))
            return redirect(challenge)
    return render(request, "hubs/challenge_join.html", {"challenge": challenge, "form": form})


@login_required
@require_POST
def co_poster(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Accept, decline, or leave; `who` is the organisation."""
    found = get_object_or_404(
        CoPoster.objects.select_related("challenge", "organisation"),
        challenge__public_id=public_id,
        organisation__public_id=_uuid(request.POST.get("who", "")),
    )
    decision = request.POST.get("decision")
    try:
        if decision == "leave":
            leave_co_posting(co_poster=found, by=request.user)
        else:
            answer_co_poster(co_poster=found, accept=decision == "accept", by=request.user)
    except PermissionDenied:
        raise Http404 from None
    messages.success(request, _("Done."))
    return redirect(found.challenge)


@login_required
@require_POST
def challenge_take_over(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Take over a solution in a draft, or no longer."""
    challenge = get_object_or_404(Challenge.objects.of(request.user), public_id=public_id)
    key = request.POST.get("response", "")
    response = get_object_or_404(Response.objects.solutions(), public_id=_uuid(key)) if key else None
    try:
        take_over(challenge=challenge, response=response, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(challenge)
    said = _("Noted: you want what solved it there.") if response else _("Noted: you look for something new.")
    messages.success(request, said)
    return redirect(reverse("hubs:challenge_preview", args=[public_id]) + "#elsewhere")
