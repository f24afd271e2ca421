"""Who should meet whom: subjects, their passages, their matches, and what was shown and answered."""

from .allocation import Allocated, AllocationRound
from .answers import Answer, MatchEvent
from .board import Candidacy, CandidacyQuerySet, CandidacyStep
from .calendars import CalendarLink
from .country import CountryFigures
from .gaps import Gap, GapInvitation, GapNeed, GapQuerySet, GapRound, NeedCoverage
from .learning import LearnedModel
from .letters import AnswerLink, LetterItem
from .matches import Match, MatchQuerySet, Strength
from .passages import Explanation, Passage, Revision
from .programmes import ProgrammeMatch, ProgrammePassage
from .rebuilds import Rebuild, RebuildChunk, RebuildQuerySet
from .similar import SimilarChallenge
from .statistics import Statistics
from .subjects import Subject, SubjectQuerySet
from .suspects import Suspect, SuspectQuerySet
from .teams import TeamProposal, TeamSearch

__all__ = [
    "Allocated",
    "AllocationRound",
    "Answer",
    "AnswerLink",
    "CalendarLink",
    "Candidacy",
    "CandidacyQuerySet",
    "CandidacyStep",
    "CountryFigures",
    "Explanation",
    "Gap",
    "GapInvitation",
    "GapNeed",
    "GapQuerySet",
    "GapRound",
    "LearnedModel",
    "LetterItem",
    "Match",
    "MatchEvent",
    "MatchQuerySet",
    "NeedCoverage",
    "Passage",
    "ProgrammeMatch",
    "ProgrammePassage",
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
    "TeamProposal",
    "TeamSearch",
]
