"""Who should meet whom: subjects, their passages, their matches, and what was shown and answered."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CodesField
from accounts.models import Language, Letter, Person, Profile, ProfileItem
from hubs.models import Challenge, Hub, Need

from .fields import VectorField
from .parts import active

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class SubjectQuerySet(models.QuerySet["Subject"]):
    def stale(self) -> "SubjectQuerySet":
        """Those whose passages or matches no longer fit, and that may be tried again now."""
        return self.filter(stale_since__isnull=False, not_before__lte=timezone.now())


class Subject(models.Model):
    """Something that can be matched. Passages and matches hang on it, so that taking it away
    takes them away; programmes and consortia will be further kinds."""

    profile = models.OneToOneField(
        Profile, on_delete=models.CASCADE, null=True, blank=True, related_name="subject"
    )
    challenge = models.OneToOneField(
        Challenge, on_delete=models.CASCADE, null=True, blank=True, related_name="subject"
    )
    stale_since = models.DateTimeField(null=True, blank=True, default=timezone.now, db_index=True)
    interactive = models.BooleanField(default=False)  # a person waits for it
    not_before = models.DateTimeField(default=timezone.now)  # claimed until then, or to be tried again then
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)  # when what it was last matched by was read
    revised_at = models.DateTimeField(null=True, blank=True)  # see pipeline.subjects.stamp

    objects = SubjectQuerySet.as_manager()
    passages: "models.Manager[Passage]"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subject_is_one_thing",
                condition=Q(profile__isnull=False, challenge=None) | Q(profile=None, challenge__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.profile or self.challenge)


class Passage(models.Model):
    """A piece of text that is embedded by itself: an offer, a need, a window of something long."""

    class Role(models.TextChoices):
        SUMMARY = "summary", _("summary")
        OFFER = "offer", _("offer")
        SEEK = "seek", _("seek")
        EVIDENCE = "evidence", _("evidence")
        NEED = "need", _("need")
        TEXT = "text", _("text")

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="passages")
    role = models.CharField(max_length=8, choices=Role)
    item = models.ForeignKey(ProfileItem, on_delete=models.CASCADE, null=True, related_name="+")
    need = models.ForeignKey(Need, on_delete=models.CASCADE, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=2, choices=Language)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=120, blank=True)  # which encoder made the vector
    vector = VectorField(null=True)
    version = models.BigIntegerField(default=0)  # see vectors.next_version; 0 without a vector
    trust = models.FloatField(default=1.0)  # how much it may count, 0 to 1: see ranking/stuffing.py
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["subject", "position", "pk"]
        indexes = [
            models.Index(fields=["text_hash", "model"]),
            models.Index(fields=["model", "version"]),
            models.Index(fields=["failures"], condition=Q(failures__gt=0), name="failed_passages"),
        ]
        constraints = [
            models.UniqueConstraint("subject", "position", name="one_passage_per_position"),
            models.CheckConstraint(
                name="vectors_know_their_model", condition=Q(vector=None, model="") | ~Q(model="")
            ),
            models.CheckConstraint(name="trust_is_0_to_1", condition=Q(trust__gte=0, trust__lte=1)),
            models.CheckConstraint(
                name="vectors_know_their_version", condition=Q(vector=None) | Q(version__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class SuspectQuerySet(models.QuerySet["Suspect"]):
    def standing(self) -> "SuspectQuerySet":
        """Those whose text is still what the profile says."""
        said = Passage.objects.filter(
            subject__profile=models.OuterRef("profile"), text_hash=models.OuterRef("text_hash")
        )
        return self.filter(models.Exists(said))

    def visible_to(self, user: "User | AnonymousUser") -> "SuspectQuerySet":
        """To the curators of the profile's nation and of the hub of its state, and never to those whose
        profile it is."""
        hubs = Hub.objects.curated_by(user).filter(country=models.OuterRef("profile__country"))
        nation = hubs.filter(kind=Hub.Kind.NATION)
        region = hubs.filter(kind=Hub.Kind.REGION, state=models.OuterRef("profile__state")).exclude(state="")
        own = Profile.objects.of(user).values("pk")
        return self.filter(models.Exists(nation) | models.Exists(region)).exclude(profile__in=own)


class Suspect(models.Model):
    """A text of a profile that looks as if it was written to game the matching, and what a curator says."""

    class State(models.TextChoices):
        OPEN = "open", _("to be looked at")
        FINE = "fine", _("fine as it is")
        HIDDEN = "hidden", _("kept out of matching")

    class Mark(models.TextChoices):
        HEAP = "heap", _("many words in a row that form no sentence")
        REPETITION = "repetition", _("the same words over and over")
        NOISE = "noise", _("characters that are no words")
        COPY = "copy", _("repeats the words of a challenge that was posted before")

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="suspects")
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=2, choices=Language)
    marks = CodesField(max_length=60)
    copied_from = models.ForeignKey(Challenge, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = SuspectQuerySet.as_manager()

    class Meta:
        ordering = ["found_at", "pk"]
        constraints = [
            models.UniqueConstraint("profile", "text_hash", name="one_suspect_per_profile_and_text"),
            models.CheckConstraint(
                name="decided_suspects_say_when", condition=Q(state="open") | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile}: {self.text[:60]}"

    @property
    def mark_names(self) -> list[str]:
        names = dict(self.Mark.choices)
        return [str(names[mark]) for mark in self.marks if mark in names]


class Revision(models.Model):
    """One row: the last number that was given to passages with their vectors (see vectors.next_version)."""

    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Statistics(models.Model):
    """What the scores are normalised by: one version for the whole catalogue, switched over whole."""

    version = models.CharField(max_length=64, unique=True)
    model = models.CharField(max_length=120)
    engine = models.CharField(max_length=20)
    data = models.BinaryField()
    passages = models.PositiveIntegerField(default=0)
    current = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "statistics"
        constraints = [
            models.UniqueConstraint("current", condition=Q(current=True), name="one_current_statistics")
        ]

    def __str__(self) -> str:
        return self.version


class RebuildQuerySet(models.QuerySet["Rebuild"]):
    def running(self) -> "RebuildQuerySet":
        return self.filter(state=Rebuild.State.RUNNING)

    def unfinished(self) -> "RebuildQuerySet":
        """Running, or stopped and able to go on."""
        return self.filter(state__in=[Rebuild.State.RUNNING, Rebuild.State.STOPPED])


class Rebuild(models.Model):
    """Every match made anew under a version of the statistics that nobody sees until all of it is there."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        FINISHED = "finished", _("finished")
        REPLACED = "replaced", _("replaced by another")

    class Why(models.TextChoices):
        ASKED = "asked", _("somebody asked for it")
        GROWN = "grown", _("the catalogue outgrew its statistics")
        ENGINE = "engine", _("another engine or model")

    version = models.CharField(max_length=64, blank=True)  # of its statistics; empty until they are measured
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    why = models.CharField(max_length=8, choices=Why)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    total = models.PositiveIntegerField(null=True)  # challenges; null until its chunks are made
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)  # challenges set aside, each tried again by itself
    started_at = models.DateTimeField(default=timezone.now)
    planned_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = RebuildQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint("state", condition=Q(state="running"), name="one_running_rebuild"),
            models.CheckConstraint(
                name="finished_rebuilds_say_when",
                condition=Q(state="finished", finished_at__isnull=False) | ~Q(state="finished"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.get_state_display()}, {self.percent} %)"

    @property
    def percent(self) -> int:
        """How much of it is done, 0 to 100."""
        if self.state == self.State.FINISHED:
            return 100
        return 100 * self.done // self.total if self.total else 0


class RebuildChunk(models.Model):
    """Some challenges of a rebuild: what one worker takes, and another takes over if it dies."""

    rebuild = models.ForeignKey(Rebuild, on_delete=models.CASCADE, related_name="chunks")
    challenges = models.JSONField()  # ids of Subject
    not_before = models.DateTimeField(default=timezone.now)  # claimed until then
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["rebuild", "not_before"], condition=Q(done_at=None), name="open_chunks")
        ]

    def __str__(self) -> str:
        return f"{self.rebuild_id}: {len(self.challenges)}"


class Strength(models.TextChoices):
    STRONG = "strong", _("strong")
    GOOD = "good", _("good")
    POSSIBLE = "possible", _("possible")


class MatchQuerySet(models.QuerySet["Match"]):
    def current(self) -> "MatchQuerySet":
        """Those of the version in force; a rebuild's are seen by nobody until it is whole."""
        return self.filter(statistics__current=True)

    def eligible(self) -> "MatchQuerySet":
        """Those whose challenge admits the profile as both stand now, before anything is matched anew."""
        if "eligibility" not in active():
            return self
        kind = Concat(Value(","), F("subject__profile__kind"), Value(","), output_field=models.CharField())
        any_kind = Q(target__challenge__eligible_kinds="")
        state = Q(subject__profile__state="") | Q(subject__profile__state=F("target__challenge__state"))
        there = Q(subject__profile__lives_abroad="") & state
        return self.filter(
            any_kind | Q(target__challenge__eligible_kinds__contains=kind),
            Q(target__challenge__only_in_state=False) | there,
        )

    def live(self) -> "MatchQuerySet":
        """Those that may be shown to anybody at all at this moment."""
        profiles = Profile.objects.matchable().values("pk")
        challenges = Challenge.objects.filter(
            Q(pk__in=Challenge.objects.open().values("pk"))
            | Q(pk__in=Challenge.objects.upcoming().values("pk"))
        )
        never = Answer.objects.filter(
            profile=models.OuterRef("subject__profile"),
            challenge=models.OuterRef("target__challenge"),
            answer=Answer.Choice.NEVER,
        )
        return (
            self.current()
            .eligible()
            .filter(
                ~models.Exists(never),
                subject__profile__in=profiles,
                target__challenge__in=challenges.values("pk"),
            )
        )

    def of(self, user: "User | AnonymousUser") -> "MatchQuerySet":
        """The live matches of the user's own profiles."""
        return self.live().filter(subject__profile__in=Profile.objects.of(user).values("pk"))

    def for_challenge(self, challenge: Challenge, user: "User | AnonymousUser") -> "MatchQuerySet":
        """Who fits a challenge, as far as its reader may see them."""
        profiles = Profile.objects.visible_to(user).values("pk")
        return self.live().filter(target__challenge=challenge, subject__profile__in=profiles)


class Match(models.Model):
    """That a subject (a profile) fits a target (a challenge), how well, and why."""

    # The indexes below begin with these keys.
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="matches", db_index=False)
    target = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="proposals", db_index=False)
    statistics = models.ForeignKey(
        Statistics, on_delete=models.CASCADE, to_field="version", related_name="matches", db_index=False
    )
    score = models.FloatField()
    probability = models.FloatField()
    strength = models.CharField(max_length=8, choices=Strength)
    reason = models.JSONField(default=dict)  # empty until somebody looks: see pipeline.reasons.tell
    parts = models.JSONField(default=dict)
    engine = models.CharField(max_length=20)
    model = models.CharField(max_length=120)
    first_made_at = models.DateTimeField(default=timezone.now)  # under whatever version
    made_at = models.DateTimeField(auto_now=True)
    explain_at = models.DateTimeField(null=True, blank=True)  # its reason waits for its words to be marked

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        ordering = ["-score", "pk"]
        indexes = [
            models.Index(fields=["target", "-score"]),
            models.Index(fields=["subject", "-score"]),
            models.Index(
                fields=["explain_at"], condition=Q(explain_at__isnull=False), name="matches_to_explain"
            ),
        ]
        constraints = [
            models.UniqueConstraint("statistics", "subject", "target", name="one_match_per_pair_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.target} ({self.strength})"


class Explanation(models.Model):
    """What carries a passage's answer to a need, by places in the two texts: the same for the same words,
    so computed once. It holds no words, only hashes of them."""

    model = models.CharField(max_length=120)
    need_hash = models.CharField(max_length=64)
    passage_hash = models.CharField(max_length=64)
    sentence = models.JSONField()  # all three: first character, and the one after the last
    evidence = models.JSONField(default=list)
    need = models.JSONField(default=list)
    error = models.TextField(blank=True)  # the words could not be read: shown as they are
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["passage_hash", "model"])]
        constraints = [
            models.UniqueConstraint("need_hash", "passage_hash", "model", name="explained_once_per_model")
        ]

    def __str__(self) -> str:
        return f"{self.need_hash[:8]} · {self.passage_hash[:8]}"


class Answer(models.Model):
    """The last word of a profile on a challenge. It outlives the match it answered."""

    class Choice(models.TextChoices):
        INTERESTED = "interested", _("interested")
        NOT_NOW = "not_now", _("not now")
        NEVER = "never", _("never show me this")

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="answers")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Choice)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("profile", "challenge", name="one_answer_per_profile_and_challenge")
        ]

    def __str__(self) -> str:
        return f"{self.profile}: {self.answer}"


class MatchEvent(models.Model):
    """Append-only: each showing and each answer, with the score as it was made. What the engine
    will learn from; it outlives matches, profiles and challenges."""

    class Kind(models.TextChoices):
        PAGE = "page", _("shown on a page")
        LETTER = "letter", _("shown in a letter")
        ANSWER = "answer", _("answered")

    kind = models.CharField(max_length=8, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.SET_NULL, null=True, related_name="+")
    challenge = models.ForeignKey(Challenge, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    answer = models.CharField(max_length=10, blank=True)  # or "undone"
    via = models.CharField(max_length=8, blank=True)  # where it was answered: page, letter
    engine = models.CharField(max_length=20, blank=True)
    model = models.CharField(max_length=120, blank=True)
    statistics = models.CharField(max_length=64, blank=True)
    rank = models.PositiveIntegerField(null=True)
    score = models.FloatField(null=True)
    parts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class LetterItem(models.Model):
    """One challenge in one match letter; no person is written to about the same challenge twice."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="items")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()
    reason = models.JSONField()
    strength = models.CharField(max_length=8, choices=Strength)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint("person", "challenge", name="one_letter_item_per_person_and_challenge")
        ]

    def __str__(self) -> str:
        return f"{self.challenge} → {self.person}"


class AnswerLink(models.Model):
    """The secret of a letter's links, stored as its hash; good until 30 days after the closing."""

    token_hash = models.CharField(max_length=64, unique=True)
    item = models.ForeignKey(LetterItem, on_delete=models.CASCADE, related_name="links")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.item)
