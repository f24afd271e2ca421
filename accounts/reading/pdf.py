"""The text of a PDF that a stranger uploaded.

A PDF is a program: a small file can ask for gigabytes or for hours. So it is read in a process of its own,
which may take so much memory and time and no more, and whose end is the end of it. Text passes through
pipes alone: none of it touches a disk, an argument or a log.
Whoever waits for it waits for eight seconds at most.
"""

import re
import resource
import subprocess
import sys
from io import BytesIO

MOST_BYTES = 5_000_000
MOST_PAGES = 40
MOST_CHARACTERS = 200_000
SECONDS = 8  # on a clock that does not stop while the process waits
MEMORY = 700_000_000  # bytes of address space, Python's own among them
FEWEST_LETTERS = 20  # fewer come from page numbers on scanned sheets

LOCKED, UNREADABLE = 3, 4  # what the process ends with

SPLIT_WORD = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[a-záéíóúüñ])")
BLANKS = re.compile(r"[^\S\n]+")
EMPTY_LINES = re.compile(r"\n\s*\n+")


class PdfError(ValueError):
    """Why there is no text: "large", "broken", "locked" by a password, "scanned" (pictures of pages), or
    "slow" (it wanted more time or memory than a file may). Holds nothing of the file."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def is_pdf(data: bytes) -> bool:
    """Whether these bytes say of themselves that they are a PDF; some have a little before it."""
    return b"%PDF-" in data[:1024]


def text_of(data: bytes, pages: int = MOST_PAGES) -> str:
    """The words of the first `pages`, in the file's own order, without NUL; raises PdfError."""
    if len(data) > MOST_BYTES:
        raise PdfError("large")
    if not is_pdf(data):
        raise PdfError("broken")
    try:
        # -I: nothing of this folder or of the environment decides what the child imports.
        command = [sys.executable, "-I", __file__, str(min(pages, MOST_PAGES))]
        child = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - this file itself
    except subprocess.TimeoutExpired:
        raise PdfError("slow") from None
    if child.returncode:
        raise PdfError({LOCKED: "locked", UNREADABLE: "broken"}.get(child.returncode, "slow"))
    text = tidy(child.stdout.decode("utf-8", "replace"))
    if sum(mark.isalpha() for mark in text[:2000]) < FEWEST_LETTERS:
        raise PdfError("scanned")
    return text


def tidy(text: str) -> str:
    """Words that a line's end cut in two made whole, blanks folded; paragraphs stay apart."""
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
    text = BLANKS.sub(" ", SPLIT_WORD.sub("", text))
    return EMPTY_LINES.sub("\n\n", text).strip()[:MOST_CHARACTERS]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the text


def _child(pages: int) -> int:
    _limit()
    import logging

    from pypdf import PdfReader
    from pypdf.errors import FileNotDecryptedError, WrongPasswordError

    logging.disable(logging.CRITICAL)  # its warnings may quote the file
    left = MOST_CHARACTERS
    try:
        reader = PdfReader(BytesIO(sys.stdin.buffer.read()))
        if reader.is_encrypted and not reader.decrypt(""):
            return LOCKED
        for number in range(min(len(reader.pages), pages)):
            words = reader.pages[number].extract_text()[:left]
            sys.stdout.buffer.write(f"{words}\n\n".encode("utf-8", "replace"))
            left -= len(words)
            if left <= 0:
                break
    except MemoryError:
        raise
    except (FileNotDecryptedError, WrongPasswordError):
        return LOCKED
    except Exception:  # a broken file fails in any way; what was read until then may do
        return UNREADABLE if left == MOST_CHARACTERS else 0
    return 0


if __name__ == "__main__":
    sys.exit(_child(int(sys.argv[1])))
