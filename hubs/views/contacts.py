"""What somebody does about a message or a person that is out of place, and what curators decide."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Person

from .. import actions
from ..forms.contacts import ReportForm
from ..models import Block, Hub, Introduction, Message, Report
from .introductions import own_introduction
from .steps import SignedIn

PER_PAGE = 20


@login_required
def message_report(request: SignedIn, public_id: UUID) -> HttpResponse:
    """To the curators; and, where one wants that, the person is blocked."""
    visible = Message.objects.visible_to(request.user).with_what_was_decided().select_related("introduction")
    message = get_object_or_404(visible.exclude(author=request.user.person), public_id=public_id)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            actions.report_message(
                message=message, reason=words["reason"], sentence=words["sentence"], by=request.user
            )
            if words["block"] and message.author:
                actions.block_person(person=message.author, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Thank you. A curator will look at it, and you hear what comes of it.")
            )
            return redirect(message.introduction)
    context = {"form": form, "message": message, "introduction": message.introduction}
    return render(request, "hubs/message_report.html", context)


@login_required
@require_POST
def introduction_block(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Whoever asked is blocked; they are not told."""
    found = own_introduction(request, public_id)
    try:
        actions.block_person(person=found.asked_by, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Blocked. You hear nothing more of them, and they are not told."))
    return redirect("hubs:blocked")


@login_required
def blocked(request: SignedIn) -> HttpResponse:
    """Whom one blocked, and lifting it."""
    mine = Block.objects.filter(by=request.user.person).select_related("person").order_by("-at", "-pk")
    if request.method == "POST":
        key = request.POST.get("block", "")
        found = mine.filter(pk=key).first() if key.isdigit() and len(key) < 12 else None
        if found is None:
            raise Http404
        actions.unblock_person(block=found, by=request.user)
        messages.success(request, _("The block is lifted."))
        return redirect("hubs:blocked")
    # Whoever asked stays without a name here, too, until both said yes.
    met = Introduction.objects.visible_to(request.user).filter(state=Introduction.State.ACCEPTED)
    known = Q(pk__in=met.values("asked_by")) | Q(pk__in=met.values("decided_by"))
    wrote = Message.objects.filter(introduction__in=met.values("pk")).values("author")
    named = set(Person.objects.filter(known | Q(pk__in=wrote)).values_list("pk", flat=True))
    return render(request, "hubs/blocked.html", {"blocks": mine, "named": named})


@login_required
def reports(request: SignedIn) -> HttpResponse:
    """For curators: messages that somebody found to be out of place, the oldest first."""
    if not Hub.objects.curated_by(request.user).exists():
        raise Http404
    found = Report.objects.visible_to(request.user).select_related("message__author", "by")
    is_open = request.GET.get("when") != "decided"
    found = found.filter(state=Report.State.OPEN) if is_open else found.exclude(state=Report.State.OPEN)
    page = Paginator(found if is_open else found.order_by("-decided_at"), PER_PAGE)
    context = {"page": page.get_page(request.GET.get("page")), "is_open": is_open}
    return render(request, "hubs/reports.html", context)


@login_required
@require_POST
def report_decide(request: SignedIn, public_id: UUID) -> HttpResponse:
    report = get_object_or_404(Report.objects.visible_to(request.user), public_id=public_id)
    try:
        done = actions.decide_report(report=report, state=request.POST.get("state", ""), by=request.user)
    except (PermissionDenied, ValidationError):
        raise Http404 from None
    if done:
        messages.success(request, _("Decided. Whoever reported it hears of it."))
    else:
        messages.error(request, _("Somebody decided on it already."))
    return redirect("hubs:reports")
