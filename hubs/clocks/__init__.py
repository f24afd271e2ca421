"""What happens by the clock: one module for each thing that has one, each with a `keep_time()` of its own."""

import logging
from collections.abc import Callable

from accounts import news_digests

from . import computing, deadline, introductions, invitations, messages, milestones, publish, releases

# Add a line for each clock. One may be kept twice, or late: it claims what it does by conditional updates.
CLOCKS: tuple[Callable[[], None], ...] = (
    news_digests.keep_time,
    computing.keep_time,
    publish.keep_time,
    deadline.keep_time,
    introductions.keep_time,
    messages.keep_time,
    invitations.keep_time,
    milestones.keep_time,
    releases.keep_time,
)

_log = logging.getLogger(__name__)


def keep_time() -> None:
    """All clocks once. A clock that fails is written down and does not stop the others: it is tried again."""
    for clock in CLOCKS:
        try:
            clock()
        except Exception:  # whatever it is, the other clocks go on
            _log.exception("The clock %s failed.", clock.__module__)
