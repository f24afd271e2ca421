from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import admin_letters, brand, emails, receivers  # noqa: F401 - all but emails register themselves

        emails.register_letters()
