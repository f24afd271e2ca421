"""The country in figures: what is asked, what is offered, and where the two meet.

hiding.py  which counts of people may be told, and how exactly
counts.py  what there is, counted in the database
charts.py  figures to the geometry of charts: integers, no words, no Django
tables.py  each chart's figures as rows, for its table and its CSV
"""
