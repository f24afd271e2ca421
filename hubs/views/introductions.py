"""Introductions that were asked for: the lists, one with its answer, and what two say once introduced."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Profile

from .. import actions
from ..forms import AnswerForm
from ..forms.contacts import MessageForm
from ..models import Block, Introduction, Message
from ..queries import asker_shown, contacts_of, meetings_of, profile_shown, reasons_of
from .steps import SignedIn

RELATED = (
    "challenge__organisation",
    "profile__person__user",
    "profile__organisation",
    "asked_by__user",
    "decided_by__user",
)
MESSAGES = 50  # on a page, the newest


def own_introduction(request: SignedIn, public_id: UUID) -> Introduction:
    """With `reader_asks` and `reader_answers`: on which side the reader stands."""
    visible = Introduction.objects.visible_to(request.user).select_related(*RELATED)
    asks = Introduction.objects.asked_by_user(request.user).filter(pk=OuterRef("pk"))
    answers = Introduction.objects.received_by(request.user).filter(pk=OuterRef("pk"))
    sides = visible.annotate(reader_asks=Exists(asks), reader_answers=Exists(answers))
    return get_object_or_404(sides, public_id=public_id)


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
    seen = Exists(Profile.objects.visible_to(request.user).filter(pk=OuterRef("profile")))
    found = sides[side].select_related(*RELATED).annotate(profile_seen=seen)
    page = Paginator(found, 20).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "cards": [(each, profile_shown(each, request.user)) for each in page],
        "side": side,
        "counts": counts,
        "blocked": Block.objects.filter(by=request.user.person).count(),
    }
    return render(request, "hubs/introduction_list.html", context)


@login_required
def introduction(request: SignedIn, public_id: UUID) -> HttpResponse:
    found = own_introduction(request, public_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _answered(request, found, form):
        return redirect(found)
    if request.method == "GET" and found.state == Introduction.State.ACCEPTED:
        actions.mark_read(introduction=found, by=request.user)
    return shown(request, found, form=form)


def shown(request: SignedIn, introduction: Introduction, **forms: Any) -> HttpResponse:
    """The page of one introduction, with what was typed into any of its forms."""
    accepted = introduction.state == Introduction.State.ACCEPTED
    said = Message.objects.visible_to(request.user).filter(introduction=introduction)
    said = said.with_what_was_decided().select_related("author").order_by("-created_at", "-pk")
    page = Paginator(said, MESSAGES).get_page(request.GET.get("page")) if accepted else None
    asked_by_profile = introduction.direction == Introduction.Direction.FROM_PROFILE
    profile = profile_shown(introduction, request.user)
    context = {
        "introduction": introduction,
        "form": AnswerForm(),
        "message_form": MessageForm(),
        "received": vars(introduction)["reader_answers"],
        "invited": not asked_by_profile,
        "asker": profile if asked_by_profile else asker_shown(introduction, request.user),
        "profile": profile,
        "contacts": contacts_of(introduction),
        "reasons": reasons_of(introduction),
        "page": page,
        "messages_shown": list(reversed(page.object_list)) if page else [],
        "meetings": meetings_of(introduction, reader_asks=vars(introduction)["reader_asks"])
        if accepted
        else [],
        "me": request.user.person.pk,
    }
    return render(request, "hubs/introduction.html", context | forms)


def _answered(request: SignedIn, introduction: Introduction, form: AnswerForm) -> bool:
    words = form.cleaned_data
    asked: dict[str, Any] = {"introduction": introduction, "by": request.user, "reply": words["reply"]}
    try:
        if words["decision"] == "later":
            actions.postpone_introduction(on=words["later_on"], **asked)
        else:
            accept = words["decision"] == "accept"
            actions.answer_introduction(accept=accept, reason=words["reason"], **asked)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Done. Both sides hear of it."))
    return True


@login_required
@require_POST
def introduction_take_back(request: SignedIn, public_id: UUID) -> HttpResponse:
    found = own_introduction(request, public_id)
    try:
        if actions.take_back_introduction(introduction=found, by=request.user):
            messages.success(request, _("Taken back. The place is free for another request."))
    except PermissionDenied:
        raise Http404 from None
    return redirect(found)


@login_required
@require_POST
def message_new(request: SignedIn, public_id: UUID) -> HttpResponse:
    found = own_introduction(request, public_id)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            actions.write_message(introduction=found, by=request.user, **form.cleaned_data)
        except PermissionDenied:
            raise Http404 from None
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(f"{found.get_absolute_url()}#write")
    return shown(request, found, message_form=form)
