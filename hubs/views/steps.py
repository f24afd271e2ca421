"""The wizard's steps: their names, their forms, and how each is saved."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Language

from .. import actions
from ..forms import (
    ContactForm,
    NeedFormSet,
    OfferForm,
    ProblemForm,
    TopicsForm,
    TranslationForm,
    WhenForm,
    valid_parts,
)
from ..forms.evaluation import BaseCriterionFormSet, CriterionFormSet, initial_criteria
from ..forms.wizard import BaseNeedFormSet, typed_zone
from ..judging import criteria_of
from ..models import Challenge
from ..transitions import missing

if TYPE_CHECKING:
    from accounts.models import User

    class SignedIn(HttpRequest):
        user: User
else:
    SignedIn = HttpRequest


@dataclass(frozen=True)
class Step:
    name: str | Promise
    lead: str | Promise


FIRST = "problem"
STEPS = {
    "problem": Step(_("The problem"), _("In your own words. Nobody expects a technical text.")),
    "needs": Step(
        _("What you need"), _("One thing per row, in a sentence or two. Matching answers need by need.")
    ),
    "topics": Step(
        _("What it is about"),
        _("Optional. It is how people filter, follow and count challenges; it moves nobody's place."),
    ),
    "offer": Step(
        _("What you offer"), _("All of it is optional; whoever reads it wants to know what there is.")
    ),
    "when": Step(
        _("Where and when"), _("Times are kept in your time zone and shown to each reader in theirs.")
    ),
    "criteria": Step(
        _("How you judge"),
        _("Whoever answers reads these questions first; evaluators score each response by them."),
    ),
    "contact": Step(_("Contact and terms"), _("Your contact is never public: you decide who gets it.")),
    "translation": Step(
        _("Translation"), _("Optional. Readers of the other language see it instead of the original.")
    ),
}
FORMS = {
    "problem": ProblemForm,
    "topics": TopicsForm,
    "offer": OfferForm,
    "when": WhenForm,
    "contact": ContactForm,
}


def next_of(slug: str) -> str | None:
    slugs = list(STEPS)
    return next(iter(slugs[slugs.index(slug) + 1 :]), None)


def progress(challenge: Challenge | None, current: str) -> list[tuple[str, str, str]]:
    """For the list of steps: (name, url, done|current|todo)."""
    gaps = {gap.step for gap in missing(challenge)} if challenge else set(STEPS)
    told = set(STEPS) - gaps - _untold(challenge) if challenge else set()
    rows = []
    for slug, step in STEPS.items():
        state = "current" if slug == current else "done" if slug in told else "todo"
        rows.append((str(step.name), Page.url(challenge, slug) if challenge else "", state))
    url = reverse("hubs:challenge_preview", args=[challenge.public_id]) if challenge else ""
    rows.append((str(pgettext_lazy("step", "Preview")), url, "current" if current == "preview" else "todo"))
    return rows


def _untold(challenge: Challenge) -> set[str]:
    """Optional steps in which nothing was said."""
    untold = set()
    if not (
        challenge.offer_money or challenge.offer_data or challenge.offer_site or challenge.offer_purchase
    ):
        untold.add("offer")
    if not (challenge.sector or challenge.fields or challenge.sdgs):
        untold.add("topics")
    if not challenge.criteria.exists():
        untold.add("criteria")
    if not challenge.translations.exists():
        untold.add("translation")
    return untold


@dataclass
class Page:
    """One step with its form (or rows of forms), filled with what is stored or what was typed."""

    slug: str
    challenge: Challenge
    zone: zoneinfo.ZoneInfo
    other_language: str
    form: Any = None
    formset: BaseNeedFormSet | BaseCriterionFormSet | None = None

    @staticmethod
    def url(challenge: Challenge, slug: str) -> str:
        return reverse("hubs:challenge_edit", args=[challenge.public_id, slug])

    @classmethod
    def of(cls, slug: str, challenge: Challenge, data: Mapping[str, Any] | None, more: int = 0) -> "Page":
        if slug not in STEPS:
            raise Http404
        other = next(code for code in Language.values if code != challenge.language)
        page = cls(slug, challenge, typed_zone(data, challenge), other)
        if slug == "needs":
            needs = list(challenge.needs.values("id", "text", "weight", "sought"))
            page.formset = NeedFormSet(data, initial=needs, extra=1 + more if needs else 3 + more)
        elif slug == "criteria":
            told = initial_criteria(criteria_of(challenge))
            page.formset = CriterionFormSet(data, initial=told, extra=more)
        elif slug == "translation":
            page.form = TranslationForm(data, challenge=challenge, language=other)
        else:
            page.form = FORMS[slug](data, instance=challenge)
        return page

    def is_valid(self) -> bool:
        return bool((self.form if self.formset is None else self.formset).is_valid())

    def save(self, *, by: "User") -> None:
        if isinstance(self.formset, BaseCriterionFormSet):
            actions.save_criteria(challenge=self.challenge, rows=self.formset.rows(), by=by)
        elif self.formset is not None:
            actions.save_needs(challenge=self.challenge, rows=self.formset.rows(), by=by)
        elif isinstance(self.form, TranslationForm):
            texts = self.form.texts()
            actions.save_translations(
                challenge=self.challenge, language=self.other_language, texts=texts, by=by
            )
        elif isinstance(self.form, TopicsForm):
            actions.save_topics(challenge=self.challenge, values=self.form.values(), by=by)
        else:
            actions.save_draft(challenge=self.challenge, values=valid_parts(self.form), by=by)

    def refuse(self, error: ValidationError) -> None:
        if self.formset is not None:
            self.formset.non_form_errors().extend(error.messages)
        else:
            self.form.add_error(None, error)
