"""Writes that touch several rows, send a letter or tell a higher floor; each says by whom."""

from .challenges import move_challenge
from .desk import assign_review, release_review
from .drafts import save_criteria, save_draft, save_needs, save_topics, save_translations, start_draft
from .evaluation import (
    answer_evaluation,
    decide_responses,
    declare_conflict,
    invite_evaluator,
    save_scores,
    take_back_invitation,
)
from .events import cancel_event, leave_event, register_guest, save_event
from .hubs import join_hub, leave_hub, list_in_hub
from .introductions import (
    answer_introduction,
    block_person,
    create_introduction,
    postpone_introduction,
    take_back_introduction,
    unblock_person,
)
from .meetings import answer_meeting, cancel_meeting, change_meeting, propose_meeting
from .messages import decide_report, mark_read, report_message, write_message
from .responses import save_response, start_response, submit_response, withdraw_response

__all__ = [
    "answer_evaluation",
    "answer_introduction",
    "answer_meeting",
    "assign_review",
    "block_person",
    "cancel_event",
    "cancel_meeting",
    "change_meeting",
    "create_introduction",
    "decide_report",
    "decide_responses",
    "declare_conflict",
    "invite_evaluator",
    "join_hub",
    "leave_event",
    "leave_hub",
    "list_in_hub",
    "mark_read",
    "move_challenge",
    "postpone_introduction",
    "propose_meeting",
    "register_guest",
    "release_review",
    "report_message",
    "save_criteria",
    "save_draft",
    "save_event",
    "save_needs",
    "save_response",
    "save_scores",
    "save_topics",
    "save_translations",
    "start_draft",
    "start_response",
    "submit_response",
    "take_back_introduction",
    "take_back_invitation",
    "unblock_person",
    "withdraw_response",
    "write_message",
]
