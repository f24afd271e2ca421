"""What a draft's author is told before it is submitted: who has the same problem, or had it, and how many
could answer each need today. Drafts have no vectors: a worker reads them when their author asks."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from hubs.models import Challenge, Need

from .. import vectors
from ..encoder import Encoder
from ..models import Statistics, Subject
from ..ranking import ENGINE, LANGUAGES, Needs, score
from ..ranking import Statistics as Yardstick
from ..ranking.similar import same_problem
from ..ranking.strength import POSSIBLE
from ..texts import language_of
from ..vectors import Rows
from . import facts, yardstick
from .facts import ProfileFacts
from .pairs import Given
from .similar import LOOKED_AT, as_passages, said, usual

MOST = 5  # that have the same problem
COMPARED = 400  # profiles that are scored in full for one need
LEAST = 5  # fewer people than that are nobody's business: they are told as few, or none
HELICES = {"researcher": "academia", "startup": "firms", "company": "firms", "agency": "agencies"}


@dataclass(frozen=True)
class Reached:
    """How many could answer one need: by helix, each the multiple of LEAST at or below it; `few` where there
    is somebody, and never as many as LEAST of a helix; `more` where not everybody was counted."""

    need: int
    helices: dict[str, int] = field(default_factory=dict)
    few: bool = False
    more: bool = False


@dataclass(frozen=True)
class Found:
    same: list[tuple[int, float]]  # (challenge, how alike), the nearest first
    reached: list[Reached]


def look(challenge: Challenge, encoder: Encoder) -> Found | None:
    """None where the engine has measured nothing yet."""
    row = Statistics.objects.filter(current=True, model=encoder.name, engine=ENGINE).defer("data").first()
    statistics = yardstick.known(row.version) if row else None
    if row is None or statistics is None:
        return None
    needs = list(challenge.needs.all())
    draft = _read(challenge, needs, encoder)
    same = _same(challenge, draft, encoder, row.version, statistics)
    return Found(same, _reached(needs, draft, encoder, statistics))


def _read(challenge: Challenge, needs: Sequence[Need], encoder: Encoder) -> Rows:
    """What the draft says, as the passages of a challenge are read; no row of it is written."""
    own = ". ".join(text for text in (challenge.title, challenge.summary) if text)
    texts = [own, *(need.text for need in needs)]
    spoken = [LANGUAGES.index(language_of(text, challenge.language)) for text in texts]
    keys = np.arange(len(texts))
    nobody = np.full(len(texts), -1, np.int64)
    items = np.array([0, *(need.pk for need in needs)], np.int64)
    return Rows(keys, nobody, items, np.array(spoken, np.int64), encoder.encode(texts, "query"), texts)


def _same(
    challenge: Challenge, draft: Rows, encoder: Encoder, version: str, statistics: Yardstick
) -> list[tuple[int, float]]:
    """Public challenges that ask for the same, in either language; never the draft itself."""
    index = vectors.challenges(encoder.name)
    near = index.nearest_asks(as_passages(draft, statistics), statistics, LOOKED_AT)[0]
    ids = near.best(near.values[:, 0], LOOKED_AT).tolist()
    there = said(index.rows(ids))
    if not len(there.owners):
        return []
    measured = usual(encoder, version)  # type: ignore[arg-type]  # encoders are hashed by what they are
    gists = measured.gists(there)
    scores = measured.alike_to(gists, measured.gists(said(draft)), 0)
    keys = dict(
        Subject.objects.filter(pk__in=gists.owners.tolist(), challenge__in=Challenge.objects.published())
        .exclude(challenge=challenge)
        .values_list("pk", "challenge")
    )
    read = np.array([owner in keys for owner in gists.owners.tolist()], np.bool_)
    owners, scores = gists.owners[read], scores[read]
    right = same_problem(scores)
    pairs = zip(owners[right].tolist(), scores[right].tolist(), strict=True)
    found = [(keys[owner], value) for owner, value in pairs]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:MOST]


def _reached(needs: Sequence[Need], draft: Rows, encoder: Encoder, statistics: Yardstick) -> list[Reached]:
    """Need by need, among all profiles that may be matched, whoever it is sought from."""
    if not needs:
        return []
    count = len(needs)
    each = np.arange(count)
    weights = np.ones(count, np.float32)
    one_by_one = Needs(draft.vectors[1:], weights, draft.languages[1:], draft.texts[1:], each, count)
    answers = vectors.answers(encoder.name)
    near = answers.nearest(one_by_one, statistics, COMPARED)
    chosen = [one.best(one.values[:, 0], COMPARED).tolist() for one in near]
    people = facts.profiles({subject for ids in chosen for subject in ids})
    given = Given(answers.rows(people))
    there = [people[pk] for pk in sorted(people) if people[pk] in given]
    if not there:
        return [Reached(need.pk) for need in needs]
    passages, _rows = given.of(there)
    fits = np.nan_to_num(score(one_by_one, passages, statistics).values, nan=-1.0) >= POSSIBLE
    found = []
    for need, row, ids in zip(needs, fits, chosen, strict=True):
        who = [there[at] for at in np.flatnonzero(row).tolist()]
        found.append(counted(need.pk, who, more=len(ids) >= COMPARED and len(who) >= COMPARED // 2))
    return found


def counted(need: int, people: Iterable[ProfileFacts], *, more: bool = False) -> Reached:
    """By helix, nobody given away."""
    exact = Counter(HELICES[one.kind] for one in people if one.kind in HELICES)
    shown = {name: LEAST * (n // LEAST) for name, n in sorted(exact.items()) if n >= LEAST}
    return Reached(need, shown, few=bool(exact) and not shown, more=more)
