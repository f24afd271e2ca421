"""Vectors and texts to ranked pairs with reasons. NumPy only; knows no Django.

statistics.py   the catalogue's yardstick: what is usual in each language
scoring.py      needs and passages to comparable scores
lexical.py      evidence from spelling
search.py       first pass: the nearest of very many, by meaning alone
results.py      scores to an ordered list with reasons
strength.py     scores to words
anchors.py      texts from which the statistics of a small catalogue start
"""

from matching.ranking.results import Ranked, Reason, rank_challenges, rank_profiles
from matching.ranking.scoring import WEIGHTS, Needs, PairScores, Passages, score
from matching.ranking.search import candidates
from matching.ranking.statistics import ALL, LANGUAGES, Sample, Statistics, Switches
from matching.ranking.strength import Strength, probability, standing, strength

ENGINE = "3"  # raised whenever the same texts would get other scores: everything stored is then computed anew

__all__ = [
    "ALL",
    "ENGINE",
    "LANGUAGES",
    "WEIGHTS",
    "Needs",
    "PairScores",
    "Passages",
    "Ranked",
    "Reason",
    "Sample",
    "Statistics",
    "Strength",
    "Switches",
    "candidates",
    "probability",
    "rank_challenges",
    "rank_profiles",
    "score",
    "standing",
    "strength",
]
