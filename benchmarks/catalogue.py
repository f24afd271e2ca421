"""A made-up country for benchmarks, of any size, written straight into the database: no model runs for it.

A thousand themes in two languages, each embedded once by the real encoder. Every passage and every need says
one theme in words of its own; its vector is that of the theme, moved at random. So vectors and spelling lie
about as in a real catalogue, where most have nothing to do with each other and a few nearly everything.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

WHAT = (
    ("arsénico en pozos de agua potable", "arsenic in drinking water wells"),
    ("humedad del suelo en parcelas de maíz", "soil moisture in maize fields"),
    ("plagas del aguacate", "pests of avocado trees"),
    ("baches en calles y carreteras", "potholes in streets and roads"),
    ("diabetes en personas mayores", "diabetes in elderly people"),
    ("residuos electrónicos", "electronic waste"),
    ("fugas en redes de agua", "leaks in water networks"),
    ("lenguas indígenas en la escuela", "indigenous languages at school"),
    ("paneles solares en techos", "solar panels on roofs"),
    ("inundaciones en barrios bajos", "floods in low-lying districts"),
    ("tráfico en cruces peligrosos", "traffic at dangerous crossings"),
    ("vacunas en clínicas rurales", "vaccines in rural clinics"),
    ("incendios en bosques de pino", "fires in pine forests"),
    ("sargazo en playas del Caribe", "sargassum on Caribbean beaches"),
    ("baterías de litio usadas", "used lithium batteries"),
    ("leche de cabra de pequeños productores", "goat milk of small producers"),
    ("expedientes clínicos en papel", "clinical records on paper"),
    ("empaques de plástico de un solo uso", "single-use plastic packaging"),
    ("calidad del aire en el valle", "air quality in the valley"),
    ("semillas nativas de frijol", "native bean seeds"),
    ("rutas de recolección de basura", "waste collection routes"),
    ("violencia contra mujeres en el transporte", "violence against women on transport"),
    ("artesanías de barro", "clay crafts"),
    ("cadena de frío de pescado", "cold chain of fish"),
    ("terremotos en edificios antiguos", "earthquakes in old buildings"),
    ("trámites de licencias municipales", "municipal licence procedures"),
    ("colonias de abejas", "colonies of bees"),
    ("lixiviados de rellenos sanitarios", "leachate of landfills"),
    ("prótesis de mano para niños", "hand prostheses for children"),
    ("deserción en preparatorias", "dropouts in high schools"),
    ("robo de combustible en ductos", "fuel theft from pipelines"),
    ("cultivos en invernadero", "greenhouse crops"),
    ("manglares de la costa", "mangroves of the coast"),
    ("alumbrado público", "public lighting"),
    ("cáncer de mama en etapas tempranas", "early breast cancer"),
    ("fármacos falsificados", "counterfeit medicines"),
    ("turbinas de viento pequeñas", "small wind turbines"),
    ("aguas residuales de textiles", "waste water of textile mills"),
    ("microcréditos para comerciantes", "microcredit for shopkeepers"),
    ("archivos históricos en microfilm", "historical archives on microfilm"),
)
HOW = (
    ("Medir con sensores portátiles", "Measure with portable sensors"),
    ("Predecir con aprendizaje automático", "Predict by machine learning"),
    ("Detectar desde imágenes de satélite", "Detect in satellite images"),
    ("Reciclar y aprovechar", "Recycle and reuse"),
    ("Capacitar a la comunidad sobre", "Train the community about"),
    ("Diseñar políticas públicas para", "Design public policies for"),
    ("Modelar con simulaciones numéricas", "Model by numerical simulation"),
    ("Fabricar equipos de bajo costo para", "Build low-cost equipment for"),
    ("Registrar en una aplicación móvil", "Record in a mobile application"),
    ("Analizar en laboratorio", "Analyse in the laboratory"),
    ("Financiar proyectos sobre", "Finance projects about"),
    ("Vigilar con drones", "Watch with drones"),
    ("Certificar bajo normas oficiales", "Certify by official standards"),
    ("Automatizar con robots", "Automate with robots"),
    ("Evaluar el impacto social de", "Assess the social impact of"),
    ("Optimizar la logística de", "Optimise the logistics of"),
    ("Proteger con nuevos materiales", "Protect with new materials"),
    ("Tratar con bacterias y plantas", "Treat with bacteria and plants"),
    ("Visualizar en mapas abiertos", "Show on open maps"),
    ("Documentar con historias orales de", "Document by oral histories of"),
    ("Conectar por radio de largo alcance", "Connect by long-range radio"),
    ("Reparar y dar mantenimiento a", "Repair and maintain"),
    ("Vender en línea", "Sell online"),
    ("Comparar en ensayos clínicos", "Compare in clinical trials"),
    ("Prevenir con alertas tempranas", "Prevent by early warnings"),
)
WHERE = (
    ("con municipios de la sierra", "with mountain towns"),
    ("junto a universidades públicas", "together with public universities"),
    ("desde hace cinco años", "for five years now"),
    ("en tres estados del norte", "in three northern states"),
    ("con datos abiertos y verificables", "with open data that can be checked"),
    ("para pequeñas empresas familiares", "for small family firms"),
    ("por encargo del gobierno estatal", "commissioned by the state government"),
    ("con un equipo de doce personas", "with a team of twelve"),
    ("en zonas sin conexión a internet", "in places without internet"),
    ("a partir de una patente propia", "based on a patent of our own"),
    ("y publicamos los resultados", "and we publish the results"),
    ("con talleres para jóvenes", "with workshops for young people"),
)
LANGUAGES = ("es", "en")
MOVED = 0.42  # length of what moves a passage's vector away from its theme's, of length 1
ENGLISH = 0.3  # of profiles and challenges
AT_ONCE = 2000  # profiles
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Themes:
    """The words and vectors of all themes, each (languages, themes, …)."""

    texts: list[list[str]]
    asked: Floats
    given: Floats
    model: str


def themes() -> Themes:
    """Embedded by the encoder that the settings name, and kept beside its folder for the next time."""
    from django.conf import settings

    from matching import pipeline

    texts = [[f"{how[side]} {what[side]}" for what in WHAT for how in HOW] for side in range(len(LANGUAGES))]
    model = pipeline.model_name()
    digest = hashlib.sha256(repr((texts, model)).encode()).hexdigest()[:12]
    kept = settings.HELICE_MODELS / f"benchmark-themes-{digest}.npz"
    if not kept.exists():
        encoder = pipeline.encoder()
        asked = np.stack([encoder.encode(side, "query") for side in texts])
        given = np.stack([encoder.encode(side, "passage") for side in texts])
        np.savez(kept, asked=asked, given=given)
    vectors = np.load(kept)
    return Themes(texts, vectors["asked"], vectors["given"], model)


class Country:
    """Writes profiles and challenges. The same seed gives the same country."""

    def __init__(self, seed: int = 1) -> None:
        self.random = np.random.default_rng(seed)
        self.themes = themes()
        self.number = 0

    def add_profiles(self, count: int, items: int = 8) -> None:
        """Researchers with `items` offers each, of a few themes about the same thing or the same way."""
        for start in range(0, count, AT_ONCE):
            self._profiles(min(AT_ONCE, count - start), items)

    def add_challenges(self, count: int, needs: int = 5) -> None:
        """Open challenges with `needs` needs each, of two themes."""
        from accounts.models import Organisation
        from hubs.models import Challenge, Hub, Need

        hub = Hub.objects.filter(slug="benchmark").first() or Hub.objects.create(
            kind="nation", slug="benchmark", name="Benchmark", summary="For benchmarks."
        )
        poster = Organisation.objects.filter(name="Benchmark").first() or Organisation.objects.create(
            name="Benchmark", kind="government"
        )
        opened, closed = _now() - timedelta(days=1), _now() + timedelta(days=90)
        sides = (self.random.random(count) < ENGLISH).astype(int)
        drafts = [
            Challenge(
                organisation=poster, hub=hub, status="published", title=f"Reto {self._next()}",
                language=LANGUAGES[side], opens_at=opened, closes_at=closed,
            )
            for side in sides.tolist()
        ]  # fmt: skip
        challenges = Challenge.objects.bulk_create(drafts, batch_size=500)
        chosen = [self.related(needs, 2) for _ in challenges]
        needed = [
            Need(
                challenge=challenge, position=place, text=self.words(theme, side),
                weight="nice" if place > 2 else "must",
            )
            for challenge, side, own in zip(challenges, sides.tolist(), chosen, strict=True)
            for place, theme in enumerate(own)
        ]  # fmt: skip
        made = Need.objects.bulk_create(needed, batch_size=500)
        side_of, theme_of = np.repeat(sides, needs), np.concatenate(chosen)
        vectors = self._moved(self.themes.asked[side_of, theme_of])
        owners = {challenge.pk: self._subject(challenge=challenge) for challenge in challenges}
        rows = [(owners[need.challenge_id], "need", None, need, need.position) for need in made]
        self._passages(rows, side_of, vectors)

    def words(self, theme: int, side: int) -> str:
        """A theme in words of its own."""
        ends = self.random.choice(len(WHERE), 2, replace=False).tolist()
        return f"{self.themes.texts[side][theme]} {' '.join(WHERE[end][side] for end in ends)}."

    def theme(self) -> int:
        return int(self.random.integers(len(WHAT) * len(HOW)))

    def _profiles(self, count: int, items: int) -> None:
        from accounts.models import Person, Profile, ProfileItem

        now = _now()
        sides = (self.random.random(count) < ENGLISH).astype(int)
        people = Person.objects.bulk_create(
            [Person(name=f"Persona {self._next()}") for _ in range(count)], batch_size=500
        )
        profiles = Profile.objects.bulk_create(
            [
                Profile(kind="researcher", person=person, confirmed_at=now, language=LANGUAGES[side])
                for person, side in zip(people, sides.tolist(), strict=True)
            ],
            batch_size=500,
        )
        chosen = [self.related(items, 3) for _ in profiles]
        made = ProfileItem.objects.bulk_create(
            [
                ProfileItem(
                    profile=profile, role="offer", position=place, text=self.words(theme, side),
                    language=LANGUAGES[side],
                )
                for profile, side, own in zip(profiles, sides.tolist(), chosen, strict=True)
                for place, theme in enumerate(own)
            ],
            batch_size=500,
        )  # fmt: skip
        side_of, theme_of = np.repeat(sides, items), np.concatenate(chosen)
        vectors = self._moved(self.themes.given[side_of, theme_of])
        owners = {profile.pk: self._subject(profile=profile) for profile in profiles}
        self._passages(
            [(owners[item.profile_id], "offer", item, None, item.position) for item in made], side_of, vectors
        )

    def related(self, count: int, different: int) -> NDArray[np.int64]:
        """`count` themes, of `different` ones that share what they are about or how."""
        what, how = int(self.random.integers(len(WHAT))), int(self.random.integers(len(HOW)))
        same_what = self.random.integers(0, len(HOW), different) + what * len(HOW)
        same_how = self.random.integers(0, len(WHAT), different) * len(HOW) + how
        few = np.where(self.random.random(different) < 0.7, same_what, same_how)
        return self.random.choice(few, count)

    def _moved(self, vectors: Floats) -> Floats:
        away = self.random.standard_normal(vectors.shape, np.float32)
        away *= MOVED / np.linalg.norm(away, axis=1, keepdims=True)
        found = vectors + away
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)

    def _subject(self, **of: Any) -> Any:
        from matching.models import Subject

        now = _now()
        return Subject(stale_since=None, matched_at=now, revised_at=now, **of)

    def _passages(
        self, rows: list[tuple[Any, str, Any, Any, int]], sides: NDArray[np.int64], vectors: Floats
    ) -> None:
        from django.db import transaction

        from matching.models import Passage, Subject
        from matching.vectors import next_version

        subjects = list({id(row[0]): row[0] for row in rows}.values())
        Subject.objects.bulk_create(subjects, batch_size=500)
        with transaction.atomic():
            version = next_version()
            Passage.objects.bulk_create(
                (
                    Passage(
                        subject=subject, role=role, item=item, need=need, position=position,
                        language=LANGUAGES[side], text=(item or need).text, text_hash=uuid.uuid4().hex,
                        model=self.themes.model, vector=vector, version=version,
                    )
                    for (subject, role, item, need, position), side, vector in zip(
                        rows, sides.tolist(), vectors, strict=True
                    )
                ),
                batch_size=500,
            )  # fmt: skip

    def _next(self) -> int:
        self.number += 1
        return self.number


def _now() -> datetime:
    from django.utils import timezone

    return timezone.now()
