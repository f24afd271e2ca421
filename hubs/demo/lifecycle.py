"""Challenges on their way: a change that waits for a curator, one that was accepted, comments in review, and
an organisation that asks to join another's."""

from datetime import datetime, timedelta

from accounts.models import Organisation, Person

from ..models import Challenge, ChallengeRevision, ChallengeStep, CoPoster, ReviewComment

WAITS, CHANGED, COMMENTED, JOINED = "arsenico-zimapan", "retina-rural", "baches-foto", "fugas-monterrey"


def load_lifecycle(
    challenges: dict[str, Challenge], organisations: dict[str, Organisation], now: datetime
) -> None:
    """Rows of the demo's own challenges, by their keys in challenges.yaml; of another country's, none."""
    if WAITS in challenges:
        wait_for_a_curator(challenges[WAITS])
        change(challenges[CHANGED], now)
        comment(challenges[COMMENTED])
        join(challenges[JOINED], organisations)


def curator_of(challenge: Challenge) -> Person | None:
    return Person.objects.filter(hub_memberships__hub=challenge.hub, hub_memberships__role="curator").first()


def wait_for_a_curator(challenge: Challenge) -> None:
    assert challenge.closes_at  # noqa: S101 - the demo's challenges have their dates
    ChallengeRevision.objects.create(
        challenge=challenge,
        changes={"closes_at": (challenge.closes_at + timedelta(days=14)).isoformat()},
        why="Dos comités pidieron dos semanas más para reunir sus muestras de agua.",
        proposed_by=challenge.author,
    )


def change(challenge: Challenge, now: datetime) -> None:
    """Public already: what was offered before is not kept, only that it changed and why."""
    ChallengeRevision.objects.create(
        challenge=challenge,
        changes={"offer_site": challenge.offer_site},
        why="La jurisdicción sanitaria ofrece ahora doce clínicas para la prueba.",
        state=ChallengeRevision.State.ACCEPTED,
        proposed_by=challenge.author,
        decided_by=curator_of(challenge),
        decided_at=now - timedelta(days=2),
    )
    ChallengeStep.objects.create(
        challenge=challenge,
        actor=curator_of(challenge),
        from_status=challenge.status,
        to_status=challenge.status,
        note="La jurisdicción sanitaria ofrece ahora doce clínicas para la prueba.",
        at=now - timedelta(days=2),
    )


def comment(challenge: Challenge) -> None:
    said = [
        ("needs", "¿Cuántas calles recorre cada camión? Sin eso nadie puede calcular cuántas cámaras pedir."),
        ("when", "Quedan diez días entre apertura y cierre; suma al menos dos semanas."),
    ]
    for part, text in said:
        ReviewComment.objects.create(
            challenge=challenge,
            part=part,
            text=text,
            author=curator_of(challenge),
            step=challenge.steps.last(),
        )


def join(challenge: Challenge, organisations: dict[str, Organisation]) -> None:
    agencies = (one for one in organisations.values() if one.kind == Organisation.Kind.GOVERNMENT)
    other = next(one for one in agencies if one.pk != challenge.organisation_id)
    CoPoster.objects.create(
        challenge=challenge,
        organisation=other,
        asked_by=other.owners().first(),
        line="En nuestra red pasa lo mismo: tubería de asbesto-cemento y fugas que no salen a la calle.",
    )
