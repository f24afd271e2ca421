"""What a page is about, for search engines and other programs: JSON-LD in the words of schema.org.

Only what the page itself shows to everybody: no unclaimed profile, nothing of members only, and identifiers
(ORCID, ROR) where their owners made the page public.
"""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from .countries import get_pack
from .identifiers import orcid_url, ror_url
from .models import Organisation, Profile
from .rendering import absolute

Data = dict[str, Any]
CONTEXT = "https://schema.org"
TYPES = {
    Organisation.Kind.ACADEMIA: "ResearchOrganization",
    Organisation.Kind.GOVERNMENT: "GovernmentOrganization",
}
# What would end the element, or begin another, as JSON writes it otherwise
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def script(data: Data | None) -> SafeString:
    """The data in its element, which browsers do not run; nothing for no data."""
    if not data:
        return mark_safe("")
    text = json.dumps({"@context": CONTEXT} | data, ensure_ascii=False, default=str).translate(_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


def site() -> Data:
    found = absolute(reverse("matching:search")) + "?q={words}"
    return {
        "@type": "WebSite",
        "name": settings.HELICE_NAME,
        "url": absolute(reverse("hubs:home")),
        "inLanguage": get_language(),
        "potentialAction": {"@type": "SearchAction", "target": found, "query-input": "required name=words"},
    }


def public(profile: Profile | None) -> bool:
    """Whether a profile is its owner's, and everybody's to read."""
    if profile is None or not profile.is_claimed or profile.confirmed_at is None:
        return False
    return profile.visibility == Profile.Visibility.PUBLIC


def organisation(found: Organisation, profile: Profile | None) -> Data | None:
    """An organisation whose own people made its profile public."""
    if not public(profile):
        return None
    data: Data = {"@type": TYPES.get(Organisation.Kind(found.kind), "Organization"), "name": found.name}
    data["url"] = absolute(found.get_absolute_url())
    if found.ror:
        data |= {"@id": ror_url(found.ror), "identifier": ror_url(found.ror)}
    same = [address for address in (found.website, ror_url(found.ror) if found.ror else "") if address]
    return data | ({"sameAs": same} if same else {}) | _address(found.country, found.state)


def profile(found: Profile) -> Data | None:
    """A researcher as a person; of others their organisation."""
    if not public(found):
        return None
    if found.organisation:
        return organisation(found.organisation, found)
    data: Data = {"@type": "Person", "name": found.name, "url": absolute(found.get_absolute_url())}
    if found.orcid:
        data |= {"@id": orcid_url(found.orcid), "identifier": orcid_url(found.orcid)}
    if found.institution_shown:
        data["affiliation"] = {"@type": "Organization", "name": found.institution_shown}
    if found.field_names:
        data["knowsAbout"] = found.field_names
    return data | _address(found.country, found.state)


def _address(country: str, state: str) -> Data:
    place = {"@type": "PostalAddress", "addressCountry": country}
    if state:
        place["addressRegion"] = get_pack(country).states.label(state)
    return {"address": place}
