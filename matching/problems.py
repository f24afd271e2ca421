"""A worker answers what a draft's author asks before submitting it. See pipeline/problems.py."""

from dataclasses import asdict
from typing import Any

from hubs.models import Challenge

from .asking import answers


@answers("problem")
def answer(question: dict[str, Any]) -> dict[str, Any]:
    """For {"challenge": its key}: {"same": [[key, how alike]], "reached": [...]}, or {"error": why}. The text
    is read where it lies: no copy of a draft waits in the cache."""
    from . import pipeline
    from .pipeline import problems

    challenge = Challenge.objects.prefetch_related("needs").filter(pk=question["challenge"]).first()
    if challenge is None:
        return {"error": "gone"}
    found = problems.look(challenge, pipeline.encoder())
    return {"error": "unready"} if found is None else asdict(found)
