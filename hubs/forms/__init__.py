"""What comes in over the pages of hubs, checked."""

from .contacts import AnswerForm
from .lists import ChallengeFilter
from .review import ReviewForm, StepForm
from .topics import TopicsForm
from .wizard import (
    ContactForm,
    NeedFormSet,
    OfferForm,
    ProblemForm,
    StartForm,
    TranslationForm,
    WhenForm,
    valid_parts,
)

__all__ = [
    "AnswerForm",
    "ChallengeFilter",
    "ContactForm",
    "NeedFormSet",
    "OfferForm",
    "ProblemForm",
    "ReviewForm",
    "StartForm",
    "StepForm",
    "TopicsForm",
    "TranslationForm",
    "WhenForm",
    "valid_parts",
]
