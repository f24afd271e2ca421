"""Four ways in: the person first, then what matters to each kind."""

from typing import Any

from allauth.account.utils import complete_signup
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import get_client_ip
from allauth.decorators import rate_limit
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from .. import kept as keeping
from ..actions import create_profile, found_organisation, record_consents
from ..actions.profiles import ORGANISATION_KINDS
from ..begun import begun, done
from ..forms import JoinForm, ProfileSheet, time_zone_of
from ..forms.choices import reading_language
from ..models import Consent, Profile, User
from ..notices import notice
from ..receivers import JOINED

HEADINGS = {
    Profile.Kind.RESEARCHER: _("Join as a researcher"),
    Profile.Kind.STARTUP: _("Join as a startup"),
    Profile.Kind.COMPANY: _("Join as a company"),
    Profile.Kind.AGENCY: _("Join as an agency"),
}


def check_kind(kind: str) -> str:
    if kind not in Profile.Kind.values:
        raise Http404(kind)
    return kind


def join(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/join.html", {"kinds": Profile.Kind})


def join_instead(request: HttpRequest) -> HttpResponse:
    """allauth's own sign-up would ask for no consent."""
    after = safe_next(request)
    target = "accounts:join_invited" if after else "accounts:join"
    return redirect(reverse(target) + (f"?{urlencode({'next': after})}" if after else ""))


def safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    return (
        target if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) else ""
    )


@never_cache
@rate_limit(action="signup")  # type: ignore[untyped-decorator]
def join_kind(request: HttpRequest, kind: str) -> HttpResponseBase:
    check_kind(kind)
    if request.user.is_authenticated:
        return redirect("accounts:profile_new", kind)
    data = request.POST if request.method == "POST" else None
    brought = begun(request)
    person = JoinForm(data, initial={"name": brought.get("name", "") if brought else ""})
    sheet = ProfileSheet(kind, data, person=person, begun=brought)
    if data is not None and sheet.is_valid():
        form = sheet.person
        assert isinstance(form, JoinForm)  # noqa: S101 - made three lines above
        response = _sign_up(request, form, sheet)
        if response:
            done(request)
            # Whether the address is taken or not: what was typed waits for whoever signs in here.
            keeping.keep(request, response, path=reverse("accounts:profile_new", args=[kind]))
            return response
    _start_session(request)
    return render(request, "accounts/join_kind.html", _context(sheet, kind))


@never_cache
@rate_limit(action="signup")  # type: ignore[untyped-decorator]
def join_invited(request: HttpRequest) -> HttpResponseBase:
    """An account without a profile of its own, for somebody whom an organisation invited."""
    after = safe_next(request)
    if request.user.is_authenticated:
        return redirect(after or "accounts:home")
    data = request.POST if request.method == "POST" else None
    form = JoinForm(data)
    if data is not None and form.is_valid():
        response = _sign_up(request, form, None, after)
        if response:
            return response
    _start_session(request)
    context = {"form": form, "notice": notice("privacy_short"), "next": after}
    return render(request, "accounts/join_invited.html", context)


def _context(sheet: ProfileSheet, kind: str) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "form": sheet.person,
        "kind": kind,
        "heading": HEADINGS[Profile.Kind(kind)],
        "notice": notice("privacy_short"),
    }


def _start_session(request: HttpRequest) -> None:
    """Two clicks in a row then share a session, so that the second finds the code of the first."""
    request.session.setdefault("joining", True)


def _sign_up(
    request: HttpRequest, form: JoinForm, sheet: ProfileSheet | None, after: str = ""
) -> HttpResponse | None:
    """allauth's answer (always "we sent a code"), or None where an action refused what was written."""
    code_page = reverse("account_email_verification_sent")
    if form.clicked_twice(form.cleaned_data["email"]):
        return redirect(code_page)
    try:
        with transaction.atomic():
            user, response = form.try_save(request)
            if user:
                _write(request, user, form, sheet)
    except ValidationError as error:
        if sheet:
            sheet.add_error(error)
        return None
    except IntegrityError:  # the other click was faster
        return redirect(code_page)
    try:
        answer: HttpResponse = response or complete_signup(
            request, user=user, email_verification=None, success_url=after or None
        )
        return answer
    except ImmediateHttpResponse as refused:  # too many letters to one address
        return refused.response  # type: ignore[no-any-return]


def _write(request: HttpRequest, user: User, form: JoinForm, sheet: ProfileSheet | None) -> None:
    """All of it unconfirmed, until the code has proved the address."""
    person = user.person
    person.public_id, person.name = form.cleaned_data["form_key"], form.cleaned_data["name"]
    person.save()
    user.language = reading_language()
    user.time_zone = time_zone_of("")
    record_consents(person=person, choices=form.consents(), ip=get_client_ip(request) or "")
    request.session[JOINED] = str(person.public_id)
    if sheet:
        profile = write_sheet(user, sheet, match=form.cleaned_data["consent_matching"])
        user.time_zone = time_zone_of(profile.state)
    user.save(update_fields=["language", "time_zone"])


def write_sheet(user: User, sheet: ProfileSheet, *, match: bool, key: Any = None) -> Profile:
    """The organisation that the sheet founds, if it does, and the profile."""
    facts = {**sheet.profile_facts(), "match_automatically": match}
    kind = Profile.Kind(sheet.kind)
    if sheet.organisation is None:
        return create_profile(kind=kind, by=user, facts=facts, items=sheet.items(), key=key)
    founded = found_organisation(
        kind=ORGANISATION_KINDS[kind], facts=sheet.organisation.facts(), by=user, key=key
    )
    there = Profile.objects.filter(organisation=founded).first()
    return there or create_profile(kind=kind, by=user, facts=facts, items=sheet.items(), organisation=founded)


def wants_matching(user: User) -> bool:
    last = Consent.objects.filter(person=user.person, purpose=Consent.Purpose.MATCHING).first()
    return last.granted if last else True
