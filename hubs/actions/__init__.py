"""Writes that touch several rows, send a letter or tell a higher floor; each says by whom."""

from .challenges import move_challenge
from .desk import assign_review, release_review
from .drafts import save_draft, save_needs, save_topics, save_translations, start_draft
from .events import cancel_event, leave_event, register_guest, save_event
from .hubs import join_hub, leave_hub, list_in_hub
from .introductions import answer_introduction, create_introduction

__all__ = [
    "answer_introduction",
    "assign_review",
    "cancel_event",
    "create_introduction",
    "join_hub",
    "leave_event",
    "leave_hub",
    "list_in_hub",
    "move_challenge",
    "register_guest",
    "release_review",
    "save_draft",
    "save_event",
    "save_needs",
    "save_topics",
    "save_translations",
    "start_draft",
]
