from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import admin_letters, brand, emails, news_letters, receivers  # noqa: F401 - some register themselves

        emails.register_letters()
        news_letters.register_letters()
