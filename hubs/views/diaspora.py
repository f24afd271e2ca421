"""Members who live abroad: where, what they would do for the country, and how many came back."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.forms.choices import choice, country_choices, pack
from accounts.models import Profile
from accounts.queries import with_owner

from ..indicators.figures import COUNTRY
from ..models import Release

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

PER_PAGE = 18


class DiasporaFilter(forms.Form):
    """What makes no sense is left out, never an error."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    country = choice(_("Lives in"), lambda: [("", _("Any")), *country_choices()])
    field = choice(_("Field of science"), lambda: [("", _("Any")), *pack().field_groups()])
    help = choice(_("Would do"), lambda: [("", _("Any")), *Profile.Help.choices])

    def __init__(self, *args: Any, living_in: set[str], **kwargs: Any) -> None:
        """Only countries that somebody lives in are offered."""
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Any")), *(row for row in country_choices() if row[0] in living_in)]

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


@require_safe
def diaspora(request: HttpRequest) -> HttpResponse:
    everybody = abroad(request.user)
    rows = list(everybody.order_by().values_list("lives_abroad", "would_help"))
    places = Counter(country for country, _help in rows)
    form = DiasporaFilter(request.GET, living_in=set(places))
    chosen = form.chosen()
    names = dict(country_choices())
    page = Paginator(with_owner(filtered(everybody, chosen)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "filtered": bool(chosen),
        "total": len(rows),
        "places": [(code, names.get(code, code), n) for code, n in places.most_common()],
        "country": chosen.get("country", ""),
        "helps": [(label, sum(code in help_ for _c, help_ in rows)) for code, label in Profile.Help.choices],
        "returned": returned(),
    }
    return render(request, "hubs/diaspora.html", context)


def abroad(user: "User | AnonymousUser") -> QuerySet[Profile]:
    """Those who live abroad, as far as the user may see their profiles."""
    return Profile.objects.visible_to(user).filter(kind=Profile.Kind.RESEARCHER).exclude(lives_abroad="")


def filtered(people: QuerySet[Profile], chosen: dict[str, str]) -> QuerySet[Profile]:
    """Who would do something first."""
    if words := chosen.get("q"):
        people = people.filter(pk__in=Profile.objects.search(words).values("pk"))
    if country := chosen.get("country"):
        people = people.filter(lives_abroad=country)
    if field := chosen.get("field"):
        people = people.filter(fields__contains=f",{field},")
    if help_ := chosen.get("help"):
        people = people.filter(would_help__contains=f",{help_},")
    return people.order_by("sort_key", "pk")


def returned() -> int | None:
    """How many came back, as the country's last release tells it; None where it does not."""
    row = Release.objects.filter(scope=COUNTRY).first()
    figure = (row.data if row else {}).get("figures", {}).get("returned", {})
    total = figure.get("total")
    return int(total) if total is not None else None
