"""What comes of the matches: the country's public indicators.

facts.py     what happened, one line each: read from the database, or invented for the demo
figures.py   which figures there are, and how the facts of a place become its release
suppress.py  which counts and sums may be told, and how exactly
sheets.py    a release as tables, charts and a file
network.py   who works with whom, as far as everybody may know
svg.py       the geometry of the drawings: whole numbers, no words, no Django
"""
