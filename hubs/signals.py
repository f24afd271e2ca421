"""What happened to a challenge, said after commit."""

from django.dispatch import Signal

challenge_published = Signal()  # challenge_id
challenge_changed = Signal()  # challenge_id; any other step, or an edited text
# Said before commit, for rows that stand or fall with the change:
introduction_changed = Signal()  # introduction_id, state
response_changed = Signal()  # response_id, state; handed in, withdrawn, or the outcome of its decision
member_accepted = Signal()  # member_id; a profile is in a consortium of its own will
programme_changed = Signal()  # programme_id; entered, edited, published or stopped
partner_request_opened = Signal()  # request_id
