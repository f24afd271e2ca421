"""Reads about the work after an award: who takes part, and what came of it as everybody may know it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import Person, Profile

from .models import Challenge, Member, Project, Response, Result

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

KEEPS = (Member.Role.COORDINATOR, Member.Role.MEMBER)


def profiles_at_work(response: Response, *roles: str) -> QuerySet[Profile]:
    """The profile that was selected, or those of the consortium's members in these roles."""
    if response.profile_id:
        return Profile.objects.filter(pk=response.profile_id)
    places = Member.objects.accepted().filter(consortium=response.consortium_id, role__in=roles or KEEPS)
    return Profile.objects.filter(pk__in=places.values("profile"))


def workers(project: Project) -> QuerySet[Person]:
    """Whoever may keep the workspace, and so have a milestone."""
    profiles = profiles_at_work(project.response)
    own = Q(profile__in=profiles.values("pk"))
    own |= Q(memberships__organisation__in=profiles.values("organisation"))
    found = Person.objects.filter(own, user__isnull=False)
    return Person.objects.filter(pk__in=found.order_by().values("pk")).order_by("name", "pk")


def for_reader(user: "User | AnonymousUser") -> QuerySet[Project]:
    """What the reader sees, with what the reader may do: `writes`, `leads`, `posts`."""

    def among(found: QuerySet[Project]) -> Exists:
        return Exists(found.filter(pk=OuterRef("pk")))

    return Project.objects.visible_to(user).annotate(
        writes=among(Project.objects.written_by(user)),
        leads=among(Project.objects.led_by(user)),
        posts=among(Project.objects.for_poster(user)),
    )


@dataclass(frozen=True)
class Total:
    """All results of one kind together."""

    label: str
    number: int
    amount: Decimal | None = None


def totals(projects: Iterable[Project]) -> dict[int, list[Total]]:
    """By project, in the order in which the kinds are named."""
    rows = (
        Result.objects.filter(project__in=[project.pk for project in projects])
        .order_by()
        .values("project", "kind")
        .annotate(n=Sum("number"), money=Sum("amount"))
    )
    order = list(Result.Kind.values)
    labels = dict(Result.Kind.choices)
    found: dict[int, list[Total]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: order.index(row["kind"])):
        found[row["project"]].append(Total(str(labels[row["kind"]]), row["n"], row["money"]))
    return found


@dataclass(frozen=True)
class Told:
    """What everybody may know of one piece of work that is completed."""

    project: Project
    who: Sequence[Profile] = ()  # as far as the reader may see them
    unseen: int = 0  # how many more took part
    results: Sequence[Total] = field(default_factory=list)

    @property
    def lessons(self) -> str:
        return self.project.lessons if self.project.lessons_public else ""


def told(challenge: Challenge, user: "User | AnonymousUser") -> list[Told]:
    """Names only of profiles that the reader may see; numbers of all."""
    projects = list(Project.objects.told().filter(challenge=challenge).select_related("response"))
    if not projects:
        return []
    taking = _taking_part(projects)
    keys = [pk for found in taking.values() for pk in found]
    seen = Profile.objects.visible_to(user).filter(pk__in=keys)
    by_key: dict[int, Any] = {one.pk: one for one in seen.select_related("person__user", "organisation")}
    summed = totals(projects)
    rows = []
    for project in projects:
        all_of_it = taking[project.pk]
        who = [by_key[pk] for pk in all_of_it if pk in by_key]
        rows.append(Told(project, who, len(all_of_it) - len(who), summed.get(project.pk, [])))
    return rows


def _taking_part(projects: Sequence[Project]) -> dict[int, list[int]]:
    """The profiles of each project; advisers too."""
    together = [one.response.consortium_id for one in projects if one.response.consortium_id]
    members: dict[int, list[int]] = defaultdict(list)
    if together:
        places = Member.objects.accepted().filter(consortium__in=together).order_by("pk")
        for consortium, profile in places.values_list("consortium", "profile"):
            members[consortium].append(profile)
    return {
        one.pk: [one.response.profile_id]
        if one.response.profile_id
        else members[one.response.consortium_id or 0]
        for one in projects
    }
