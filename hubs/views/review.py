"""One challenge that waits for a curator, with the checklist."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .. import actions
from ..actions.challenges import MOVED
from ..forms import ReviewForm
from ..models import Assignment, Challenge, Hub
from ..transitions import hints, missing
from .steps import SignedIn


@login_required
def review(request: SignedIn, public_id: UUID) -> HttpResponse:
    waiting = Challenge.objects.reviewable_by(request.user).select_related(
        "organisation__profile", "hub", "author__user"
    )
    challenge = (
        waiting.prefetch_related("translations", "needs__translations").filter(public_id=public_id).first()
    )
    if challenge is None:
        return _elsewhere(request, public_id)
    form = ReviewForm(request.POST or None)
    # It may have been taken back, rewritten and submitted again while its curator was reading.
    seen = f"{challenge.submitted_at or ''}"
    if request.method == "POST" and form.is_valid():
        if request.POST.get("seen", seen) != seen:
            form.add_error(None, _(MOVED))
        elif _decided(request, challenge, form):
            return redirect("hubs:review_queue")
    context = {
        "challenge": challenge,
        "form": form,
        "seen": seen,
        "gaps": missing(challenge),
        "hints": hints(challenge),
        "assignment": Assignment.objects.in_force()
        .filter(challenge=challenge)
        .select_related("curator__user")
        .first(),
        "history": challenge.steps.select_related("actor__user"),
    }
    return render(request, "hubs/review.html", context)


def _decided(request: SignedIn, challenge: Challenge, form: ReviewForm) -> bool:
    to, note = form.cleaned_data["to"], form.cleaned_data["note"]
    try:
        ticked = form.cleaned_data["checked"]
        actions.move_challenge(challenge=challenge, to=to, by=request.user, note=note, checked=ticked)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        form.add_error(None, error)
        return False
    if challenge.approved_at and challenge.publish_at:
        when = date_format(timezone.localtime(challenge.publish_at), "DATETIME_FORMAT")
        messages.success(request, _("Approved. It is published on %(when)s.") % {"when": when})
        return True
    status = str(challenge.get_status_display())
    messages.success(
        request, _("Done. “%(title)s” is now: %(status)s.") % {"title": challenge.title, "status": status}
    )
    return True


def _elsewhere(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Another curator was faster, or the second of two clicks: to the challenge, if it may be seen."""
    get_object_or_404(Hub.objects.curated_by(request.user)[:1])
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user), public_id=public_id)
    messages.info(request, _("This challenge does not wait for your review."))
    return redirect(challenge)
