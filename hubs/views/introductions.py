"""Introductions that were asked for: the lists, and one with its answer."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from .. import actions
from ..forms import AnswerForm
from ..models import Introduction
from ..permissions import may_answer
from ..queries import contacts_of, profile_shown, reasons_of
from .steps import SignedIn

RELATED = (
    "challenge__organisation",
    "profile__person__user",
    "profile__organisation",
    "asked_by__user",
    "decided_by__user",
)


@login_required
def introduction_list(request: SignedIn) -> HttpResponse:
    """Received and asked, each on its own tab; where nothing was received, one's own questions come first."""
    sides = {
        "received": Introduction.objects.received_by(request.user),
        "asked": Introduction.objects.asked_by_user(request.user),
    }
    counts = {side: found.count() for side, found in sides.items()}
    side = request.GET.get("side", "received" if counts["received"] or not counts["asked"] else "asked")
    side = side if side in sides else "received"
    found = sides[side].select_related(*RELATED)
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    context = {"page": page, "side": side, "counts": counts}
    return render(request, "hubs/introduction_list.html", context)


@login_required
def introduction(request: SignedIn, public_id: UUID) -> HttpResponse:
    visible = Introduction.objects.visible_to(request.user).select_related(*RELATED)
    introduction = get_object_or_404(visible, public_id=public_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _answered(request, introduction, form):
        return redirect(introduction)
    context = {
        "introduction": introduction,
        "form": form,
        "received": may_answer(request.user, introduction),
        "profile": profile_shown(introduction, request.user),
        "contacts": contacts_of(introduction),
        "reasons": reasons_of(introduction),
    }
    return render(request, "hubs/introduction.html", context)


def _answered(request: SignedIn, introduction: Introduction, form: AnswerForm) -> bool:
    accept = form.cleaned_data["decision"] == "accept"
    try:
        actions.answer_introduction(
            introduction=introduction,
            accept=accept,
            by=request.user,
            reason=form.cleaned_data["reason"],
            reply=form.cleaned_data["reply"],
        )
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Done. Both sides hear of it by letter."))
    return True
