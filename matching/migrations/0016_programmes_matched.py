import django.db.models.deletion
from django.db import migrations, models

import matching.fields


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0015_events_of_introductions"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="programmematch",
            name="one_programme_match_per_consortium",
        ),
        migrations.RemoveConstraint(
            model_name="programmematch",
            name="programme_match_is_of_one_thing",
        ),
        migrations.RemoveField(
            model_name="programmematch",
            name="consortium",
        ),
        # Nothing was ever written there: made anew, since bytes are not cast to vectors.
        migrations.DeleteModel(name="ProgrammePassage"),
        migrations.CreateModel(
            name="ProgrammePassage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("text", models.TextField()),
                ("text_hash", models.CharField(max_length=64)),
                ("model", models.CharField(max_length=200)),
                ("vector", matching.fields.VectorField()),
                (
                    "side",
                    models.CharField(choices=[("query", "Query"), ("passage", "Passage")], max_length=7),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passages",
                        to="hubs.programme",
                    ),
                ),
            ],
            options={"ordering": ["programme", "pk"]},
        ),
        migrations.AddField(
            model_name="subject",
            name="programmes_under",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="programmematch",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="programme_matches",
                to="matching.subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="programmepassage",
            constraint=models.UniqueConstraint(
                models.F("programme"),
                models.F("side"),
                models.F("text_hash"),
                models.F("model"),
                name="programme_says_each_thing_once",
            ),
        ),
    ]
