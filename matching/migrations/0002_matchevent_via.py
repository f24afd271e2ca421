from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="matchevent",
            name="via",
            field=models.CharField(blank=True, max_length=8),
        ),
    ]
