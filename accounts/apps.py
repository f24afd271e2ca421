from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import admin_letters, emails, receivers  # noqa: F401 - the first and last register themselves

        emails.register_letters()
