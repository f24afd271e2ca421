"""Who belongs where today; from here on the actions write it down."""

from django.db import migrations


def write_down(apps, schema_editor):
    Affiliation = apps.get_model("accounts", "Affiliation")
    Membership = apps.get_model("accounts", "Membership")
    Profile = apps.get_model("accounts", "Profile")
    rows = [
        Affiliation(person_id=person, organisation_id=organisation, kind="membership", since=since)
        for person, organisation, since in Membership.objects.values_list("person", "organisation", "since")
    ]
    named = Profile.objects.filter(person__isnull=False, institution__isnull=False)
    rows += [
        Affiliation(person_id=person, organisation_id=organisation, kind="institution", since=since)
        for person, organisation, since in named.values_list("person", "institution", "created_at")
    ]
    # Those of them that an action has written already stay as they are.
    Affiliation.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_collaboration'),
    ]

    operations = [
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
