"""Pages for curators: texts that look as if they were written to game the matching."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.jobs import Progress
from accounts.models import User
from hubs.models import Hub

from . import actions, queries
from .models import Rebuild, Suspect
from .permissions import may_see_rounds

PER_PAGE = 20


class SignedInRequest(HttpRequest):
    user: User


@login_required
@require_safe
def suspects(request: SignedInRequest) -> HttpResponse:
    """What waits for a word first, the oldest of it first; then what was decided, the latest first."""
    if not Hub.objects.curated_by(request.user).exists():
        raise Http404
    found = queries.suspects_for(request.user)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rounds": may_see_rounds(request.user)}
    return render(request, "matching/suspects.html", context)


@login_required
@require_POST
def decide_suspect(request: SignedInRequest, suspect_id: int) -> HttpResponse:
    suspect = get_object_or_404(Suspect.objects.visible_to(request.user), pk=suspect_id)
    state = request.POST.get("state", "")
    if state not in Suspect.State.values:
        raise Http404
    actions.decide_suspect(suspect=suspect, state=state, by=request.user)
    messages.success(request, _said(state))
    return redirect("matching:suspects")


def _said(state: str) -> str:
    return {
        Suspect.State.FINE.value: _("Noted: it counts in full."),
        Suspect.State.HIDDEN.value: _("Noted: it is kept out of matching."),
    }.get(state, _("Noted: it waits to be looked at again."))


def rebuilds_shown(user: User) -> list[Progress]:
    """How far the matching of everybody anew is, for the curators of a nation: the last three."""
    if not Hub.objects.curated_by(user).filter(kind=Hub.Kind.NATION).exists():
        return []
    return [
        Progress(
            title=_("Matching everybody anew"),
            state=str(rebuild.get_state_display()),
            percent=rebuild.percent,
            said=_counted(rebuild),
            is_open=rebuild.state == Rebuild.State.RUNNING,
            at=rebuild.started_at,
        )
        for rebuild in Rebuild.objects.all()[:3]
    ]


def _counted(rebuild: Rebuild) -> str:
    if rebuild.total is None:
        return _("The catalogue is being measured.") if rebuild.state == Rebuild.State.RUNNING else ""
    if not rebuild.total:
        return _("No challenge was open.")
    return _("%(done)d of %(total)d challenges") % {"done": rebuild.done, "total": rebuild.total}
