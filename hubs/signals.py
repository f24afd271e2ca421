"""What happened to a challenge, said after commit."""

from django.dispatch import Signal

challenge_published = Signal()  # challenge_id
challenge_changed = Signal()  # challenge_id; any other step, or an edited text
