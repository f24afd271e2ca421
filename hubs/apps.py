from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"

    def ready(self) -> None:
        from accounts.queries import add_to_download

        from . import (  # noqa: F401 - listening begins
            computing_privacy,
            contact_emails,
            contact_receivers,
            emails,
            jobs,
            receivers,
            response_news,
            response_privacy,
            triggers,
            workspace_privacy,
        )
        from .queries import held_about

        contact_emails.register_all()
        emails.register_all()
        jobs.register_all()
        response_news.register_all()
        add_to_download("hubs", held_about)
        add_to_download("responses", response_privacy.held_about)
        add_to_download("computing", computing_privacy.held_about)
        add_to_download("workspaces", workspace_privacy.held_about)
