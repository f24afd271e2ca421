"""Makes .venv with the locked packages. Needs nothing but Python 3.11's own library.

    python3.11 deploy/environment.py base|dev

Runs again only when a lock file changed; every failure is one clear sentence.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
LOG = os.path.join(ROOT, "var", "log", "setup.log")
NEEDED_GB = {"base": 3.0, "dev": 3.5}


def stop(sentence: str) -> NoReturn:
    sys.exit("\n  " + sentence + "\n")


def say(text: str) -> None:
    print("  " + text, flush=True)


def locks(kind: str) -> list[str]:
    names = ["base.txt"] if kind == "base" else ["base.txt", "dev.txt"]
    return [os.path.join(ROOT, "requirements", name) for name in names]


def fingerprint(kind: str) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in locks(kind):
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def is_current(kind: str) -> bool:
    """The development set contains the base set, so it serves for both."""
    for have in {kind, "dev"}:
        stamp = os.path.join(VENV, "helice-" + have)
        if os.path.exists(stamp) and os.path.exists(PYTHON):
            with open(stamp) as file:
                if file.read() == fingerprint(have):
                    return True
    return False


def check_machine(kind: str) -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB[kind]:
        stop(
            "Not enough disk space: the packages need about %.1f GB and %.1f GB are free in %s."
            % (NEEDED_GB[kind], free, ROOT)
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop("This Python has no venv module. On Debian and Ubuntu: apt install python3.11-venv")


def run(command: list[str], what: str) -> None:
    """Run pip with its words in the log; on a terminal a counter shows that it moves."""
    started = time.monotonic()
    with open(LOG, "a") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, cwd=ROOT
        )
        lines: list[str] = []
        packages = 0
        for line in process.stdout or ():
            log.write(line)
            lines.append(line)
            packages += line.startswith("Collecting ")
            if sys.stdout.isatty():
                print("\r  %s: %d packages, %d s " % (what, packages, time.monotonic() - started), end="")
    if sys.stdout.isatty():
        print("\r" + " " * 70 + "\r", end="")
    if process.wait():
        explain(what, lines)
    say("%s: done in %d s" % (what, time.monotonic() - started))


def explain(what: str, lines: list[str]) -> NoReturn:
    text = "".join(lines)
    if "No space left" in text:
        stop("The disk is full: free some space and run the same command again.")
    if "No matching distribution" in text or "Could not find a version" in text:
        last = [line for line in lines if line.startswith("ERROR")][-1:]
        stop("A package is not offered for this machine. %sWhole log: %s" % ("".join(last), LOG))
    if "Failed to establish a new connection" in text or "Temporary failure" in text:
        stop("The package index cannot be reached: is there a network, or a proxy to name? Log: " + LOG)
    stop("%s failed: %s  Whole log: %s" % (what, "".join(lines[-3:]), LOG))


def locked_torch() -> str:
    with open(locks("base")[0]) as file:
        return next(line.strip() for line in file if line.startswith("torch=="))


def install(kind: str) -> None:
    os.makedirs(os.path.dirname(LOG), exist_ok=True)
    if not os.path.exists(PYTHON):
        say("Making a virtual environment in .venv")
        subprocess.check_call([sys.executable, "-m", "venv", VENV])
    pip = [PYTHON, "-m", "pip", "install", "--progress-bar", "off", "--disable-pip-version-check"]
    torch = locked_torch()
    say("To be fetched: %s (190 MB as a CPU-only wheel; where pip's configuration offers only the" % torch)
    say("GPU build, several GB: README, “A CPU-only wheel”), then about 100 packages (300 MB).")
    # torch first and by itself: a dependant's looser range could bring the GPU libraries instead.
    run([*pip, torch], "PyTorch")
    run([*pip, "-r", locks(kind)[-1]], "The other packages")
    with open(os.path.join(VENV, "helice-" + kind), "w") as file:
        file.write(fingerprint(kind))


def main(kind: str) -> None:
    if sys.version_info[:2] != (3, 11):
        stop(
            "Hélice needs Python 3.11, and this is %d.%d. Install it, or name it: make PYTHON=/path/to/it …"
            % sys.version_info[:2]
        )
    if is_current(kind):
        return
    check_machine(kind)
    try:
        install(kind)
    except OSError as error:
        stop("Set-up stopped: %s." % error.strerror if error.errno != 28 else "The disk is full.")
    except KeyboardInterrupt:
        stop("Stopped. The same command goes on where this one ended.")


if __name__ == "__main__":
    main(sys.argv[1])
