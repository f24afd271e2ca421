from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hubs", "0009_computing_never_above_the_offer"),
    ]

    operations = [
        migrations.AddField(
            model_name="response",
            name="saved_from",
            field=models.UUIDField(blank=True, null=True),
        ),
    ]
