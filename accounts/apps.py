from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import emails, receivers  # noqa: F401 - the receivers connect themselves

        emails.register_letters()
