"""Responses of the demo: criteria of every public challenge, pages handed in, and one still being written."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import Profile, ProfileItem

from ..answering import as_written, people_of, snapshot_of
from ..judging import usual_criteria
from ..models import Challenge, Criterion, Response, ResponseEvidence

# challenge, profile, handed in so many days ago (None: a draft), language, TRL, texts
ROWS: tuple[tuple[str, str, int | None, str, int, dict[str, str]], ...] = (
    (
        "fugas-monterrey",
        "s-gotera",
        3,
        "es",
        7,
        {
            "title": "Escuchar la red de noche y señalar cada fuga",
            "approach": "Colocamos sensores acústicos en registros durante la madrugada, cuando el "
            "consumo baja. Cada par de sensores ubica el ruido de una fuga con unos metros de error, y una "
            "cuadrilla lo confirma antes de abrir la calle.",
            "why_us": "Ya lo hicimos en colonias con tubería de distintas edades, y medimos cuántas fugas "
            "confirmó la cuadrilla.",
            "plan": "Mes 1: tres sectores con su plano. Meses 2 y 3: medición nocturna. "
            "Mes 4: informe de agua recuperada y costo por fuga. Necesitamos los planos y una cuadrilla.",
            "team": "Dos ingenieras de campo, un especialista en señales y quien coordina.",
        },
    ),
    (
        "fugas-monterrey",
        "c-labagua",
        1,
        "es",
        6,
        {
            "title": "Balance por sector con medidores temporales",
            "approach": "Medimos lo que entra y lo que se consume en cada sector durante dos semanas. "
            "Donde la diferencia es mayor, se busca primero.",
            "why_us": "Tenemos los medidores y el laboratorio que los calibra.",
            "plan": "Dos semanas por sector, seis sectores, y una lista ordenada de dónde abrir.",
            "team": "",
        },
    ),
    (
        "sargazo-llegadas",
        "c-labagua",
        None,
        "en",
        4,
        {
            "title": "Sampling what arrives, beach by beach",
            "approach": "We would sample the water off each beach every second day and compare it with "
            "images.",
            "why_us": "",
            "plan": "",
            "team": "",
        },
    ),
)


def load_responses(
    challenges: Mapping[str, Challenge], profiles: Mapping[str, Profile], now: datetime
) -> None:
    Criterion.objects.bulk_create(
        criterion
        for challenge in challenges.values()
        if challenge.is_public
        for criterion in usual_criteria(challenge)
    )
    for challenge, profile, days, language, trl, texts in ROWS:
        response = Response.objects.create(
            challenge=challenges[challenge], profile=profiles[profile], language=language, trl=trl, **texts
        )
        response.author = people_of(response).first()
        response.needs.set(challenges[challenge].needs.all()[:2])
        shown = profiles[profile].items.filter(role=ProfileItem.Role.EVIDENCE)[:3]
        ResponseEvidence.objects.bulk_create(
            ResponseEvidence(response=response, item=item, position=position, snapshot=snapshot_of(item))
            for position, item in enumerate(shown)
        )
        if days is not None:
            response.state = Response.State.SUBMITTED
            response.submitted_at = now - timedelta(days=days)
            response.submitted = as_written(response)
        response.save()
