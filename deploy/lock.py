"""Writes requirements/*.txt anew from what is installed in .venv, without local version tags."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "requirements"


def names(path: Path) -> set[str]:
    return {line.split("==")[0].lower() for line in path.read_text().splitlines() if "==" in line}


def main() -> None:
    frozen = subprocess.run(
        [sys.executable, "-m", "pip", "freeze"], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    pins = {line.split("==")[0].lower(): line.split("+")[0] for line in frozen if "==" in line}
    base = names(FOLDER / "base.txt")
    for path, wanted in ((FOLDER / "base.txt", base), (FOLDER / "dev.txt", set(pins) - base)):
        head = [line for line in path.read_text().splitlines() if line.startswith(("#", "-r"))]
        path.write_text("\n".join([*head, *(pins[name] for name in sorted(wanted) if name in pins)]) + "\n")


if __name__ == "__main__":
    main()
