"""How responses are judged: criteria written with the challenge, evaluators without a conflict, scores."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts import standing
from accounts.models import Person, PublicModel

from .challenges import Challenge
from .responses import Response


class Criterion(models.Model):
    """One question that every response is scored by."""

    class Scale(models.TextChoices):
        FIVE = "five", _("1 to 5")
        HUNDRED = "hundred", _("0 to 100")
        YES_NO = "yes_no", _("yes or no")

    RANGES = {Scale.FIVE: (1, 5), Scale.HUNDRED: (0, 100), Scale.YES_NO: (0, 1)}

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(default=0)
    question = models.CharField(_("question"), max_length=200)
    help = models.CharField(_("what counts"), max_length=500, blank=True)
    scale = models.CharField(_("scale"), max_length=7, choices=Scale, default=Scale.FIVE)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1, validators=[MinValueValidator(1)])
    comments_required = models.BooleanField(_("a comment is required"), default=False)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.CheckConstraint(name="criteria_weigh_something", condition=Q(weight__gt=0))]

    def __str__(self) -> str:
        return self.question


class Evaluator(PublicModel):
    """Somebody asked to score the responses of one challenge."""

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="evaluators")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="evaluations")
    state = models.CharField(max_length=8, choices=State, default=State.INVITED)
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    declared = models.TextField(_("conflicts of interest"), max_length=1000, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("challenge", "person", name="one_evaluator_per_challenge_and_person"),
            models.CheckConstraint(
                name="evaluators_declare_before_they_score",
                condition=~Q(state="accepted") | Q(declared_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.challenge}"


def _asked(user: int) -> models.QuerySet[Evaluator]:
    return Evaluator.objects.filter(person__user=user).exclude(state=Evaluator.State.DECLINED)


# By challenge, with the address of their page
_address = Cast("public_id", models.CharField())
standing.add_part("asked to evaluate", _asked, "challenge", _address)


class Conflict(models.Model):
    """Why an evaluator does not see a response: declared, or found by the site."""

    class Kind(models.TextChoices):
        OWN = "own", _("it is theirs")
        ORGANISATION = "organisation", _("the same organisation within three years")
        EVIDENCE = "evidence", _("shared work within three years")
        DECLARED = "declared", _("declared")

    evaluator = models.ForeignKey(Evaluator, on_delete=models.CASCADE, related_name="conflicts")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="conflicts")
    kind = models.CharField(max_length=12, choices=Kind)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("evaluator", "response", "kind", name="one_conflict_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.evaluator}: {self.kind}"


class Score(models.Model):
    evaluator = models.ForeignKey(Evaluator, on_delete=models.CASCADE, related_name="scores")
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="scores")
    value = models.PositiveSmallIntegerField()
    comment = models.TextField(max_length=1000, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("evaluator", "response", "criterion", name="one_score_each"),
            models.CheckConstraint(name="scores_are_at_most_a_hundred", condition=Q(value__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"
