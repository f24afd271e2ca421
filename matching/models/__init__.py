"""Who should meet whom: subjects, their passages, their matches, and what was shown and answered."""

from .answers import Answer, MatchEvent
from .board import Candidacy, CandidacyQuerySet, CandidacyStep
from .country import CountryFigures
from .letters import AnswerLink, LetterItem
from .matches import Match, MatchQuerySet, Strength
from .passages import Explanation, Passage, Revision
from .rebuilds import Rebuild, RebuildChunk, RebuildQuerySet
from .similar import SimilarChallenge
from .statistics import Statistics
from .subjects import Subject, SubjectQuerySet
from .suspects import Suspect, SuspectQuerySet

__all__ = [
    "Answer",
    "AnswerLink",
    "Candidacy",
    "CandidacyQuerySet",
    "CandidacyStep",
    "CountryFigures",
    "Explanation",
    "LetterItem",
    "Match",
    "MatchEvent",
    "MatchQuerySet",
    "Passage",
    "Rebuild",
    "RebuildChunk",
    "RebuildQuerySet",
    "Revision",
    "SimilarChallenge",
    "Statistics",
    "Strength",
    "Subject",
    "SubjectQuerySet",
    "Suspect",
    "SuspectQuerySet",
]
