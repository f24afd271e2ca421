"""Fields of science and sectors that a profile's text seems to be about, for the floors below to show."""

from collections.abc import Sequence

from django.conf import settings

from .asking import ask

WAIT = 2.0  # seconds: somebody asked for it


def near(text: str, language: str, tables: Sequence[str]) -> dict[str, list[str]] | None:
    """Codes by table of the country's pack; None where no worker answers."""
    question = {
        "text": text,
        "language": language,
        "tables": list(tables),
        "country": settings.HELICE_COUNTRY,
    }
    answer = ask("suggest", question, WAIT)
    if answer is None or answer.get("failed"):
        return None
    return {table: [code for code, _sure in answer.get(table, [])] for table in tables}
