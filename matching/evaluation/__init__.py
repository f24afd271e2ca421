"""How good the ranking is, on sets with human judgements, beside what public parts give. Knows no Django.

sets.py       a folder of challenges, profiles and judgements
cached.py     vectors kept on disk, since the same texts are measured again and again
rivals.py     what a capable team would put together from public parts
engine.py     the site's own engine over a set
metrics.py    nDCG, recall, MRR, accuracy, and their bootstrap intervals
bilingual.py  how a set in two languages fares in each of them
ablation.py   what each part of the engine adds
report.py     all of that for one set, as tables
tables.py     tables as text or markdown
"""
