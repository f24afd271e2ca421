"""Partner requests: the list, one of them with its answers, writing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ..actions import partners as actions
from ..forms.consortia import OfferForm, PartnerForm, zone_of
from ..models import Challenge, Consortium, PartnerOffer, PartnerRequest
from .consortia import form_key, open_challenge, own_profiles
from .steps import SignedIn

RELATED = ("challenge__organisation", "profile__person", "profile__organisation", "consortium")


def _found(request: HttpRequest, public_id: UUID) -> PartnerRequest:
    visible = PartnerRequest.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(visible.prefetch_related("challenge__translations"), public_id=public_id)


@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    """Those that are open, soonest to close first; narrowed to a kind of partner."""
    found = PartnerRequest.objects.visible_to(request.user).open().select_related(*RELATED)
    sought = request.GET.get("sought", "")
    if sought in PartnerRequest.Kind.values:
        found = found.filter(sought__in=[sought, PartnerRequest.Kind.ANYONE])
    page = Paginator(found.prefetch_related("challenge__translations"), 20).get_page(request.GET.get("page"))
    kinds = [kind for kind in PartnerRequest.Kind.choices if kind[0] != PartnerRequest.Kind.ANYONE]
    return render(request, "hubs/partner_list.html", {"page": page, "sought": sought, "kinds": kinds})


def partner_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everybody reads it; whoever is signed in answers it; its own people see the answers."""
    found = _found(request, public_id)
    own = PartnerRequest.objects.of(request.user).filter(pk=found.pk).exists()
    form = None
    if request.user.is_authenticated and not own and found.is_open():
        profiles = own_profiles(request, found.challenge)  # type: ignore[arg-type]
        form = OfferForm(request.POST or None, profiles=profiles) if profiles else None
    if request.method == "POST" and form and form.is_valid():
        try:
            actions.offer_partner(request=found, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except PermissionDenied:
            raise Http404 from None
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Said. You hear of the answer."))
            return redirect(found)
    offers = found.offers.select_related("profile__person", "profile__organisation")
    offers = offers.filter(pk__in=PartnerOffer.objects.visible_to(request.user).values("pk"))
    context = {"request_": found, "challenge": found.challenge, "own": own, "form": form, "offers": offers}
    return render(request, "hubs/partner_request.html", context | {"is_open": found.is_open()})


@login_required
def partner_new(request: SignedIn, public_id: UUID) -> HttpResponse:
    challenge = open_challenge(request, public_id)
    language = (get_language() or "es")[:2]
    return _edited(request, challenge, PartnerRequest(challenge=challenge, language=language))


@login_required
def partner_edit(request: SignedIn, public_id: UUID) -> HttpResponse:
    own = PartnerRequest.objects.of(request.user).filter(state=PartnerRequest.State.OPEN)
    found = get_object_or_404(own.select_related("challenge__organisation"), public_id=public_id)
    return _edited(request, found.challenge, found)


def _edited(request: SignedIn, challenge: Challenge, found: PartnerRequest) -> HttpResponse:
    profiles = own_profiles(request, challenge)
    mine = Consortium.objects.coordinated_by(request.user).filter(challenge=challenge).alive()
    key = _key(request)
    initial: dict[str, Any] = {"consortium": mine.filter(public_id=key).first() if key else None}
    if found.pk:
        initial = {"consortium": found.consortium, "profile": found.profile.public_id}
    with timezone.override(zone_of(challenge)):
        form = PartnerForm(
            request.POST or None,
            instance=found,
            challenge=challenge,
            profiles=profiles,
            consortia=mine,
            initial=initial,
        )
        if request.method == "POST" and form.is_valid() and (saved := _saved(request, challenge, form)):
            messages.success(request, _("Published. Profiles that fit hear of it."))
            return redirect(saved)
        context = {"form": form, "challenge": challenge, "request_": found, "form_key": form_key(request)}
        return render(request, "hubs/partner_edit.html", context | {"profiles": profiles})


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("consortium", ""))
    except ValueError:
        return None


def _saved(request: SignedIn, challenge: Challenge, form: PartnerForm) -> PartnerRequest | None:
    values = dict(form.cleaned_data)
    profile, consortium = values.pop("profile"), values.pop("consortium", None)
    row = PartnerRequest.objects.get(pk=form.instance.pk) if form.instance.pk else None
    try:
        return actions.save_request(
            challenge=challenge,
            profile=profile,
            consortium=consortium,
            values=values,
            by=request.user,
            request=row,
            form_key=form_key(request),
        )
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        form.add_error(None, error)
        return None


@login_required
@require_POST
def partner_close(request: SignedIn, public_id: UUID) -> HttpResponse:
    found = _found(request, public_id)
    try:
        actions.close_request(request=found, state=request.POST.get("state", ""), by=request.user)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(found)


@login_required
@require_POST
def partner_offer(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Invite whoever answered, or say no."""
    visible = PartnerOffer.objects.visible_to(request.user).select_related("request", "profile")
    offer = get_object_or_404(visible, public_id=public_id)
    take = request.POST.get("do") == "take"
    try:
        changed = actions.answer_offer(offer=offer, take=take, by=request.user)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(offer.request)
    if changed and take:
        messages.success(request, _("Invited: %(name)s.") % {"name": offer.profile.name})
        offer.request.refresh_from_db()
        return redirect(offer.request.consortium or offer.request)
    return redirect(offer.request)
