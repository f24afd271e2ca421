"""Make matching/glossary.tsv.gz anew: which word of one language is nearest to which of the other.

    python -m deploy.glossary --spanish FILE… --english FILE…

FILE holds plain text, or JSON lines whose texts are all read. Words that occur in at least --least lines are
encoded by multilingual-e5-small, less the mean of their language; beside them the most frequent words of each
language by the package wordfreq (pip install wordfreq: only this script needs it). Two words belong together
when they are near to each other and not to everything (CSLS: Conneau et al., 2018). Nothing but single words
is kept. Takes about ten minutes for 60,000 words on two cores.

The file that is committed was made from Chilean, Argentine and Mexican calls and project titles, European and
US calls and awards, and parallel sentences on health, with --frequent 26000.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from matching.encoder import get_encoder
from matching.glossary import FILE, WORD

NEIGHBOURS = 10  # whose mean nearness tells how much of a hub a word is
LEAST = 0.1  # above what its neighbourhood explains
FOREIGN = 5  # times as usual in the other language: then it is a word of that one
AT_ONCE = 1000


def main() -> None:
    options = read_options()
    seen = {"es": counted(options.spanish), "en": counted(options.english)}
    usual = {"es": frequent("es", "en", options.frequent), "en": frequent("en", "es", options.frequent)}
    words = {
        code: sorted(usual[code] | vocabulary(seen[code], seen[other], options.least) - usual[other])
        for code, other in (("es", "en"), ("en", "es"))
    }
    encoder = get_encoder("e5", options.models)
    vectors = {code: centred(encoder.encode(found, "query")) for code, found in words.items()}
    hubs = {"es": nearness(vectors["es"], vectors["en"]), "en": nearness(vectors["en"], vectors["es"])}
    lines = []
    for own, other in (("es", "en"), ("en", "es")):
        best = nearest(vectors[own], vectors[other], hubs[own], hubs[other])
        for word, place in zip(words[own], best, strict=True):
            if place >= 0 and words[other][place] != word:
                lines.append(f"{own}\t{word}\t{words[other][place]}\n")
    with FILE.open("wb") as target, gzip.GzipFile("", "wb", 9, target, mtime=0) as packed:
        packed.write("".join(lines).encode())
    print(f"{len(lines)} words in {FILE} ({FILE.stat().st_size // 1024} KB)")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spanish", type=Path, nargs="+", required=True)
    parser.add_argument("--english", type=Path, nargs="+", required=True)
    parser.add_argument("--least", type=int, default=3, help="lines that a word must occur in (default 3)")
    parser.add_argument("--frequent", type=int, default=26000, help="most frequent words of each language")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    return parser.parse_args()


def counted(files: list[Path]) -> Counter[str]:
    """In how many lines each word of three letters and more occurs."""
    seen: Counter[str] = Counter()
    for file in files:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                seen.update({found.lower() for text in texts(line) for found in WORD.findall(text)})
    return seen


def vocabulary(own: Counter[str], other: Counter[str], least: int) -> set[str]:
    """The words that a language's texts have often enough, and the other's not far more often."""
    share = own.total() / max(other.total(), 1) / FOREIGN
    return {word for word, count in own.items() if count >= max(least, share * other[word])}


def frequent(code: str, other: str, most: int) -> set[str]:
    """The words that everybody uses, less those that are far more usual in the other language."""
    from wordfreq import top_n_list, word_frequency

    return {
        word
        for word in top_n_list(code, most)
        if WORD.fullmatch(word) and word_frequency(word, code) * FOREIGN >= word_frequency(word, other)
    }


def texts(line: str) -> Iterator[str]:
    """A line itself, or every text of its JSON object."""
    try:
        value = json.loads(line)
    except ValueError:
        value = line
    yield from strings(value)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from strings(each)


def centred(vectors: Any) -> Any:
    moved = vectors - vectors.mean(axis=0)
    return moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)


def nearness(own: Any, other: Any) -> Any:
    """How near each word is to its neighbours of the other language, on average (n,)."""
    found = np.zeros(len(own), np.float32)
    for start in range(0, len(own), AT_ONCE):
        near = own[start : start + AT_ONCE] @ other.T
        found[start : start + AT_ONCE] = np.partition(near, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:].mean(axis=1)
    return found


def nearest(own: Any, other: Any, own_hubs: Any, other_hubs: Any) -> list[int]:
    """The place of each word's word in the other language, -1 where none stands out."""
    found: list[int] = []
    for start in range(0, len(own), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        above = 2 * (own[part] @ other.T) - own_hubs[part, None] - other_hubs
        best = above.argmax(axis=1)
        found += np.where(above[np.arange(len(best)), best] > LEAST, best, -1).tolist()
    return found


if __name__ == "__main__":
    main()
