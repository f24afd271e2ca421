"""What people do with each other in the made-up country of benchmarks/registry.py: as its readers see it."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.registry import Registry

PROGRAMMES, REQUESTS, EVENTS, NEWS = 400, 300, 60, 60
RESPONSES, EVALUATORS, ALIKE, FITTING = 50, 5, 5, 10


@dataclass
class Collaboration:
    """Writes it; `words` gives a sentence or several, `now` is when the country was made."""

    found: "Registry"
    profiles: list[Any]
    challenges: list[Any]
    hubs: list[Any]
    words: Any
    now: Any
    random: random.Random

    def write(self) -> None:
        self.posted = [one for one in self.challenges if one.status == "published"]
        self.programmes()
        self.consortia()
        self.evaluation()
        self.requests()
        self.events()
        self.news()
        self.alike()

    def keep(self, kind: str, rows: list[Any]) -> None:
        self.found.ids[kind] = [str(one.public_id) for one in rows]

    def programmes(self) -> None:
        """Open ones, with those that fit each open challenge and the readers' profiles."""
        from hubs.models import Programme
        from matching.models import ProgrammeMatch, Subject

        organisations = list({one.organisation_id: one.organisation for one in self.challenges}.values())
        kinds = list(Programme.Kind.values)
        made = [
            Programme(
                kind=kinds[number % len(kinds)], organisation=self.random.choice(organisations),
                title=f"{self.words()[:140]} {number}", summary=self.words()[:290], is_published=True,
                description=self.words(8), who_may=["researcher"] if number % 3 else [],
                closes_at=self.now + timedelta(days=self.random.randint(1, 200)),
            )
            for number in range(PROGRAMMES)
        ]  # fmt: skip
        for one in made:
            one.set_search()
        Programme.objects.bulk_create(made)
        self.keep("programmes", made[:20])
        own = {self.found.ids[f"profiles {role}"][0] for role in ("researcher", "owner")}
        asked = Subject.objects.filter(challenge__in=self.posted) | Subject.objects.filter(
            profile__public_id__in=own
        )
        reason = {"text": self.words(), "language": "es", "items": []}
        rows = [
            ProgrammeMatch(
                programme=one, subject=subject, score=self.random.random(), strength="good",
                reason=reason, statistics_id="benchmark",
            )
            for subject in asked
            for one in self.random.sample(made, FITTING)
        ]  # fmt: skip
        ProgrammeMatch.objects.bulk_create(rows, batch_size=1000)

    def consortia(self) -> None:
        """One for each open challenge, of three; the researcher leads some of them."""
        from hubs.models import Consortium, Member

        made = Consortium.objects.bulk_create(
            [
                Consortium(challenge=one, name=f"{self.words()[:90]} {number}", about=self.words(3))
                for number, one in enumerate(self.posted)
            ]
        )
        members = []
        for number, one in enumerate(made):
            led = [self.profiles[0]] if number < len(made) // 4 else []
            others = self.random.sample(self.profiles[1:], 3 - len(led))
            for place, profile in enumerate([*led, *others]):
                members.append(
                    Member(
                        consortium=one, profile=profile, role="member" if place else "coordinator",
                        state="accepted", share=self.words(),
                    )
                )  # fmt: skip
        Member.objects.bulk_create(members, batch_size=1000)
        self.keep("consortia", made[:10])

    def evaluation(self) -> None:
        """Responses to a challenge of the official's, scored by some; the researcher scores, too."""
        from hubs.models import Challenge, Criterion, Evaluator, Response, Score

        official = set(self.found.ids["challenges official"])
        poster = next(one.organisation_id for one in self.challenges if str(one.public_id) in official)
        judged = next(
            one for one in self.challenges if one.organisation_id == poster and one.status == "closed"
        )
        Challenge.objects.filter(pk=judged.pk).update(status="in_evaluation")
        criteria = Criterion.objects.bulk_create(
            [Criterion(challenge=judged, position=place, question=self.words()[:190]) for place in range(4)]
        )
        people = [self.found.users["researcher"].person]
        people += [one.person for one in self.profiles[1:EVALUATORS]]
        evaluators = Evaluator.objects.bulk_create(
            [
                Evaluator(challenge=judged, person=one, state="accepted", declared_at=self.now)
                for one in people
            ]
        )
        responses = Response.objects.bulk_create(
            [self.response(judged, one) for one in self.profiles[100 : 100 + RESPONSES]]
        )
        Score.objects.bulk_create(
            Score(evaluator=evaluator, response=response, criterion=criterion, value=3)
            for evaluator in evaluators[1:]
            for response in responses
            for criterion in criteria
        )
        own = Response.objects.bulk_create(
            [self.response(one, self.profiles[0]) for one in self.posted[:RESPONSES]]
        )
        others = [
            self.response(challenge, profile)
            for challenge in self.posted[:200]
            for profile in self.random.sample(self.profiles[1:], 5)
        ]
        Response.objects.bulk_create(others, batch_size=1000)
        self.found.ids["challenges official"].append(str(judged.public_id))
        self.keep("responses", [*own[:5], *responses[:5]])
        self.keep("evaluations", evaluators[:1])
        self.found.ids["response_id"] = [str(one.public_id) for one in responses[:5]]

    def response(self, challenge: Any, profile: Any) -> Any:
        from hubs.models import Response

        told = {"title": self.words()[:79], "approach": self.words(5)[:800], "plan": self.words(5)[:1000]}
        return Response(
            challenge=challenge, profile=profile, state="submitted", submitted_at=self.now,
            submitted={**told, "language": "es", "needs": [], "evidence": [], "who": ""}, **told,
        )  # fmt: skip

    def requests(self) -> None:
        from hubs.models import PartnerRequest

        made = PartnerRequest.objects.bulk_create(
            [
                PartnerRequest(
                    challenge=self.posted[number % len(self.posted)], title=self.words()[:89],
                    profile=self.profiles[0] if number < 5 else self.random.choice(self.profiles),
                    outline=self.words(4), work=self.words(2), skills=self.words(),
                    closes_at=self.now + timedelta(days=60),
                )
                for number in range(REQUESTS)
            ]
        )  # fmt: skip
        self.keep("partners", made[:10])

    def events(self) -> None:
        from hubs.models import HubEvent

        made = HubEvent.objects.bulk_create(
            [
                HubEvent(
                    hub=self.hubs[0], title=self.words()[:150], text=self.words(4), place="Sede",
                    starts_at=self.now + timedelta(days=number + 1),
                    ends_at=self.now + timedelta(days=number + 1, hours=2),
                )
                for number in range(EVENTS)
            ]
        )  # fmt: skip
        self.keep("events", made[:10])

    def news(self) -> None:
        from accounts.models import NewsItem

        NewsItem.objects.bulk_create(
            NewsItem(
                person=user.person,
                family="challenges",
                kind="deadline_near",
                url="/",
                params={"title": "Agua", "at": "mañana"},
            )
            for user in self.found.users.values()
            for _ in range(NEWS)
        )

    def alike(self) -> None:
        from matching.models import SimilarChallenge, TeamProposal, TeamSearch

        SimilarChallenge.objects.bulk_create(
            [
                SimilarChallenge(challenge=one, other=other, score=self.random.random())
                for one in self.challenges
                for other in self.random.sample(self.posted, min(ALIKE, len(self.posted)))
                if other.pk != one.pk
            ],
            batch_size=1000,
        )
        TeamSearch.objects.bulk_create(
            TeamSearch(challenge=one, made_at=self.now, stale_since=None) for one in self.posted
        )
        TeamProposal.objects.bulk_create(
            TeamProposal(challenge=one, rank=rank, value=0.5, members=self.team())
            for one in self.posted
            for rank in (1, 2, 3)
        )

    def team(self) -> list[dict[str, Any]]:
        return [
            {"profile": one.pk, "poster": False, "needs": [], "adds": 0.3, "instead": []}
            for one in self.random.sample(self.profiles, 3)
        ]
