"""What people gather around."""

from .challenges import PUBLIC, Challenge, ChallengeStep, Need, Status
from .computing import ComputingRequest, ComputingRequestQuerySet, ComputingRound, RequestReview, Usage
from .consortia import Consortium, ConsortiumQuerySet, Member, PartnerOffer, PartnerRequest
from .conversations import Block, Meeting, Message, ReadMark, Report
from .desk import HELD, Assignment, AssignmentQuerySet
from .evaluation import Conflict, Criterion, Evaluator, Score
from .events import EventGuest, HubEvent, HubEventQuerySet
from .hubs import Hub, HubMembership
from .introductions import Introduction
from .programmes import Programme, ProgrammeQuerySet
from .releases import Release
from .responses import CoPoster, Response, ResponseEvidence, ResponseQuerySet
from .revisions import ChallengeRevision, ReviewComment
from .workspace import Milestone, Project, Result, Update

__all__ = [
    "HELD",
    "PUBLIC",
    "Assignment",
    "AssignmentQuerySet",
    "Block",
    "Challenge",
    "ChallengeRevision",
    "ChallengeStep",
    "CoPoster",
    "ComputingRequest",
    "ComputingRequestQuerySet",
    "ComputingRound",
    "Conflict",
    "Consortium",
    "ConsortiumQuerySet",
    "Criterion",
    "Evaluator",
    "EventGuest",
    "Hub",
    "HubEvent",
    "HubEventQuerySet",
    "HubMembership",
    "Introduction",
    "Meeting",
    "Member",
    "Message",
    "Milestone",
    "Need",
    "PartnerOffer",
    "PartnerRequest",
    "Programme",
    "ProgrammeQuerySet",
    "Project",
    "ReadMark",
    "Release",
    "Report",
    "RequestReview",
    "Response",
    "ResponseEvidence",
    "ResponseQuerySet",
    "Result",
    "ReviewComment",
    "Score",
    "Status",
    "Update",
    "Usage",
]
