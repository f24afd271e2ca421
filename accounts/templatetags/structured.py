"""A page's subject as data, in its head: {% site_data %}, {% organisation_data … %}, {% profile_data … %}."""

from django import template
from django.utils.safestring import SafeString

from .. import structured
from ..models import Organisation, Profile

register = template.Library()


@register.simple_tag
def site_data() -> SafeString:
    return structured.script(structured.site())


@register.simple_tag
def organisation_data(organisation: Organisation, profile: Profile | None) -> SafeString:
    return structured.script(structured.organisation(organisation, profile))


@register.simple_tag
def profile_data(profile: Profile) -> SafeString:
    return structured.script(structured.profile(profile))
