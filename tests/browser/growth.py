"""Fifty more of everything that a page of the demo country lists."""

from django.utils import timezone

from accounts.actions import invite
from accounts.models import Organisation, Profile, User
from hubs.models import Challenge, ChallengeStep, Hub, HubMembership, Need
from matching.models import Answer, Suspect
from tests import factories
from tests.browser.country import Country
from tests.matching.letters import make_match, make_reason

MANY, FEW = 50, 5
WORDS = "Sensores acústicos que oyen las fugas de la tubería principal."


def grow(country: Country) -> None:
    owner, official, curator = (country.user(role) for role in ("owner", "official", "curator"))
    posted, home = country.challenge(), country.loaded.hubs["mexico"]
    s_gotera = country.loaded.organisations["s-gotera"]
    g_mty = country.challenge("draft").organisation
    profiles = [more_people(country, s_gotera, number) for number in range(MANY)]
    challenges = [more_challenges(g_mty, home, number) for number in range(MANY)]
    for role in ("researcher", "owner"):
        more_items(country.profile(role))
        for challenge in challenges:
            make_match(country.profile(role), challenge, score=0.1)  # behind those that were there
    for profile, challenge in zip(profiles, challenges, strict=True):
        make_match(profile, posted, score=0.1)
        suspect(profile, posted)
        introduce(challenge, country.profile("owner"), owner)
        Need.objects.create(challenge=posted, text=WORDS, position=90)
        ChallengeStep.objects.create(challenge=posted, actor=official.person, to_status="published")
    for challenge in challenges[:FEW]:
        invite(organisation=s_gotera, by=owner)  # only so many may be open at once
        Answer.objects.create(
            profile=country.profile("researcher"), challenge=challenge, person=owner.person, answer="never"
        )
    for _number in range(MANY):
        HubMembership.objects.create(hub=factories.make_hub(), person=curator.person, role="curator")


def more_people(country: Country, organisation: Organisation, number: int) -> Profile:
    """A colleague of the owner's, an organisation of the owner's own, and a researcher of its place."""
    colleague = factories.make_user()
    factories.join(organisation, colleague)
    startup = factories.make_organisation("startup", state="19", municipality=f"Municipio {number}")
    factories.join(startup, country.user("owner"), "owner")
    more_items(factories.make_profile(startup, sector="221", state="19"), count=2)
    researcher = factories.make_researcher(colleague, institution=country.profile("researcher").institution)
    more_items(researcher, count=2)
    return researcher


def more_items(profile: Profile, count: int = MANY) -> None:
    for role in ("offer", "seek", "evidence"):
        for _number in range(count):
            factories.add_item(profile, role, WORDS)


def more_challenges(organisation: Organisation, hub: Hub, number: int) -> Challenge:
    """One of each state that has a list, and one that is open."""
    for status in ("draft", "in_review", "closed"):
        factories.make_challenge(
            organisation, hub=hub, status=status, submitted_at=timezone.now(), needs=(WORDS, WORDS)
        )
    return factories.make_challenge(organisation, hub=hub, needs=(WORDS, WORDS))


def introduce(challenge: Challenge, profile: Profile, by: User) -> None:
    reason = make_reason(challenge)
    factories.make_introduction(
        challenge, profile, state="accepted", asked_by=by.person, brings=WORDS, reason=reason
    )


def suspect(profile: Profile, challenge: Challenge) -> None:
    Suspect.objects.create(
        profile=profile, text=WORDS, text_hash="0", language="es", marks=["heap"], copied_from=challenge
    )
