"""What each part of the engine adds: nDCG@10 with that part switched off."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.engine import helice
from matching.evaluation.metrics import MEASURES, bootstrap, measure
from matching.evaluation.report import Models
from matching.evaluation.sets import JudgedSet
from matching.evaluation.tables import Table, difference
from matching.offline import Watch, load
from matching.ranking import ALL

Doubles = NDArray[np.float64]

WHOLE, ONE_MODEL = "everything", "second model"


def without_each(judged: JudgedSet, models: Models, watch: Watch) -> dict[str, Doubles]:
    """nDCG@10 of each challenge (q,): with everything, then by the name of what is switched off."""
    variants = {WHOLE: (models.site, ALL)}
    if models.plain is not models.site:
        variants[ONE_MODEL] = (models.plain, ALL)
    for part in fields(ALL):
        variants[part.name] = (models.site, replace(ALL, **{part.name: False}))
    found = {}
    for name, (encoder, switches) in variants.items():
        catalogue = load(judged.profiles, judged.challenges, encoder, watch, switches)
        found[name] = measure(helice(judged, catalogue, watch).scores, judged.gains).values[0]
    return found


def ablation(found: dict[str, dict[str, Doubles]]) -> Table:
    """One row per part, one column per set; `found` is what `without_each` gave, by the names of the sets."""
    names = next(iter(found.values()))
    rows = [[f"without {name}" if name != WHOLE else name] for name in names]
    for values in found.values():
        for row, (name, each) in zip(rows, values.items(), strict=True):
            [change] = bootstrap((each - values[WHOLE])[None, :])
            row.append(f"{each.mean():.3f}" + ("" if name == WHOLE else f", {difference(change)}"))
    return Table(f"{MEASURES[0]} without each part", ["part", *found], rows)
