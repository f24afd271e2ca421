"""What happens on the floor below and concerns challenges."""

from collections.abc import Sequence

from django.db.models.functions import Lower
from django.dispatch import receiver

from accounts.signals import organisation_renamed, person_erased

from .models import Assignment, Challenge, EventGuest, HubEvent, Member, PartnerOffer, Programme


@receiver(organisation_renamed)
def find_by_its_new_name(organisation_id: int, **_: object) -> None:
    """Challenges and programmes are found by whoever posts them. Nothing else of them changes."""
    posted = Challenge.objects.filter(organisation=organisation_id).select_related("organisation")
    challenges = list(posted.prefetch_related("needs", "translations"))
    for challenge in challenges:
        needs = [need.text for need in challenge.needs.all()]
        challenge.index([*needs, *(row.text for row in challenge.translations.all())])
    Challenge.objects.bulk_update(challenges, ["search_text"], batch_size=200)
    programmes = list(Programme.objects.filter(organisation=organisation_id).select_related("organisation"))
    for programme in programmes:
        programme.set_search()
    Programme.objects.bulk_update(programmes, ["search_text"], batch_size=200)


@receiver(person_erased)
def forget_contact(addresses: Sequence[str], **_: object) -> None:
    """Whoever is erased stops being the contact of challenges, which stay their organisation's."""
    erased = {address.lower() for address in addresses}
    named = Challenge.objects.annotate(lower=Lower("contact_email")).filter(lower__in=erased)
    named.update(contact_name="", contact_email="")


@receiver(person_erased)
def forget_lines_in_consortia(person_id: int, **_: object) -> None:
    """Consortia stay with those who are in them; what the erased wrote goes."""
    Member.objects.filter(invited_by=person_id, state=Member.State.PENDING).update(line="")
    Member.objects.filter(answered_by=person_id).update(line="")
    PartnerOffer.objects.filter(by=person_id).update(line="")


@receiver(person_erased)
def leave_desks_and_events(person_id: int, **_: object) -> None:
    """Reviews are free again, and places at what is still to come are somebody else's."""
    Assignment.objects.filter(curator=person_id).delete()
    EventGuest.objects.filter(person=person_id, event__in=HubEvent.objects.coming().values("pk")).delete()
