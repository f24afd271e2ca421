"""The demo country, with matches, letters, introductions and a draft, for each role to walk through."""

from dataclasses import dataclass, field
from pathlib import Path
from re import findall
from urllib.parse import urlsplit
from uuid import UUID

from django.test import override_settings
from django.utils import timezone

from accounts import mailbox, mailer
from accounts.actions import invite
from accounts.models import Letter, LetterPreference, Profile, User
from hubs.actions import create_introduction
from hubs.demo import loader
from hubs.models import Challenge, Introduction
from matching import digests, pipeline
from matching.country import counts
from matching.models import Match, Passage, Suspect
from tests import factories
from tests.matching.letters import make_match, make_reason

DEMO = Path(loader.__file__).parent / "mx"
PEOPLE = {
    "researcher": "mayela.tuberia@demo.example",
    "owner": "ximena.ensayo@demo.example",
    "official": "abelardo.manometro@demo.example",
    "curator": "sagrario.brujula@demo.example",
    "newcomer": "recien.llegada@example.org",
}


@dataclass
class Country:
    """What the addresses of pages are made of."""

    loaded: loader.Loaded
    secrets: dict[str, str] = field(default_factory=dict)

    def user(self, role: str) -> User:
        return User.objects.get(email=PEOPLE[role])

    def profile(self, role: str) -> Profile:
        return Profile.objects.of(self.user(role)).order_by("pk")[0]

    def challenge(self, status: str = "published") -> Challenge:
        own = Challenge.objects.of(self.user("official")) if status == "draft" else Challenge.objects
        return own.filter(status=status).order_by("pk")[0]

    def unasked(self, role: str) -> tuple[UUID, UUID]:
        """Profile and challenge of a match whose poster was not asked for an introduction yet."""
        profile = self.profile(role)
        asked = Introduction.objects.filter(profile=profile).values("challenge")
        matched = Match.objects.live().filter(subject__profile=profile).values("target__challenge")
        left = Challenge.objects.filter(pk__in=matched).exclude(pk__in=asked).order_by("pk")
        return profile.public_id, left[0].public_id

    def introduction(self, state: str) -> Introduction:
        """Asked for by one of those who walk; the demo has others, too."""
        walking = User.objects.filter(email__in=PEOPLE.values()).values("person")
        return Introduction.objects.filter(state=state, asked_by__in=walking).order_by("pk")[0]


def build() -> Country:
    country = Country(loader.load(DEMO))
    pipeline.sweep()
    while pipeline.refresh_slice(seconds=30):
        pass
    pipeline.explaining.ask_for(Match.objects.current())
    while pipeline.explain_slice(seconds=30):
        pass
    praise(country)
    doubt(country)
    forget_password(country.user("researcher"))
    factories.make_user(PEOPLE["newcomer"], name="Recién Llegada")
    make_draft(country)
    ask(country)
    send_letters(country)
    counts.renew()
    return country


def forget_password(user: User) -> None:
    """She signs in by codes, so that she is offered to set one."""
    user.set_unusable_password()
    user.save()


def praise(country: Country) -> None:
    """The tests' encoder knows words, not meanings, and calls little strong: two good ones for each role."""
    for role in ("owner", "researcher"):
        profile = country.profile(role)
        had = Match.objects.filter(subject__profile=profile).values("target__challenge")
        others = Challenge.objects.open().exclude(pk__in=had).order_by("pk")
        for challenge, strength in zip(others[:2], ("strong", "good"), strict=True):
            make_match(profile, challenge, score=0.99, strength=strength)


def doubt(country: Country) -> None:
    """Two texts that look written to game the matching: one to be looked at, one decided."""
    offers = Passage.objects.filter(role="offer", subject__profile__visibility="public").order_by("pk")
    for offer, state in zip(offers.distinct()[:2], ("open", "fine"), strict=True):
        decided = state != "open"
        profile = offer.subject.profile
        assert profile
        Suspect.objects.create(
            profile=profile,
            text=offer.text,
            text_hash=offer.text_hash,
            language=offer.language,
            marks=["heap", "copy"],
            copied_from=country.challenge(),
            state=state,
            decided_by=country.user("curator").person if decided else None,
            decided_at=timezone.now() if decided else None,
        )


def make_draft(country: Country) -> None:
    official = country.user("official")
    factories.make_challenge(
        country.loaded.organisations["g-mty-fugas"],
        hub=country.loaded.hubs["mexico"],
        status="draft",
        author=official.person,
        title="Medir las fugas de metano del relleno sanitario",
        needs=("Drones que localicen las fugas de metano.", "Un modelo del viento en el valle."),
    )


def ask(country: Country) -> None:
    """One introduction waits, another is accepted."""
    official = country.user("official")
    challenge = Challenge.objects.open().filter(organisation__memberships__person=official.person)[0]
    for role in ("owner", "researcher"):
        asker, profile = country.user(role), country.profile(role)
        reason = make_reason(challenge)
        create_introduction(
            challenge=challenge,
            profile=profile,
            asked_by=asker,
            brings="Medimos fugas en Saltillo.",
            needs="Un relleno donde probarlo en marzo.",
            who="Un equipo de dos ingenieras.",
            reason=reason,
        )
    accepted = Introduction.objects.get(profile=country.profile("researcher"))
    accepted.state, accepted.slot, accepted.decided_by = "accepted", None, official.person
    accepted.decided_at = accepted.created_at
    accepted.save()


def send_letters(country: Country) -> None:
    """The owner's match letter lies in the demo's mailbox, with its secrets; so does a link that invites."""
    owner = country.user("owner")
    link = invite(organisation=country.loaded.organisations["s-gotera"], by=owner)
    country.secrets["invitation"] = urlsplit(link).path.split("/")[2]
    LetterPreference.objects.update_or_create(
        person=owner.person, family="matches", channel="email", defaults={"cadence": "at_once"}
    )
    digests.write_due_letters()
    with override_settings(EMAIL_BACKEND="accounts.mailbox.MailboxBackend"):
        for letter in Letter.objects.filter(person=owner.person):
            mailer.send(letter.pk)
    for envelope in mailbox.envelopes(owner.email):
        message = mailbox.read(envelope.name)
        text = mailbox.part(message, "plain") if message else ""
        if found := findall(r"/a/([\w-]+)/", text):
            unsubscribe = findall(r"/u/([\w-]+)/", text)[0]
            country.secrets |= {"letter": envelope.name, "answer": found[0], "unsubscribe": unsubscribe}
            return
    raise AssertionError("the owner got no match letter")
