"""Bring what exists: upload or paste it, look through what was read, and take over what is ticked."""

from typing import Any

from allauth.decorators import rate_limit
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.cache import never_cache

from .. import begun, queries
from ..actions import save_items, save_profile
from ..bringing import (
    SECONDS,
    Brought,
    Row,
    alike,
    beginning,
    brought_by,
    facts_of,
    items_of,
    lay_aside,
    read_in,
    rows_of,
)
from ..forms.bring import BringForm, FoundForm
from ..forms.choices import pack
from ..models import Profile
from ..reading.found import Found, UnreadError
from ..suggestions import suggest
from .access import signed_in

WHY = {
    "empty": gettext_lazy("Nothing in it says anything about a person, an organisation or their work."),
    "format": gettext_lazy(
        "This is none of the formats that we read. Paste the text of a CV, or try another file."
    ),
    "json": gettext_lazy("This JSON is neither a record of ORCID nor an author of OpenAlex."),
    "xml": gettext_lazy("This XML is not a record of ORCID."),
    "office": gettext_lazy("This is a Word or Excel file: save it as PDF or CSV, or paste its text."),
    "large": gettext_lazy("That file is larger than 5 MB."),
    "broken": gettext_lazy("This PDF is damaged. Save it again, or paste its text."),
    "locked": gettext_lazy("This PDF has a password. Save it without one, or paste its text."),
    "scanned": gettext_lazy(
        "This PDF holds pictures of pages and no text. Paste the text, or fill in the form."
    ),
    "slow": gettext_lazy("This PDF takes too long to read. Paste its text."),
    "busy": gettext_lazy("Other files are being read at this moment. Please try again."),
}
LEFT_OUT = {
    "private": ngettext_lazy(
        "%(n)s private detail, such as an address, a telephone number or a CURP",
        "%(n)s private details, such as addresses, telephone numbers or a CURP",
        "n",
    ),
    "again": ngettext_lazy(
        "%(n)s work that the file tells twice", "%(n)s works that the file tells twice", "n"
    ),
    "untitled": ngettext_lazy("%(n)s entry without a title", "%(n)s entries without a title", "n"),
    "broken": ngettext_lazy("%(n)s entry that cannot be read", "%(n)s entries that cannot be read", "n"),
    "other": ngettext_lazy(
        "%(n)s part about studies, teaching or prizes", "%(n)s parts about studies, teaching or prizes", "n"
    ),
    "others": ngettext_lazy("%(n)s other person", "%(n)s other people", "n"),
    "more": ngettext_lazy("%(n)s older work", "%(n)s older works", "n"),
}
GROUPS = (
    ("offer", "", gettext_lazy("Offers")),
    ("seek", "", gettext_lazy("Looks for")),
    ("evidence", "publication", gettext_lazy("Publications")),
    ("evidence", "project", gettext_lazy("Projects")),
    ("evidence", "product", gettext_lazy("Products")),
    ("evidence", "contract", gettext_lazy("Contracts")),
    ("evidence", "thesis", gettext_lazy("Theses")),
    ("evidence", "code", gettext_lazy("Code and data")),
)


def _profiles(request: HttpRequest) -> list[Profile]:
    own = queries.with_owner(Profile.objects.editable_by(request.user))
    return sorted(own, key=lambda profile: profile.kind != Profile.Kind.RESEARCHER)


@never_cache
@rate_limit(action="signup")  # type: ignore[untyped-decorator]
def bring(request: HttpRequest) -> HttpResponse:
    profiles = _profiles(request)
    asked = request.GET.get("for", "")
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BringForm(*data, profiles=profiles, initial={"about": asked})
    if request.method == "POST" and form.is_valid():
        profile = form.profile()
        name = profile.name if profile else _own_name(request)
        try:
            brought = read_in(request, form.given(), kind=form.kind(), name=name, profile=profile)
        except UnreadError as error:
            form.add_error("file" if form.cleaned_data["file"] else "brought", WHY[error.why])
        else:
            return redirect("accounts:bring_found", brought.key)
    return render(request, "accounts/bring.html", {"form": form})


def _own_name(request: HttpRequest) -> str:
    return signed_in(request).person.name if request.user.is_authenticated else ""


@never_cache
def bring_found(request: HttpRequest, key: str) -> HttpResponse:
    """What was read, to be ticked; then to the profile that exists, or to the form of a new one."""
    brought = brought_by(request, key)
    if brought is None:
        messages.info(
            request, _("What you brought is no longer here: it is kept for two hours. Bring it again.")
        )
        return redirect("accounts:bring")
    profile = _profile(request, brought)
    name = profile.name if profile else ("" if brought.kind != "researcher" else _own_name(request))
    rows = rows_of(brought.found, profile, name)
    data = request.POST if request.method == "POST" else None
    form = FoundForm(data, profile=profile, found=facts_of(brought.found)) if profile else None
    if data is not None:
        taken = {row.number for row in rows if str(row.number) in data.getlist("take")}
        if form is None:
            return _onward(request, brought, taken)
        if form.is_valid() and _taken_over(request, brought, form, taken):
            return redirect("accounts:profile_edit", form.profile.public_id)
    return render(request, "accounts/bring_found.html", _context(request, brought, rows, form))


def _profile(request: HttpRequest, brought: Brought) -> Profile | None:
    if not brought.profile:
        return None
    mine = Profile.objects.editable_by(request.user).filter(public_id=brought.profile)
    found = queries.with_owner(mine).first()
    if found is None:
        raise PermissionDenied
    return found


def _onward(request: HttpRequest, brought: Brought, taken: set[int]) -> HttpResponse:
    codes = [code for code in request.POST.getlist("code") if code in _table(brought.kind)]
    begun.begin(request, beginning(brought, taken, codes), seconds=SECONDS)
    name = "accounts:profile_new" if request.user.is_authenticated else "accounts:join_kind"
    return redirect(name, brought.kind)


def _taken_over(request: HttpRequest, brought: Brought, form: FoundForm, taken: set[int]) -> bool:
    user = signed_in(request)
    items = items_of(brought.found, taken)
    try:
        with transaction.atomic():
            save_profile(profile=form.profile, by=user, facts=form.facts())
            saved = save_items(profile=form.profile, by=user, items=items)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    lay_aside(request, brought)
    n = len(saved)
    messages.success(request, ngettext("%(n)s item was added.", "%(n)s items were added.", n) % {"n": n})
    return True


def _table(kind: str) -> Any:
    return pack().fields if kind == Profile.Kind.RESEARCHER else pack().sectors


def _codes(brought: Brought) -> list[tuple[str, str]]:
    """Fields or a sector that the text seems to be about, for somebody to accept or not."""
    found, table = brought.found, _table(brought.kind)
    name = "fields" if brought.kind == Profile.Kind.RESEARCHER else "sectors"
    if brought.profile or brought.kind == Profile.Kind.AGENCY:
        return []
    codes = list(found.fields) if name == "fields" else []
    if not codes:
        words = [found.summary, *(item.text or item.title for item in found.items[:12])]
        told = suggest("\n\n".join(words)[:4000], found.language or "es", [name]) or {}
        codes = told.get(name, [])
    return [(code, table.label(code)) for code in codes if code in table]


def _context(
    request: HttpRequest, brought: Brought, rows: list[Row], form: FoundForm | None
) -> dict[str, Any]:
    found = brought.found
    groups = [
        (label, [row for row in rows if (row.item.role, row.item.kind) == (role, kind)])
        for role, kind, label in GROUPS
    ]
    taken = set(request.POST.getlist("take")) if request.method == "POST" else None
    return {
        "brought": brought,
        "found": found,
        "form": form,
        "groups": [(label, group) for label, group in groups if group],
        "ticked": {
            row.number for row in rows if (str(row.number) in taken if taken is not None else row.ticked)
        },
        "repeated": sum(bool(row.like) for row in rows),
        "left_out": _left_out(found),
        "codes": _codes(brought),
        "alike": alike(brought, request.user),
        "read_facts": _read_facts(brought) if form is None else [],
    }


def _left_out(found: Found) -> list[str]:
    return [str(LEFT_OUT[why] % {"n": n}) for why, n in found.left_out.items() if why in LEFT_OUT and n]


def _read_facts(brought: Brought) -> list[tuple[str, str, str]]:
    """Name, value and language of what the next form begins with."""
    found = brought.found
    told = [
        (_("Name"), found.name, ""),
        (_("Institution"), found.institution, ""),
        ("ORCID", facts_of(found).get("orcid", ""), ""),
        (_("Summary"), found.summary, found.language),
    ]
    return [row for row in told if row[1]]
