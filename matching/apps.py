from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from accounts.queries import add_to_download

        from . import checks, emails, receivers  # noqa: F401 - listening begins
        from .queries import held_about

        emails.register_letters()
        add_to_download("matching", held_about)
