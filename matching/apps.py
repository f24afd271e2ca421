from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from accounts.jobs import add_progress
        from accounts.queries import add_to_download
        from accounts.suggestions import answer_by
        from hubs.desk import add_likeness, add_reasons

        from . import (  # noqa: F401 - listening begins
            admin_gaps,
            checks,
            curating,
            curating_groups,
            emails,
            looking,
            problems,
            reading_profiles,
            receivers,
            suggesting,
            teaming,
        )
        from .queries import held_about
        from .searching import meaning  # noqa: F401 - answers

        emails.register_letters()
        add_to_download("matching", held_about)
        add_likeness(curating_groups.alike)
        add_reasons(curating_groups.reasons)
        answer_by(reading_profiles.near)
        add_progress(curating.rebuilds_shown)
