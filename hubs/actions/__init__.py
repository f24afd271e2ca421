"""Writes that touch several rows, send a letter or tell a higher floor; each says by whom."""

from .challenges import move_challenge
from .desk import assign_review, release_review
from .drafts import save_draft, save_needs, save_topics, save_translations, start_draft
from .hubs import join_hub, leave_hub
from .introductions import answer_introduction, create_introduction

__all__ = [
    "answer_introduction",
    "assign_review",
    "create_introduction",
    "join_hub",
    "leave_hub",
    "move_challenge",
    "release_review",
    "save_draft",
    "save_needs",
    "save_topics",
    "save_translations",
    "start_draft",
]
