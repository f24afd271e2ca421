"""What an anonymous text fits, answered in a worker before anybody signs up; nothing of it is written down.

text.py      a pasted text to what it says, piece by piece, and to what it asks for
fits.py      the open challenges that it fits, and why
coverage.py  for a problem: how many could answer each of its needs, without giving anybody away
record.py    where the text lies meanwhile: in the cache, under a key, for one browser, for an hour
answer.py    all of it together, in a worker
"""

from typing import Any

from ..asking import answers

ABROAD = "abroad"  # beside the states, in counts of who could answer


@answers("look")
def look(question: dict[str, Any]) -> dict[str, Any]:
    """In a worker: what the text under this key fits. Web processes carry none of what this imports."""
    from .answer import answered

    return answered(str(question["key"]))
