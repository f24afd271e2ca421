"""How responses are judged: criteria, an evaluator's answer and scores, and the poster's decision."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME, BaseFormSet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..models import Criterion, Response, Score
from .wizard import valid_parts

CRITERION = ("question", "help", "scale", "weight", "comments_required")


class CriterionForm(forms.ModelForm):  # type: ignore[type-arg]
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    weight = forms.IntegerField(label=_("Weight"), min_value=1, max_value=100, initial=1)

    class Meta:
        model = Criterion
        fields = list(CRITERION)
        labels = {
            "question": _("Question"),
            "help": _("What counts"),
            "scale": _("Scale"),
            "comments_required": _("A comment is required"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"empty_permitted": False, "use_required_attribute": False})
        self.fields["question"].required = False


class BaseCriterionFormSet(BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[DELETION_FIELD_NAME].label = _("Take this question out")

    def rows(self) -> list[dict[str, Any]]:
        """Rows that ask something and were not taken out; of a bad row, what of it is valid."""
        rows = []
        for form in self.forms:
            row = valid_parts(form) if hasattr(form, "cleaned_data") else {}
            question = (row.get("question") or "").strip()
            if question and not row.get(DELETION_FIELD_NAME):
                rows.append(
                    {
                        "id": row.get("id"),
                        "question": question,
                        "help": row.get("help") or "",
                        "scale": row.get("scale") or Criterion.Scale.FIVE,
                        "weight": row.get("weight") or 1,
                        "comments_required": bool(row.get("comments_required")),
                    }
                )
        return rows


def CriterionFormSet(  # noqa: N802 - stands for a class
    data: Mapping[str, Any] | None = None, *, initial: Sequence[Mapping[str, Any]], extra: int
) -> BaseCriterionFormSet:
    kind: Any = forms.formset_factory(
        CriterionForm, formset=BaseCriterionFormSet, extra=extra, can_delete=True, max_num=20, absolute_max=30
    )
    formset: BaseCriterionFormSet = kind(data, prefix="criteria", initial=initial)
    return formset


def initial_criteria(criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    return [{"id": one.pk, **{name: getattr(one, name) for name in CRITERION}} for one in criteria]


class AgreeForm(forms.Form):
    """An evaluator's answer, with the conflicts of interest that only the evaluator knows of."""

    answer = forms.ChoiceField(
        choices=[("accept", _("I will evaluate")), ("decline", _("I cannot"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose: evaluate, or not.")},
    )
    declared = forms.CharField(
        label=_("Conflicts of interest"),
        required=False,
        max_length=1000,
        help_text=_(
            "Family, friendship, money, rivalry: whatever could make others doubt your judgement, and of "
            "whom. Shared organisations and shared work of the last three years are found by the site."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    none_other = forms.BooleanField(label=_("I know of no other conflict of interest."), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("answer") == "accept" and not cleaned.get("none_other"):
            self.add_error("none_other", _("Declare it before you evaluate."))
        return cleaned


class ConflictForm(forms.Form):
    detail = forms.CharField(label=_("What is the conflict?"), max_length=300)


class ScoreForm(forms.Form):
    """One score and one comment for each criterion."""

    def __init__(
        self, *args: Any, criteria: Sequence[Criterion], scores: Sequence[Score], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        stored = {score.criterion_id: score for score in scores}
        for one in self.criteria:
            known = stored.get(one.pk)
            self.fields[f"value_{one.pk}"] = _value_field(one, known.value if known else None)
            self.fields[f"comment_{one.pk}"] = forms.CharField(
                label=_("Comment"),
                required=one.comments_required,
                max_length=1000,
                initial=known.comment if known else "",
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def rows(self) -> Iterator[tuple[Criterion, Any, Any]]:
        for one in self.criteria:
            yield one, self[f"value_{one.pk}"], self[f"comment_{one.pk}"]

    def values(self) -> dict[int, tuple[int, str]]:
        told = self.cleaned_data
        return {one.pk: (int(told[f"value_{one.pk}"]), told[f"comment_{one.pk}"]) for one in self.criteria}


def _value_field(criterion: Criterion, initial: int | None) -> forms.Field:
    low, high = Criterion.RANGES[Criterion.Scale(criterion.scale)]
    if criterion.scale == Criterion.Scale.HUNDRED:
        return forms.IntegerField(label=_("Score, 0 to 100"), min_value=low, max_value=high, initial=initial)
    yes_no = criterion.scale == Criterion.Scale.YES_NO
    choices = (
        [("1", _("Yes")), ("0", _("No"))] if yes_no else [(str(n), str(n)) for n in range(low, high + 1)]
    )
    return forms.ChoiceField(
        label=_("Score") if yes_no else _("Score, 1 (not at all) to 5 (fully)"),
        choices=choices,
        initial=initial,
        widget=forms.RadioSelect,
    )


class DecisionForm(forms.Form):
    """The decision on one response."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=[("", "—"), *Response.Outcome.choices])
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *Response.DecisionReason.choices])
    sentence = forms.CharField(
        label=pgettext_lazy("decision", "A sentence to them"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, response: Response, **kwargs: Any) -> None:
        kwargs["prefix"] = f"r{response.pk}"
        super().__init__(*args, **kwargs)
        self.response = response
