import uuid
from collections import Counter
from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def open_with_a_place(apps, schema_editor):
    """What waits gets a place and a fortnight from now; a sixth of the same person lapses. Their line is what
    they bring."""
    introductions = apps.get_model("hubs", "Introduction").objects
    introductions.filter(brings="").update(brings=models.F("line"))
    ends, taken = timezone.now() + timedelta(days=14), Counter()
    for introduction in introductions.filter(state="pending").order_by("-created_at", "-pk"):
        taken[introduction.asked_by_id] += 1
        place = taken[introduction.asked_by_id]
        row = introductions.filter(pk=introduction.pk)
        if place > 5:
            row.update(state="lapsed", slot=None)
        else:
            row.update(slot=place, lapses_at=ends)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_collaboration"),
        ("hubs", "0006_challenge_lifecycle"),
    ]

    operations = [
        migrations.AlterModelOptions(name="report", options={"ordering": ["created_at", "pk"]}),
        migrations.RemoveConstraint(model_name="introduction", name="only_open_requests_hold_a_place"),
        migrations.AddField("introduction", "rounds", models.PositiveSmallIntegerField(default=1)),
        migrations.RunPython(open_with_a_place, migrations.RunPython.noop),
        migrations.RemoveField(model_name="introduction", name="line"),
        migrations.AddField("meeting", "form_key", models.UUIDField(default=uuid.uuid4, unique=True)),
        migrations.AddField("report", "decided_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "block",
            "person",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="blocked", to="accounts.person"
            ),
        ),
        migrations.AddIndex(
            "introduction", models.Index(fields=["state", "lapses_at"], name="introductions_by_their_clock")
        ),
        migrations.AddIndex(
            "message", models.Index(fields=["introduction", "created_at"], name="messages_of_a_conversation")
        ),
        migrations.AddIndex("message", models.Index(fields=["created_at"], name="messages_that_are_new")),
        migrations.AddConstraint(
            "introduction",
            models.CheckConstraint(
                name="open_requests_hold_a_place_and_end",
                condition=models.Q(slot__isnull=False, lapses_at__isnull=False, state="pending")
                & models.Q(slot__gte=1, slot__lte=5)
                | (~models.Q(state="pending") & models.Q(slot=None)),
            ),
        ),
        migrations.AddConstraint(
            "introduction",
            models.CheckConstraint(
                name="introductions_are_asked_for_a_few_times",
                condition=models.Q(rounds__gte=1, rounds__lte=3),
            ),
        ),
    ]
