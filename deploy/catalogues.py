"""Compiles locale/*.po with babel (a user's machine may have no gettext tools).

With --check: every string that readers see is marked for translation (deploy/unmarked.py), in the catalogues
(needs GNU gettext) and translated.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from deploy.unmarked import unmarked

ROOT = Path(__file__).resolve().parent.parent


def compile_all() -> None:
    for po in ROOT.glob("locale/*/LC_MESSAGES/django.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        with mo.open("wb") as target:
            write_mo(target, catalogue)


def untranslated() -> list[str]:
    problems = []
    for po in ROOT.glob("locale/*/LC_MESSAGES/django.po"):
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        for message in catalogue:
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and (not all(texts) or message.fuzzy):
                problems.append(f"{po.relative_to(ROOT)}:{message.lineno}: not translated: {message.id!r}")
    return problems


def stale() -> list[str]:
    """Sources whose strings the catalogues do not hold yet."""
    if not shutil.which("xgettext"):
        print("GNU gettext is not installed: whether the catalogues are complete was not checked.")
        return []
    before = {po: strings(po) for po in ROOT.glob("locale/*/LC_MESSAGES/django.po")}
    texts = {po: po.read_bytes() for po in before}
    try:
        subprocess.run(["make", "-s", "messages"], cwd=ROOT, check=True, capture_output=True)
        return [
            f"{po.relative_to(ROOT)}: run `make messages`: {sorted(strings(po) ^ old)[:5]}"
            for po, old in before.items()
            if strings(po) != old
        ]
    finally:
        for po, text in texts.items():
            po.write_bytes(text)


def strings(po: Path) -> set[str]:
    with po.open("rb") as source:
        return {str(message.id) for message in read_po(source) if message.id}


def main() -> None:
    if "--check" in sys.argv:
        problems = unmarked() + untranslated() + stale()
        if problems:
            sys.exit("\n".join(problems))
    compile_all()


if __name__ == "__main__":
    main()
