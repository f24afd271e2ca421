"""Somebody's own profiles, with what the page of their matches asks of them."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.models import Profile, ProfileItem, User

from .models import Subject


@dataclass(frozen=True)
class Own:
    """Somebody's profiles; keys of those that they may change; whether others can look anything up;
    whether one of them is just being compared."""

    profiles: list[Profile]
    editable: set[int]
    proven: bool
    comparing: bool


def own_profiles(user: User) -> Own:
    """In one query."""
    mine = Profile.objects.editable_by(user).filter(pk=OuterRef("pk"))
    shown = ProfileItem.objects.filter(profile=OuterRef("pk"), role=ProfileItem.Role.EVIDENCE)
    stale = Subject.objects.filter(profile=OuterRef("pk"), stale_since__isnull=False)
    found = Profile.objects.of(user).select_related("person", "organisation")
    profiles = list(
        found.annotate(may_edit=Exists(mine), has_evidence=Exists(shown), comparing=Exists(stale))
    )
    editable = {profile.pk for profile in profiles if vars(profile)["may_edit"]}
    return Own(
        profiles,
        editable,
        any(vars(profile)["has_evidence"] for profile in profiles),
        any(vars(profile)["comparing"] for profile in profiles),
    )
