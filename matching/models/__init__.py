"""Who should meet whom: subjects, their passages, their matches, and what was shown and answered."""

from .answers import Answer, MatchEvent
from .letters import AnswerLink, LetterItem
from .matches import Match, MatchQuerySet, Strength
from .passages import Explanation, Passage, Revision
from .rebuilds import Rebuild, RebuildChunk, RebuildQuerySet
from .statistics import Statistics
from .subjects import Subject, SubjectQuerySet
from .suspects import Suspect, SuspectQuerySet

__all__ = [
    "Answer",
    "AnswerLink",
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
    "Statistics",
    "Strength",
    "Subject",
    "SubjectQuerySet",
    "Suspect",
    "SuspectQuerySet",
]
