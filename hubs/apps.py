from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"

    def ready(self) -> None:
        from accounts.queries import add_to_download

        from . import emails, jobs, receivers, triggers  # noqa: F401 - listening begins
        from .queries import held_about

        emails.register_all()
        jobs.register_all()
        add_to_download("hubs", held_about)
