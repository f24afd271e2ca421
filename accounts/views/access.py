"""Loaders that authorise, or answer 404."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from ..models import Organisation, Profile, User
from ..permissions import may_edit_organisation, may_edit_profile
from ..queries import with_owner


def signed_in(request: HttpRequest) -> User:
    """The user of a page that only opens after sign-in."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def editable_profile(request: HttpRequest, public_id: UUID) -> Profile:
    """404 for what may not be seen; 403 for what may be seen and belongs to others."""
    visible = with_owner(Profile.objects.visible_to(request.user))
    found = get_object_or_404(visible, public_id=public_id)
    if not may_edit_profile(request.user, found):
        raise PermissionDenied
    return found


def own_organisation(request: HttpRequest, public_id: UUID) -> Organisation:
    """One that the user belongs to."""
    return get_object_or_404(Organisation.objects.of(request.user), public_id=public_id)


def owned_organisation(request: HttpRequest, public_id: UUID) -> Organisation:
    found = get_object_or_404(Organisation.objects.visible_to(request.user), public_id=public_id)
    if not may_edit_organisation(request.user, found):
        raise PermissionDenied
    return found
