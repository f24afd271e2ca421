import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hubs", "0008_consortia"),
    ]

    operations = [
        migrations.AddField(
            model_name="computingrequest",
            name="form_key",
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AddField(
            model_name="computinground",
            name="form_key",
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AddField(
            model_name="computinground",
            name="granted_cpu",
            field=models.DecimalField(
                decimal_places=1,
                default=0,
                max_digits=12,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddField(
            model_name="computinground",
            name="granted_gpu",
            field=models.DecimalField(
                decimal_places=1,
                default=0,
                max_digits=12,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="committed_cpu",
            field=models.DecimalField(
                decimal_places=1,
                default=0,
                max_digits=12,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="committed_gpu",
            field=models.DecimalField(
                decimal_places=1,
                default=0,
                max_digits=12,
                validators=[django.core.validators.MinValueValidator(0)],
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="form_key",
            field=models.UUIDField(null=True, unique=True),
        ),
        migrations.AddConstraint(
            model_name="computingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["approved", "ended"]),
                    models.Q(("granted_cpu", 0), ("granted_gpu", 0)),
                    _connector="OR",
                ),
                name="computing_is_granted_on_approval",
            ),
        ),
        migrations.AddConstraint(
            model_name="computingrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "ended"), models.Q(("returned_cpu", 0), ("returned_gpu", 0)), _connector="OR"
                ),
                name="computing_is_returned_at_the_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="computinground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("granted_cpu__lte", models.F("cpu_hours")), ("granted_gpu__lte", models.F("gpu_hours"))
                ),
                name="no_round_grants_more_than_it_has",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("committed_cpu__gte", 0),
                    ("committed_cpu__lte", models.F("cpu_hours")),
                    ("committed_gpu__gte", 0),
                    ("committed_gpu__lte", models.F("gpu_hours")),
                ),
                name="no_more_computing_than_is_offered",
            ),
        ),
    ]
