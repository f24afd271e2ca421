"""One box over challenges, people and organisations, by words and by meaning, in either language.

words.py     what the database finds by words, folded but for the ñ
meaning.py   what a worker finds by meaning; nothing where none answers in time
hits.py      both together, as far as the reader may see them, in one order
facets.py    what the hits can be narrowed by, with counts
"""

from .facets import FILTERS, Facet, facets, narrowed
from .hits import KINDS, Hit, Hits, find, load

__all__ = ["FILTERS", "KINDS", "Facet", "Hit", "Hits", "facets", "find", "load", "narrowed"]
