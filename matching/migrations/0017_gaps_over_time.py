import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hubs", "0010_response_saved_from"),
        ("matching", "0016_programmes_matched"),
    ]

    operations = [
        migrations.CreateModel(
            name="GapRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateTimeField(unique=True)),
                ("needs", models.PositiveIntegerField()),
                ("uncovered", models.PositiveIntegerField()),
            ],
            options={
                "ordering": ["-until"],
            },
        ),
        migrations.CreateModel(
            name="NeedCoverage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.FloatField(null=True)),
                ("here", models.JSONField(default=list)),
                ("abroad", models.JSONField(default=list)),
                ("checked_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name="gap",
            options={"ordering": ["-size", "found_at", "pk"]},
        ),
        migrations.AlterModelOptions(
            name="gapneed",
            options={"ordering": ["position", "pk"]},
        ),
        migrations.AddField(
            model_name="gap",
            name="is_demo",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="gap",
            name="over_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="gapneed",
            name="position",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="subject",
            name="covered_under",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="gap",
            constraint=models.CheckConstraint(
                condition=models.Q(("covered_at", None), ("over_at", None), _connector="OR"),
                name="gap_is_covered_or_over_or_neither",
            ),
        ),
        migrations.AddConstraint(
            model_name="gap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("covered_at", None), ("covered_at__gte", models.F("found_at")), _connector="OR"
                ),
                name="gap_is_covered_after_it_is_found",
            ),
        ),
        migrations.AddField(
            model_name="needcoverage",
            name="need",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="coverage", to="hubs.need"
            ),
        ),
    ]
