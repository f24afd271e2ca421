from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from . import emails, receivers  # noqa: F401 - listening begins

        emails.register_letters()
