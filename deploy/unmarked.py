"""Finds what readers would see and no catalogue can translate: words typed bare into templates and forms.

deploy/catalogues.py --check calls it; `python deploy/unmarked.py` prints what it finds.
"""

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "hubs", "matching", "config")
COMMENT = re.compile(r"{#.*?#}|{% *comment *%}.*?{% *endcomment *%}", re.DOTALL)
TRANSLATED = re.compile(r"{% *blocktrans(?:late)?\b.*?{% *endblocktrans(?:late)? *%}", re.DOTALL)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")
# The same in every language: abbreviations, names LikeThis, the languages' own names, file formats.
NAMES = re.compile(r"\b([A-Z]{2,7}s?|[A-Z][a-z]+[A-Z]\w+|Hélice|Español|English|Atom)\b")
READ_OUT = {"title", "alt", "aria-label", "placeholder"}
SHOWN = READ_OUT | {
    "label",
    "lead",
    "eyebrow",
    "text",
    "question",
    "caption",
    "note",
    "button",
}  # of components
SILENT = {"code", "script", "style", "svg", "pre", "kbd"}
KEYWORDS = {"label", "help_text", "verbose_name", "empty_label"}
SPEAKING = {"success", "info", "warning", "error"}  # of django.contrib.messages
# The schema of the API is in English, like its code; the design page shows the components by their names.
NOT_READ = ("templates/api/", "templates/design.html", "accounts/api.py", "hubs/api.py", "matching/api.py")


class Bare(HTMLParser):
    """Collects (line, words) of text and of attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent.append(tag)
        shown = SHOWN if tag.startswith("c-") else READ_OUT
        for name, value in attrs:
            if value and name in shown:
                self.note(value)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and self.silent[-1] == tag:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.note(data)

    def note(self, words: str) -> None:
        if WORD.search(NAMES.sub("", words)):
            self.found.append((self.getpos()[0], " ".join(words.split())))


def in_template(source: str) -> list[tuple[int, str]]:
    """(line, words) that no tag of the template language made."""
    for pattern in (COMMENT, TRANSLATED, TAG):
        source = pattern.sub(lambda found: "\n" * found[0].count("\n"), source)
    parser = Bare()
    parser.feed(source)
    return parser.found


def in_module(source: str) -> list[tuple[int, str]]:
    """(line, words) of labels, help and messages that are plain strings."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    found = [(each.lineno, words) for call in calls for each in spoken(call) if (words := plain(each))]
    return [(line, words) for line, words in found if WORD.search(NAMES.sub("", words))]


def spoken(call: ast.Call) -> Iterator[ast.expr]:
    """What a call brings onto a page."""
    yield from (word.value for word in call.keywords if word.arg in KEYWORDS)
    if isinstance(call.func, ast.Attribute) and call.func.attr in SPEAKING:
        if getattr(call.func.value, "id", "") == "messages":
            yield from call.args[1:2]
    elif getattr(call.func, "id", "") == "ValidationError":
        yield from call.args[:1]


def plain(value: ast.expr) -> str:
    """The words of a string that no function translates."""
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    words = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return "".join(words)


def unmarked() -> list[str]:
    sources = [*ROOT.glob("templates/**/*.html")]
    sources += [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    problems = []
    for path in sorted(sources):
        name = str(path.relative_to(ROOT))
        if name.startswith(NOT_READ) or "/migrations/" in name or "/management/" in name:
            continue
        read = in_template if path.suffix == ".html" else in_module
        problems += [f"{name}:{line}: not marked: {words!r}" for line, words in read(path.read_text())]
    return problems


if __name__ == "__main__":
    sys.exit("\n".join(unmarked()))
