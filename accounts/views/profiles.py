"""Profiles: the list, one's page, and how its owner changes it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import queries
from ..actions import claim_profile, rename_person, save_translations, set_item_use
from ..begun import begun, done
from ..countries import get_pack
from ..forms import FilterForm, PersonForm, ProfileSheet, translation_form
from ..identifiers import orcid_url
from ..models import Language, Profile, ProfileItem, User
from ..permissions import may_claim, may_edit_profile
from .access import editable_profile, signed_in
from .join import check_kind, wants_matching, write_sheet

PER_PAGE = 20


def profile_list(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    found = queries.directory(request.user, form.chosen())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/profile_list.html", {"form": form, "page": page})


def profile(request: HttpRequest, public_id: UUID) -> HttpResponse:
    shown = queries.with_items(Profile.objects.visible_to(request.user))
    return _page(request, get_object_or_404(shown, public_id=public_id))


@login_required
def profile_preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One's own page as others see it."""
    own = queries.with_items(Profile.objects.of(request.user))
    return _page(request, get_object_or_404(own, public_id=public_id), preview=True)


def _page(request: HttpRequest, shown: Profile, *, preview: bool = False) -> HttpResponse:
    items = list(shown.items.all())
    context = {
        "profile": shown,
        "offers": [item for item in items if item.role == ProfileItem.Role.OFFER],
        "seeks": [item for item in items if item.role == ProfileItem.Role.SEEK],
        "evidence": [item for item in items if item.role == ProfileItem.Role.EVIDENCE],
        "facts": _facts(shown),
        "orcid_url": orcid_url(shown.orcid) if shown.orcid else "",
        "preview": preview,
        "may_edit": not preview and may_edit_profile(request.user, shown),
        "may_claim": not preview and may_claim(request.user, shown),
    }
    return render(request, "accounts/profile.html", context)


def _facts(shown: Profile) -> list[tuple[str, str]]:
    pack = get_pack(shown.country)
    return [
        (_("Stage"), pack.stages.label(shown.stage) if shown.stage else ""),
        (_("Size"), pack.sizes.label(shown.size) if shown.size else ""),
        (
            _("Level of government"),
            pack.government_levels.label(shown.government_level) if shown.government_level else "",
        ),
        (_("Municipality"), shown.municipality),
        (_("Availability"), shown.availability),
        (_("Lives in"), shown.abroad_name),
        (_("City and institution abroad"), shown.abroad_place),
        (_("From there, would"), ", ".join(shown.help_names)),
    ]


@login_required
def profile_new(request: HttpRequest, kind: str) -> HttpResponse:
    check_kind(kind)
    user = signed_in(request)
    if kind == Profile.Kind.RESEARCHER:
        there = Profile.objects.filter(person=user.person).first()
        if there:
            return redirect("accounts:profile_edit", there.public_id)
    data = request.POST if request.method == "POST" else None
    person = PersonForm(data, initial={"name": user.person.name})
    sheet = ProfileSheet(kind, data, person=person, begun=begun(request))
    if data is not None and sheet.is_valid():
        made = _make(user, sheet)
        if made:
            done(request)
            messages.success(request, _("Your profile is there. This is how others see it."))
            return redirect("accounts:profile_preview", made.public_id)
    context = {"sheet": sheet, "form": sheet.person, "kind": kind, "kind_name": Profile.Kind(kind).label}
    return render(request, "accounts/profile_new.html", context)


def _make(user: User, sheet: ProfileSheet) -> Profile | None:
    assert sheet.person is not None  # noqa: S101 - the view gave one
    given = sheet.person.cleaned_data
    try:
        with transaction.atomic():
            rename_person(person=user.person, name=given["name"], by=user)
            return write_sheet(user, sheet, match=wants_matching(user), key=given["form_key"])
    except ValidationError as error:
        sheet.add_error(error)
    except IntegrityError:  # the other click of two was faster
        return Profile.objects.of(user).filter(kind=sheet.kind).order_by("-created_at").first()
    return None


@login_required
def profile_translations(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The summary and each item in the other language, beside the original."""
    mine = editable_profile(request, public_id)
    language = request.GET.get("language", "")
    if language not in Language.values:
        language = next(code for code in Language.values if code != mine.language)
    texts = _texts(mine, language)
    data = request.POST if request.method == "POST" else None
    form = _translation_form(texts, language, data)
    if data is not None and form.is_valid():
        written = {texts[name]: value for name, value in form.cleaned_data.items()}
        save_translations(profile=mine, language=language, by=signed_in(request), texts=written)
        messages.success(request, _("Saved."))
        return redirect("accounts:profile_preview", public_id)
    context = {
        "form": form,
        "profile": mine,
        "language": language,
        "language_name": Language(language).label,
        "languages": Language.choices,
        "pairs": [(getattr(*texts[field.name]), texts[field.name][0].language, field) for field in form],
    }
    return render(request, "accounts/profile_translations.html", context)


@login_required
@require_POST
def item_use(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Its owner says that an item does not represent them, or that it does again."""
    mine = editable_profile(request, public_id)
    key = request.POST.get("item", "")
    item = get_object_or_404(mine.items, pk=key if key.isdecimal() else 0)
    used = request.POST.get("use") == "1"
    set_item_use(profile=mine, item=item, used=used, by=signed_in(request))
    said = _("“%(item)s” is used for matching again. Your matches follow in a moment.")
    if not used:
        said = _("“%(item)s” is no longer used for matching. Your matches follow in a moment.")
    messages.success(request, said % {"item": Truncator(item).chars(60)})
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return redirect(target if safe else mine.get_absolute_url())


def _texts(mine: Profile, language: str) -> dict[str, tuple[Profile | ProfileItem, str]]:
    """Field names of the form, each with the record and the field whose text it translates."""
    texts: dict[str, tuple[Profile | ProfileItem, str]] = {}
    if mine.language != language and mine.summary:
        texts["summary"] = (mine, "summary")
    for item in mine.items.prefetch_related("translations"):
        if item.language != language:
            texts.update(
                {f"{item.pk}_{name}": (item, name) for name in ("title", "text") if getattr(item, name)}
            )
    return texts


def _translation_form(texts: dict[str, tuple[Profile | ProfileItem, str]], language: str, data: Any) -> Form:
    initial = {}
    for name, (record, field) in texts.items():
        there = [one for one in record.translations.all() if one.field == field and one.language == language]
        initial[name] = there[0].text if there else ""
    fields = {
        name: (_("Summary") if field == "summary" else _("Title") if field == "title" else _("Text"), 8000)
        for name, (_record, field) in texts.items()
    }
    return translation_form(fields, initial, data)


@login_required
def claim(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The owner of the address that the import named makes the profile theirs."""
    found = get_object_or_404(
        queries.with_items(Profile.objects.filter(claimed_at=None)), public_id=public_id
    )
    user = signed_in(request)
    if not may_claim(user, found):
        raise Http404  # what is not theirs does not exist for them
    if request.method == "POST":
        try:
            mine = claim_profile(profile=found, by=user)
        except (ValidationError, PermissionDenied) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
            return redirect("accounts:home")
        messages.success(request, _("The profile is yours now. Read it through, and change what is wrong."))
        return redirect("accounts:profile_edit", mine.public_id)
    own = Profile.objects.filter(person=user.person).first() if found.kind == "researcher" else None
    return render(request, "accounts/claim.html", {"profile": found, "own": own})
