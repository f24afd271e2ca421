"""The challenge wizard: a draft from the first click, saved at each step whatever else is wrong."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.countries import get_pack
from accounts.countries.templates import ChallengeTemplate
from accounts.models import Organisation

from .. import actions
from ..forms import ProblemForm, StartForm, valid_parts
from ..forms.topics import taking
from ..models import Challenge
from ..permissions import belongs_to_poster, may_classify, may_edit
from ..transitions import EDITABLE, hints, missing
from .steps import FIRST, STEPS, Page, SignedIn, next_of, progress


@login_required
def challenge_new(request: SignedIn) -> HttpResponse:
    """First a template in plain words, then the problem; the first POST makes the draft."""
    organisations = list_of(request)
    if not organisations:
        return render(request, "hubs/challenge_nobody.html", status=200)
    key = request.POST.get("template") or request.GET.get("template", "")
    if request.method == "GET" and not key:
        templates = get_pack(settings.HELICE_COUNTRY).challenge_templates()
        return render(request, "hubs/challenge_templates.html", {"templates": templates})
    template = _template(key)
    start = StartForm(request.POST or None, organisations=organisations, initial={"template": key or "blank"})
    form = ProblemForm(request.POST or None, initial=_initial(template))
    if request.method == "POST" and start.is_valid():
        ok = form.is_valid()
        try:
            challenge = actions.start_draft(
                **start.cleaned_data | {"template": template}, values=valid_parts(form), by=request.user
            )
        except ValidationError as error:
            start.add_error(None, error)
        else:
            if ok:
                return _onward(request, challenge, FIRST)
    page = {"start": start, "form": form, "steps": progress(None, FIRST), "step": STEPS[FIRST], "slug": FIRST}
    return render(request, "hubs/wizard.html", page)


def list_of(request: SignedIn) -> Any:
    return Organisation.objects.of(request.user)


def _template(key: str) -> ChallengeTemplate | None:
    known = get_pack(settings.HELICE_COUNTRY).challenge_templates()
    return next((template for template in known if template.key == key), None)


def _initial(template: ChallengeTemplate | None) -> dict[str, str]:
    initial = {"language": (get_language() or "es")[:2]}
    if template:
        initial |= {"title": template.title, "summary": template.summary, "description": template.description}
    return initial


def _onward(request: SignedIn, challenge: Challenge, slug: str) -> HttpResponse:
    """Where the pressed button leads: one more row, out, or on to the next step."""
    then = request.POST.get("then", "next")
    if then == "more":
        return redirect(Page.url(challenge, slug) + f"?more={_more(request) + 1}#more")
    if then == "suggest" or request.POST.get("take"):
        return redirect(Page.url(challenge, slug) + "?suggest=1#suggestions")
    if not may_edit(request.user, challenge):
        messages.success(request, _("Saved."))
        return redirect(challenge)
    if then == "later":
        messages.success(request, _("Saved as a draft. You can go on whenever you like."))
        return redirect(challenge)
    after = next_of(slug)
    if after is None:
        return redirect("hubs:challenge_preview", public_id=challenge.public_id)
    return redirect("hubs:challenge_edit", public_id=challenge.public_id, step=after)


def _more(request: SignedIn) -> int:
    asked = request.GET.get("more", "")
    return min(int(asked), 10) if asked.isdecimal() and len(asked) < 6 else 0


@login_required
def challenge_edit(request: SignedIn, public_id: UUID, step: str) -> HttpResponse:
    challenge, own = _found(request, public_id, step)
    data = taking(request.POST, request.POST.get("take", "")) if request.method == "POST" else None
    page = Page.of(step, challenge, data, _more(request))
    writes = own and challenge.status in EDITABLE
    if request.method == "GET" and own and not writes:
        messages.info(request, _("The texts can only be changed while the challenge is a draft."))
        return redirect(challenge)
    # Times are typed, checked and shown in the poster's time zone, whoever edits.
    with timezone.override(page.zone):
        if request.method == "POST" and _saved(page, request):
            return _onward(request, challenge, step)
        context = {
            "challenge": challenge,
            "form": page.form,
            "formset": page.formset,
            "steps": progress(challenge, step) if writes else [],
            "writes": writes,
            "step": STEPS[step],
            "slug": step,
            "other_language": page.other_language,
            "suggest": "suggest" in request.GET,
        }
        return render(request, "hubs/wizard.html", context)


def _found(request: SignedIn, public_id: UUID, step: str) -> tuple[Challenge, bool]:
    """One's own (then True), or one that the reader may say what it is about; anything else is not there."""
    visible = Challenge.objects.visible_to(request.user)
    if request.method == "GET":  # what is saved must not be read from before
        visible = visible.prefetch_related("needs", "translations", "criteria")
    challenge = get_object_or_404(visible, public_id=public_id)
    own = belongs_to_poster(request.user, challenge)
    if not own and not (step == "topics" and may_classify(request.user, challenge)):
        raise Http404
    return challenge, own


def _saved(page: Page, request: SignedIn) -> bool:
    """Save what is valid; True when that was everything."""
    whole = page.is_valid()
    try:
        page.save(by=request.user)
    except ValidationError as error:
        page.refuse(error)
        return False
    return whole


@login_required
def challenge_preview(request: SignedIn, public_id: UUID) -> HttpResponse:
    """As readers will see it, what is still missing, and the button that hands it in."""
    own = Challenge.objects.of(request.user).select_related("organisation__profile", "hub")
    challenge = get_object_or_404(
        own.prefetch_related("translations", "needs__translations"), public_id=public_id
    )
    if not may_edit(request.user, challenge):
        return redirect(challenge)
    context = {
        "challenge": challenge,
        "gaps": missing(challenge),
        "hints": hints(challenge),
        "steps": progress(challenge, "preview"),
    }
    return render(request, "hubs/challenge_preview.html", context)
