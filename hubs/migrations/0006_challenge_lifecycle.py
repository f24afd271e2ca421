import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import accounts.fields


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("hubs", "0005_collaboration")]

    operations = [
        migrations.AddField("challenge", "approved_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "challenge",
            "approved_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.person",
            ),
        ),
        migrations.AddField(
            "challengestep",
            "checked",
            accounts.fields.CodesField(blank=True, default=list, max_length=120),
        ),
        migrations.AddConstraint(
            "challenge",
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(status="in_review"),
                name="only_what_is_in_review_waits_approved",
            ),
        ),
    ]
