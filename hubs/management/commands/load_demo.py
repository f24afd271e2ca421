"""Writes the demo country into the database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from hubs.demo import loader
from hubs.models import Hub

FOLDER = Path(loader.__file__).parent
SHOWN_ROLES = {
    "startup_founder": "founder of a startup",
    "agency_official": "official of an agency that posts challenges",
    "curator": "curator",
    "researcher": "researcher with matches",
    "rd_manager": "R&D manager of a company",
    "researcher_abroad": "researcher abroad",
}


class Command(BaseCommand):
    help = "Write the demo country: hubs, organisations, people, profiles and challenges, all invented."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--country", default="mx", help="which demo country (a folder of hubs/demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = FOLDER / options["country"]
        if not folder.is_dir():
            raise CommandError(f"There is no demo country {options['country']!r} under hubs/demo.")
        if Hub.objects.filter(is_demo=True).exists():
            self.stdout.write("The demo country is there already; nothing was changed.")
            return
        if Organisation.objects.exists():
            raise CommandError("This database holds real organisations; the demo is not mixed in.")
        loaded = loader.load(folder)
        self.write_accounts(folder)
        self.stdout.write(
            f"Demo country: {len(loaded.hubs)} hubs, {len(loaded.organisations)} organisations, "
            f"{len(loaded.profiles)} profiles, {len(loaded.challenges)} challenges."
        )

    def write_accounts(self, folder: Path) -> None:
        """For whoever starts the demo: with which accounts to sign in."""
        named = [row for row in loader.read(folder, "people.yaml") if row["roles"] != ["owner"]]
        accounts = [
            {"email": row["email"], "role": ", ".join(SHOWN_ROLES.get(role, role) for role in row["roles"])}
            for row in named
        ]
        text = json.dumps({"password": loader.PASSWORD, "accounts": accounts}, indent=1)
        settings.HELICE_VAR.mkdir(parents=True, exist_ok=True)
        (settings.HELICE_VAR / "demo-accounts.json").write_text(text)
