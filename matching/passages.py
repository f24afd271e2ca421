"""Texts as the engine reads them: cleaned, hashed, split into passages and sentences. Knows no Django.

An offer, an evidence item or a need is one passage when it is short, as people wrote it; longer texts become
windows of whole sentences. Natural items match better than blind windows, and windows better than one vector
of a long text (measured; see benchmarks/README.md).
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata

WINDOW_WORDS = 180  # about 300 tokens: well inside the model's 512, also for long Spanish words
MOST_PASSAGES = 40  # of one text; a 200,000 character text says nothing new after that
LONGEST_WORD = 60  # characters; longer ones (links, encoded data) are noise to every scorer
LONGEST_TITLE = 1000  # characters; what is longer is a text without a title
MOST_NEEDS = 6  # drawn from a challenge's own text

SCRIPTS = re.compile(r"<(script|style)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
TAGS = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
ENDLESS_REFERENCE = re.compile("&#[0-9]{20,};?")  # no character has such a number, and int() refuses it
COMMENTS = re.compile(r"<!--.*?-->", re.DOTALL)
# Soft hyphens, zero-width marks, bidirectional marks and byte-order marks change nothing a reader sees.
INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
# What spreadsheets leave of control characters when they export text.
SHEET_ESCAPE = re.compile(r"_x00[0-9A-Fa-f]{2}_")
SPACE = re.compile(r"\s+")
# An end of sentence: closing marks belong to it; the next one begins with a capital, digit or opening mark.
SENTENCE_END = re.compile(
    r"(?<=[.!?…])[»”\"')\]]*\s+(?=[¿¡«“\"'(\[—–-]*[A-ZÁÉÍÓÚÜÑ0-9])|(?<=[;:])\s+(?=[-•–]\s)|\s+(?=[•▪●])"
)
ABBREVIATION = re.compile(
    r"(?:^|\s|\()(?:Dra?|Sra?|Srta|Ing|Lic|Mtr[oa]|Prof|Av|Art|No|Núm|Nº|pp?|vs|etc|Mr|Mrs|Ms|Inc|Fig|ed|al|aprox|approx|e\.g|i\.e|[A-Z])\.$",
    re.IGNORECASE,
)


def clean(text: str | None) -> str:
    """Plain text on one line: no HTML, no control or direction marks, whitespace folded, Unicode in NFC."""
    text = SHEET_ESCAPE.sub(" ", text or "")
    if "<" in text:
        text = TAGS.sub(" ", without_comments(SCRIPTS.sub(" ", text)))
    text = INVISIBLE.sub("", html.unescape(ENDLESS_REFERENCE.sub("\ufffd", text)))
    text = "".join(mark if keep(mark) else " " for mark in text) if not text.isprintable() else text
    return SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def without_comments(text: str) -> str:
    """A text without HTML comments. Looked for up to the last end of one only: a thousand that are opened and
    never closed would each be read to the end of the text."""
    end = text.rfind("-->") + 3
    return COMMENTS.sub(" ", text[:end]) + text[end:] if end > 2 else text


def keep(mark: str) -> bool:
    """Whether a character is text: controls, lone surrogates and private-use characters are not."""
    return unicodedata.category(mark) not in ("Cc", "Cs", "Co")


def text_hash(text: str | None) -> str:
    """SHA-256 of the cleaned text in hexadecimal (64 characters): a vector is stale when this differs."""
    return hashlib.sha256(clean(text).encode()).hexdigest()


def sentences(text: str | None) -> list[str]:
    """The sentences of a text, in order; an abbreviation ("Dr.", "e.g.", "A.") does not end one."""
    text = clean(text)
    found: list[str] = []
    start = 0
    for end in SENTENCE_END.finditer(text):
        piece = text[start : end.end()].strip()
        if not piece or ABBREVIATION.search(piece[-12:]):
            continue
        found.append(piece)
        start = end.end()
    last = text[start:].strip()
    return [*found, last] if last else found


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand in it, in characters; the whole text when it cannot be told."""
    found: list[tuple[int, int]] = []
    end = 0
    for sentence in sentences(text):
        start = text.find(sentence, end)
        if start < 0:
            return [(0, len(text))]
        end = start + len(sentence)
        found.append((start, end))
    return found or [(0, len(text))]


def split(text: str | None, max_words: int = WINDOW_WORDS) -> list[str]:
    """Passages of a text, in order: itself when short, else windows of whole sentences of like length.

    A sentence longer than a window is cut at words. Identical windows are kept once and the number of windows
    is limited, so that repeating a sentence a thousand times gains nothing. No text gives no passages.
    """
    text = clean(text)
    words = text.split()
    if not words:
        return []
    if len(words) <= max_words and len(text) <= max_words * LONGEST_WORD:
        return [text]
    count = -(-len(words) // max_words)
    target = -(-len(words) // count)
    found = windows(pieces(text, target), target)
    return list(dict.fromkeys(found))[:MOST_PASSAGES]


def pieces(text: str, size: int) -> list[list[str]]:
    """Sentences as lists of words, the overlong ones cut into runs of `size` words, monstrous words
    shortened."""
    found = []
    for sentence in sentences(text):
        words = [word[:LONGEST_WORD] for word in sentence.split()]
        found += [words[at : at + size] for at in range(0, len(words), size)]
    return found


def windows(parts: list[list[str]], target: int) -> list[str]:
    """Neighbouring sentences joined until a window is nearest to `target` words."""
    found: list[str] = []
    current: list[str] = []
    for part in parts:
        if current and len(current) + len(part) / 2 > target:
            found.append(" ".join(current))
            current = []
        current += part
    if current and found and len(current) < target / 4:
        found[-1] += " " + " ".join(current)  # a short tail alone says too little
    elif current:
        found.append(" ".join(current))
    return found


def document(title: str | None, text: str | None) -> list[str]:
    """Passages of an item with a title: the title goes in front of each window, since windows lose their
    subject.

    A title that the text begins with is not said twice.
    """
    title, text = clean(title), clean(text)
    if len(title) > LONGEST_TITLE:
        return split(f"{title} {text}")
    if not title or text.lower().startswith(title.lower()):
        return split(text)
    joint = title if title[-1] in ".!?:…" else title + "."
    return [f"{joint} {window}" for window in split(text)] or [title]


def needs_from_text(title: str | None, text: str | None) -> list[str]:
    """What a challenge without written needs asks for: windows of its text under its title, evenly spread.

    All parts of a long call matter: its first window alone ranks half as well as the mean of six.
    """
    found = document(title, text)
    if len(found) <= MOST_NEEDS:
        return found
    return [found[at * len(found) // MOST_NEEDS] for at in range(MOST_NEEDS)]
