"""A yes or no per purpose, and what it means for letters."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from ..countries import get_pack
from ..models import Cadence, Consent, Family, LetterPreference, Person


def _ip_hash(ip: str) -> str:
    """A keyed fingerprint: it tells whether two are the same, and gives no address away."""
    return salted_hmac("accounts.consent", ip, algorithm="sha256").hexdigest() if ip else ""


@transaction.atomic
def record_consents(*, person: Person, choices: Mapping[str, bool], ip: str = "") -> None:
    version = get_pack(settings.HELICE_COUNTRY).notice_version
    Consent.objects.bulk_create(
        Consent(person=person, purpose=purpose, granted=granted, notice_version=version, ip_hash=_ip_hash(ip))
        for purpose, granted in choices.items()
    )
    if choices.get(Consent.Purpose.LETTERS) is False:
        set_cadence(person, Family.MATCHES, Cadence.NEVER)


def set_cadence(person: Person, family: str, cadence: str) -> None:
    LetterPreference.objects.update_or_create(
        person=person, family=family, channel="email", defaults={"cadence": cadence}
    )
