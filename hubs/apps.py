from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"

    def ready(self) -> None:
        from . import emails

        emails.register_all()
