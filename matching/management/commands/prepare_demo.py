"""All that the demo needs before its processes start, in one process."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from hubs.demo import loader
from matching import demo
from matching.country import counts
from matching.weights import NAME, ensure_model

FOLDER = Path(loader.__file__).parent / "mx"


class Command(BaseCommand):
    help = "Migrate, load the demo country, make the encoder's folder, collect static files. Quick when done."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("load_demo", stdout=self.stdout)
        demo.fill_boards(FOLDER)
        demo.fill_gaps(FOLDER)
        counts.renew()
        if settings.HELICE_ENCODER == "default":
            ensure_model(settings.HELICE_MODELS / NAME)
        call_command("collectstatic", interactive=False, verbosity=0)
