"""What happened to a challenge, said after commit."""

from django.dispatch import Signal

challenge_published = Signal()  # challenge_id
challenge_changed = Signal()  # challenge_id; any other step, or an edited text
introduction_changed = Signal()  # introduction_id, state; said before commit, for rows that stand or fall with it
programme_changed = Signal()  # programme_id; entered, edited, published or stopped
partner_request_opened = Signal()  # request_id
