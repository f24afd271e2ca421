"""How much of a challenge is told that helps to find who can answer it, and what would help next, and why."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Challenge

LONG_ENOUGH = 400  # characters of a description
ENOUGH_NEEDS = 3
WORDS_OF_A_NEED = 8


@dataclass(frozen=True)
class Idea:
    """One thing to add, why it helps, the wizard's step where it is told, and how much it counts."""

    sentence: str
    why: str
    step: str
    weight: int


@dataclass(frozen=True)
class Meter:
    """`percent` of what helps that is told; `ideas` for the rest, those that help most first."""

    percent: int
    ideas: list[Idea]


def meter(challenge: Challenge) -> Meter:
    """Prefetch needs and translations where many are measured."""
    asked = list(_ideas(challenge))
    total = sum(idea.weight for _told, idea in asked)
    told = sum(idea.weight for is_told, idea in asked if is_told)
    left = [idea for is_told, idea in asked if not is_told]
    return Meter(round(100 * told / total), sorted(left, key=lambda idea: -idea.weight))


def _ideas(challenge: Challenge) -> Iterator[tuple[bool, Idea]]:
    yield from _about_the_problem(challenge)
    yield from _about_the_needs(challenge)
    yield from _about_the_frame(challenge)


def _about_the_problem(challenge: Challenge) -> Iterator[tuple[bool, Idea]]:
    yield (
        bool(challenge.title and challenge.summary),
        Idea(
            _("Give it a title, and say it in one line."),
            _("Lists, letters and searches show them first."),
            "problem",
            10,
        ),
    )
    yield (
        len(challenge.description) >= LONG_ENOUGH and "[" not in challenge.description,
        Idea(
            _(
                "Describe the problem in some eighty words or more: "
                "what happens, whom it affects, what you tried."
            ),
            _("Whoever could help decides by it whether to answer."),
            "problem",
            15,
        ),
    )
    yield (
        any(row.field == "title" for row in challenge.translations.all()),
        Idea(
            _("Translate at least the title and the line below it."),
            _("Matching reads both languages; people read faster in theirs."),
            "translation",
            5,
        ),
    )


def _about_the_needs(challenge: Challenge) -> Iterator[tuple[bool, Idea]]:
    needs = list(challenge.needs.all())
    short = [need for need in needs if len(need.text.split()) < WORDS_OF_A_NEED]
    yield (
        len(needs) >= ENOUGH_NEEDS,
        Idea(
            _("Name three needs or more, one thing in each."),
            _("Each need is matched by itself: one may have the method, another the equipment."),
            "needs",
            25,
        ),
    )
    sentence = ngettext(
        "Say more in the need that has fewer than eight words: of what, where, for what.",
        "Say more in the %(n)d needs that have fewer than eight words: of what, where, for what.",
        len(short) or 1,
    )
    yield (
        bool(needs) and not short,
        Idea(
            sentence % {"n": len(short)},
            _("Meanings of whole sentences are compared; two words fit everybody a little."),
            "needs",
            15,
        ),
    )
    yield (
        len({need.weight for need in needs}) > 1,
        Idea(
            _("Say which needs are indispensable and which are only desirable."),
            _("What is indispensable counts for more when people are put in order."),
            "needs",
            5,
        ),
    )


def _about_the_frame(challenge: Challenge) -> Iterator[tuple[bool, Idea]]:
    yield (
        bool(challenge.sector and challenge.fields),
        Idea(
            _("Choose the sector and the fields of science."),
            _("People filter, follow and count challenges by them."),
            "topics",
            10,
        ),
    )
    offers = (challenge.offer_money, challenge.offer_data, challenge.offer_site, challenge.offer_purchase)
    yield (
        any(offers),
        Idea(
            _("Say what you offer: data, a place to test, money or a purchase."),
            _("It is the first thing that those who could help ask for."),
            "offer",
            10,
        ),
    )
    yield (
        challenge.trl_from is not None,
        Idea(
            _("Say how mature an answer must be (TRL)."),
            _("Who has something at that level comes before who would have to begin."),
            "when",
            5,
        ),
    )
