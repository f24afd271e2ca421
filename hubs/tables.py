"""Large tables for curators, made by a worker while they do something else."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import ngettext

from accounts import exports
from accounts.jobs import Work
from accounts.models import Profile
from accounts.queries import with_owner

from .models import Challenge, Hub

EXPORTED = 500  # rows that are read at once

CHALLENGE_HEADS = (
    *("id", "address", "title", "summary", "status", "organisation", "shown_as", "hub", "state", "sector"),
    *(
        "fields",
        "sdgs",
        "opens_at",
        "closes_at",
        "trl_from",
        "trl_to",
        "needs",
        "submitted_at",
        "published_at",
    ),
)


def export_challenges(work: Work) -> str:
    """Those of the curator's hubs that they may read, drafts of others not among them."""
    user = work.by
    hubs = Hub.objects.curated_by(user)
    nation = hubs.filter(kind=Hub.Kind.NATION).values("country")
    found = Challenge.objects.visible_to(user)
    found = found.filter(hub__in=hubs.values("pk")) | found.filter(country__in=nation)
    found = found.select_related("organisation", "hub").prefetch_related("needs").order_by("pk").distinct()
    return _export(work, "challenges", CHALLENGE_HEADS, found, challenge_row)


def challenge_row(challenge: Challenge) -> list[Any]:
    """Without its contact, which nobody has before an introduction."""
    return [
        challenge.public_id,
        f"{settings.HELICE_URL.rstrip('/')}{challenge.get_absolute_url()}",
        challenge.title,
        challenge.summary,
        challenge.status,
        challenge.organisation.name,
        challenge.organisation_shown,
        challenge.hub.slug,
        challenge.state,
        challenge.sector,
        challenge.fields,
        challenge.sdgs,
        challenge.opens_at,
        challenge.closes_at,
        challenge.trl_from,
        challenge.trl_to,
        [need.text for need in challenge.needs.all()],
        challenge.submitted_at,
        challenge.published_at,
    ]


PROFILE_HEADS = (
    *("id", "address", "kind", "name", "institution", "state", "municipality", "sector", "fields", "stage"),
    *("size", "trl", "summary", "language", "claimed", "offers", "seeks", "evidence"),
)


def export_profiles(work: Work) -> str:
    """The directory as the curator sees it; without addresses of anybody."""
    found = with_owner(Profile.objects.visible_to(work.by)).prefetch_related("items").order_by("pk")
    return _export(work, "profiles", PROFILE_HEADS, found, profile_row)


def profile_row(profile: Profile) -> list[Any]:
    said: dict[str, list[str]] = {"offer": [], "seek": [], "evidence": []}
    for item in profile.items.all():
        said[item.role].append(str(item))
    return [
        profile.public_id,
        f"{settings.HELICE_URL.rstrip('/')}{profile.get_absolute_url()}",
        profile.kind,
        profile.name,
        profile.institution_shown,
        profile.state,
        profile.municipality,
        profile.sector,
        profile.fields,
        profile.stage,
        profile.size,
        profile.trl,
        profile.summary,
        profile.language,
        profile.is_claimed,
        said["offer"],
        said["seek"],
        said["evidence"],
    ]


def _export(
    work: Work, name: str, heads: Sequence[str], found: Any, row: Callable[[Any], Sequence[Any]]
) -> str:
    """From the beginning if a worker fell: nothing of it is seen before all of it is there."""
    total = found.count()
    work.report(0, total)

    def rows() -> Iterable[Sequence[Any]]:
        last, done = 0, 0
        while part := list(found.filter(pk__gt=last)[:EXPORTED]):
            yield from (row(each) for each in part)
            last, done = part[-1].pk, done + len(part)
            work.report(min(done, total), total)

    data = "".join(exports.lines(heads, rows())).encode()
    work.made(f"helice-{name}.csv", exports.CONTENT_TYPE, data)
    return ngettext("%(n)d row.", "%(n)d rows.", work.done) % {"n": work.done}
