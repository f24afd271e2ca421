"""The profile's editor: what is there and what would help, and one page for each step, saved as one goes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from ..completeness import meter
from ..countries.examples import examples
from ..forms.choices import pack
from ..forms.items import FORMS
from ..forms.steps import PER_PAGE, STEPS, FactsStep, RowsStep, next_of, short_name, step_of, title_of
from ..models import Profile, ProfileItem
from ..suggestions import suggest
from .access import editable_profile, signed_in

MOST_IDEAS = 4
SUGGESTED = {"fields": "fields", "sector": "sectors"}  # a fact, and the table of the country's pack


def address(profile: Profile, slug: str) -> str:
    return reverse("accounts:profile_step", args=[profile.public_id, slug])


@login_required
def profile_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The way in: how complete it is, what would help, and each part."""
    mine = editable_profile(request, public_id)
    items = list(mine.items.all())
    found = meter(mine, items)
    first = [*found.stopped, *found.ideas][:MOST_IDEAS]
    context = {
        "profile": mine,
        "percent": found.percent,
        "ideas": [(idea, address(mine, idea.step)) for idea in first],
        "parts": [
            (*title_of(slug, mine.kind), address(mine, slug), _state(slug, mine, items)) for slug in STEPS
        ],
    }
    return render(request, "accounts/profile_edit.html", context)


def _state(slug: str, profile: Profile, items: list[ProfileItem]) -> str:
    """What of a part is there, in a word or a number."""
    if slug in FORMS:
        n = sum(item.role == FORMS[slug].role for item in items)
        return str(n) if n else _("Nothing yet")
    if slug == "shown":
        return str(profile.get_visibility_display())
    return "" if profile.summary else _("Nothing yet")


def _progress(profile: Profile, current: str) -> list[tuple[str, str, str]]:
    """For the list of steps: (name, url, done|current|todo)."""
    told = set(profile.items.order_by().values_list("role", flat=True).distinct())
    done = {slug for slug, form in FORMS.items() if form.role in told} | {"shown"}
    done |= {"you"} if profile.summary else set()
    rows = []
    for slug in STEPS:
        state = "current" if slug == current else "done" if slug in done else "todo"
        rows.append((str(short_name(slug, profile.kind)), address(profile, slug), state))
    preview = reverse("accounts:profile_preview", args=[profile.public_id])
    return [*rows, (pgettext("step", "Preview"), preview, "todo")]


def _number(request: HttpRequest, name: str, default: int) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if asked.isdecimal() and asked.isascii() and len(asked) < 4 else default


@login_required
def profile_step(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    mine = editable_profile(request, public_id)
    page = max(1, _number(request, "page", 1))
    more = min(_number(request, "more", 0), 10)
    data = request.POST if request.method == "POST" else None
    current = step_of(step, mine, data, page=page, more=more)
    if data is not None and _saved(request, current):
        return _onward(request, mine, step, page, more)
    return render(request, "accounts/profile_step.html", _context(request, mine, step, current, page))


def _saved(request: HttpRequest, current: FactsStep | RowsStep) -> bool:
    """Save what is valid; True when that was everything."""
    whole = current.is_valid()
    try:
        current.save(by=signed_in(request), take=request.POST.get("take", ""))
    except ValidationError as error:
        if current.form is not None:
            current.form.add_error(None, error.messages)
        else:
            current.rows.non_form_errors().extend(error.messages)  # type: ignore[union-attr]
        return False
    return whole


def _onward(request: HttpRequest, mine: Profile, step: str, page: int, more: int) -> HttpResponse:
    """Where the pressed button leads."""
    here = address(mine, step)
    then = request.POST.get("then", "next")
    if request.POST.get("take") or then == "suggest":
        return redirect(f"{here}?suggest=1#suggested")
    if then == "more":
        return redirect(f"{here}?page={page}&more={more + 1}#more")
    messages.success(request, _("Saved."))
    if then == "later":
        return redirect("accounts:profile_edit", mine.public_id)
    after = next_of(step)
    if not after:
        return redirect("accounts:profile_preview", mine.public_id)
    return redirect("accounts:profile_step", mine.public_id, after)


def _context(
    request: HttpRequest, mine: Profile, step: str, current: FactsStep | RowsStep, page: int
) -> dict[str, Any]:
    title, lead = title_of(step, mine.kind)
    ideas = [idea for idea in meter(mine, mine.items.all()).ideas if idea.step == step]
    name = "summary" if step == "you" else step
    context: dict[str, Any] = {
        "profile": mine,
        "slug": step,
        "title": title,
        "lead": lead,
        "steps": _progress(mine, step),
        "form": current.form,
        "rows": current.rows,
        "ideas": ideas[:2],
        "example": examples(mine.country, "profile", get_language()).get(f"{mine.kind}_{name}"),
        "trl_help": [
            (f"{code} · {label}", pack().trl.text(code, "help")) for code, label in pack().trl.choices()
        ],
        "stage_help": [(label, pack().stages.text(code, "help")) for code, label in pack().stages.choices()],
    }
    if isinstance(current, RowsStep):
        there = mine.items.filter(role=FORMS[step].role)
        context["page"] = Paginator(there, PER_PAGE).get_page(page)
        context["first"] = (page - 1) * PER_PAGE
    elif request.GET.get("suggest") and step == "you":
        context["asked"] = True
        context["suggested"] = _suggested(mine)
    return context


def _suggested(mine: Profile) -> list[tuple[str, str]] | None:
    """(what the button says, label) of what the profile's texts are near to; None where nobody answers."""
    name = "fields" if mine.kind == Profile.Kind.RESEARCHER else "sector"
    if mine.kind == Profile.Kind.AGENCY:
        return []
    words = [mine.summary, *(item.text or item.title for item in mine.items.all()[:20])]
    told = suggest("\n\n".join(word for word in words if word)[:4000], mine.language, [SUGGESTED[name]])
    if told is None:
        return None
    table = getattr(pack(), SUGGESTED[name])
    chosen = mine.fields if name == "fields" else [mine.sector]
    codes = [code for code in told.get(SUGGESTED[name], []) if code in table and code not in chosen]
    return [(f"{name}:{code}", table.label(code)) for code in codes]
