"""A pasted text to what it says, piece by piece, and to what it asks for. Knows no Django.

People paste an abstract, a CV, a one-pager or a problem. A CV is many small things and is read as such: its
lines and paragraphs match better one by one than in windows that mix them (see passages.py). How much of a
text is read is bounded, since somebody waits for the answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from ..passages import clean, sentences, split
from ..ranking.stopwords import STOPWORDS

MOST_WORDS = 1500  # read of one text
MOST_PIECES = 40
FEW_PIECES = 6
SENTENCE = 6  # words of a sentence that says something by itself
LEAST_WORDS = 4  # of a piece; fewer are a heading, and belong to what follows
MOST_NEEDS = 6
NEED_WORDS = 60  # of one need; longer ones are cut at sentences
LONG_LINE = 140  # characters: no line is broken by hand at more
SHORT_LINE = 0.7  # of the usual length of a line: it ends a paragraph

BULLET = re.compile(r"^\s*(?:[-*•▪●◦·–—]|\(?\d{1,2}[.)]|[a-z]\))\s+")
YEARS = re.compile(r"^\s*\(?(?:19|20)\d\d\b")
END = re.compile(r"[.!?:;…]['\"»”)]*$")
# E-mail addresses, telephone numbers and the identity numbers of Mexico say nothing that fits a challenge.
PERSONAL = re.compile(
    r"(?<![^\s<(])[^\s@]{1,64}@[^\s@]{1,200}|\b[A-ZÑ]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d\b|\b[A-ZÑ&]{3,4}\d{6}[A-Z\d]{3}\b"
    r"|(?<![\w/])(?!(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d)\+?\(?\d[\d\s().-]{7,}\d(?!\w)",
)

ASKS = re.compile(
    r"\b(?:necesit\w+|requer\w+|requier\w+|busc(?:a|amos|an|o)\b|hace[n]? falta|falta(?:n)?\b|carec\w+"
    r"|quer(?:emos|ríamos|iamos)|quisiéramos|quisieramos|desea(?:mos)?\b|urge\w*|nos gustaría|se solicita\w*"
    r"|no (?:tenemos|contamos|hay|existe|sabemos|podemos|logramos)|problema\w*|reto\b|retos\b|desafío\w*"
    r"|sufr\w+|padec\w+|pérdida\w*|perdemos|pierde\w*|cómo (?:podemos|reducir|evitar|lograr|saber)"
    r"|we need|needs? (?:to|a|an|new|better)\b|requir\w+|looking for|seek\w*|in search of|lack\w*|would like"
    r"|we want|must\b|problem\w*|challenge\w*|struggl\w+|suffer\w*|losing|losses|we lose|shortage\w*"
    r"|cannot|can't|how (?:can|could|do|to|might)|is there a way)",
    re.IGNORECASE,
)
OFFERS = re.compile(
    r"\b(?:experiencia|especialista|especializ\w+|ofrec\w+|desarroll(?:é|amos|ado|ó|o)\b|he (?:desarrollado"
    r"|trabajado|dirigido|publicado|colaborado)|hemos|publiqué|publicaciones|licenciatura|maestría|doctorado"
    r"|posgrado|egresad\w+|curr[ií]cul\w+|investigador\w*|investigación|profesor\w*|tesis|universidad"
    r"|nuestr[oa]s? (?:producto|plataforma|tecnología|empresa|equipo|solución|laboratorio|servicio)\w*"
    r"|patente\w*|clientes|fundad\w+|fabricamos|vendemos|servicios|en este (?:trabajo|artículo|estudio)"
    r"|este (?:trabajo|artículo|estudio|proyecto)|hipótesis|objetivo general|se (?:estudiar\w+|presenta"
    r"|propone|analiza|estudia|evaluó|obtuvo)\w*|resultados"
    r"|experience\w*|experienced|specialis\w+|specializ\w+|offers?\b|developed|our (?:product|platform|team"
    r"|technology|company|solution|lab)\w*|ph\.?d|m\.?sc|degree|curriculum|professor|researcher|thesis"
    r"|university|publications|patent\w*|customers|founded|manufactur\w+"
    r"|this (?:paper|work|study|article|project|award|research)|broader impacts?|students|hypothes\w+"
    r"|in this|we (?:present|propose|report|show|introduce|develop|study|describe|evaluate|find|will)"
    r"|results)",
    re.IGNORECASE,
)


def is_problem(text: str) -> bool:
    """Whether a text rather asks than offers, by the words that people ask and offer with. A guess, which its
    reader may turn round: a text that says neither is taken for what somebody knows or does."""
    words = clean(text)[:6000]
    asks = len(ASKS.findall(words)) + 2 * len(re.findall(r"[¿?]", words))
    return asks > len(OFFERS.findall(words))


def pieces(text: str) -> list[str]:
    """What a text says, piece by piece: paragraphs, items of lists, lines of a CV; no piece twice.

    Where it is little, its sentences one by one as well, as somebody would list them in a profile: scores
    count on several items (see ranking/scoring.py). Of a text that is too long, pieces from all over it.
    """
    found = [window for block in blocks(text) for window in split(block)]
    if len(found) < FEW_PIECES:
        found += [said for window in found for said in sentences(window) if len(said.split()) >= SENTENCE]
    found = list(dict.fromkeys(piece for piece in found if says_something(piece)))
    kept = bounded(found)
    return kept or ([clean(text)] if says_something(clean(text)) else [])


def blocks(text: str) -> list[str]:
    """Paragraphs and items, each as one clean line; a heading is said in front of what follows it."""
    found: list[str] = []
    heading = ""
    for lines in paragraphs(PERSONAL.sub(" ", text)):
        block = clean(BULLET.sub("", " ".join(lines)))
        if len(block.split()) < LEAST_WORDS:
            heading = block or heading
            continue
        # Only a list's first item would have it otherwise, and "experience" says little of any.
        alone = not heading or heading.lower() in block.lower()
        found.append(block if alone or len(heading.split()) < 2 else f"{heading.rstrip('.:')}. {block}")
        heading = ""
    return found


def paragraphs(text: str) -> list[list[str]]:
    """Lines that belong together. Where a text was broken into lines of like length (a PDF, a letter), a line
    goes on in the next one unless it ends a sentence or is a short one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lengths = [len(line) for line in lines if len(line.split()) > 3]
    by_hand = bool(lengths) and len(lengths) > 2 and max(lengths) <= LONG_LINE
    usual = median(lengths) if lengths else 0
    found: list[list[str]] = [[]]
    for line in lines:
        before = found[-1]
        if not line.strip():
            found.append([])
        elif not before or not _goes_on(before[-1], line, by_hand, usual):
            found.append([line])
        else:
            before.append(line)
    return [lines for lines in found if lines]


def _goes_on(before: str, line: str, by_hand: bool, usual: float) -> bool:
    if not by_hand or BULLET.match(line) or YEARS.match(line):
        return False
    return len(before) >= SHORT_LINE * usual and not END.search(before.strip())


def says_something(piece: str) -> bool:
    """Whether there are words in it that are no mere function words."""
    words = [word for word in re.findall(r"[^\W\d_]{2,}", piece.lower()) if word not in STOPWORDS]
    return len(words) >= 2


def bounded(found: Sequence[str]) -> list[str]:
    """As many pieces as may be read, evenly spread."""
    most = MOST_PIECES
    while True:
        kept = [found[at * len(found) // most] for at in range(most)] if len(found) > most else list(found)
        if sum(len(piece.split()) for piece in kept) <= MOST_WORDS or len(kept) <= 1:
            return kept
        most = min(most, len(kept)) - 1


def needs(text: str) -> list[str]:
    """What a problem asks for: the items of its list, where it has one; else the sentences that ask, or all
    of a text that asks in none."""
    listed = [
        clean(BULLET.sub("", " ".join(lines)))
        for lines in paragraphs(text)
        if BULLET.match(lines[0]) and len(" ".join(lines).split()) >= LEAST_WORDS
    ]
    if len(listed) >= 2:
        return shortened(listed)
    said = [sentence for block in blocks(text) for sentence in sentences(block)]
    asking = [sentence for sentence in said if ASKS.search(sentence) or "?" in sentence]
    asking = [sentence for sentence in asking if says_something(sentence) and len(sentence.split()) >= 6]
    return shortened(asking or split(text, NEED_WORDS))


def shortened(found: Sequence[str]) -> list[str]:
    """The first few, each once, none longer than a need may be."""
    parts = [split(text, NEED_WORDS)[0] for text in dict.fromkeys(found) if says_something(text)]
    return parts[:MOST_NEEDS]


def title_of(text: str, longest: int) -> str:
    """A first title: the text's first sentence or line, cut at a word."""
    first = next(iter(blocks(text)), clean(text))
    first = next(iter(sentences(first)), first).rstrip(".")
    if len(first) <= longest:
        return first
    return first[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def opening(text: str, longest: int) -> str:
    """As many whole sentences from the beginning as fit."""
    kept = ""
    for sentence in sentences(clean(PERSONAL.sub(" ", text))):
        if len(kept) + len(sentence) + 1 > longest:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or clean(PERSONAL.sub(" ", text))[:longest]
