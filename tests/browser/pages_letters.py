"""The list of news, and on whom attention fell in a round."""

from typing import Any

from accounts.models import NewsItem
from accounts.news import notify
from matching.models import AllocationRound, LearnedModel
from matching.pipeline.allocating import keep_round
from matching.pipeline.learning import keep_learning
from matching.ranking import ENGINE
from tests.browser.addresses import Address, nothing
from tests.browser.country import Country


def news(country: Country) -> list[Any]:
    """One unread, one read."""
    person = country.user("researcher").person
    for number in range(2):
        notify(
            person=person,
            family="account",
            kind="letters_stopped",
            url="/es/my/preferences/",
            key=f"walked:{number}",
        )
    NewsItem.objects.filter(person=person, key__startswith="walked:1").update(read_at="2026-11-01T12:00Z")
    return []


def grow(country: Country) -> None:
    """Fifty more, which ask no more questions."""
    person = country.user("researcher").person
    NewsItem.objects.bulk_create(
        NewsItem(person=person, family="account", kind="letters_stopped") for _ in range(50)
    )


def made_round(_country: Country) -> list[Any]:
    keep_round()
    return [AllocationRound.objects.exclude(done_at=None)[0].period]


def with_a_round(country: Country) -> list[Any]:
    made_round(country)
    return []


def learned(_country: Country) -> list[Any]:
    """A first look with too few answers, and a model that is in use."""
    counts = {"yes": 812, "no": 240, "silent": 9120}
    LearnedModel.objects.all().delete()
    keep_learning(again=True)
    ways = {"learned": [0.25, 0.24, 0.27], "engine": [0.32, 0.31, 0.34], "difference": [-0.07, -0.08, -0.06]}
    measures = dict.fromkeys(("log_loss", "brier", "ndcg", "auc"), ways)
    calibration = [[number / 25, number / 25 + 0.01, 120] for number in range(10)]
    measured = {"counts": counts, "fitted": 400, "judged": 210, "calibration": {"learned": calibration}}
    LearnedModel.objects.create(
        until="2026-10-01T09:00Z", engine=ENGINE, coefficients={}, measured=measured | measures, is_on=True
    )
    return []


PAGES: dict[str, dict[str, Address]] = {
    "newcomer": {"accounts:news": nothing},
    "researcher": {"accounts:news": news},
    "curator": {
        "matching:round_list": with_a_round,
        "matching:round": made_round,
        "matching:learning": learned,
    },
}
# They act and lead on.
NOT_WALKED = {"accounts:letters_again", "accounts:news_open", "accounts:news_read"}
