from django.db import migrations, models

KINDS = [
    ("page", "shown on a page"),
    ("letter", "shown in a letter"),
    ("answer", "answered"),
    ("introduction", "an introduction's state"),
    ("response", "a response's state"),
    ("outcome", "what was decided on a response"),
]


class Migration(migrations.Migration):
    dependencies = [("matching", "0014_teams_looked_for")]

    operations = [
        migrations.AddField("matchevent", "reason", models.CharField(blank=True, max_length=20)),
        migrations.AlterField("matchevent", "answer", models.CharField(blank=True, max_length=12)),
        migrations.AlterField("matchevent", "kind", models.CharField(choices=KINDS, max_length=12)),
    ]
