"""What a text seems to be about, as a piece of the challenge wizard's page."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from hubs.models import Challenge
from hubs.permissions import may_classify


@login_required
@require_safe
def challenge_suggestions(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """For those who may say what the challenge is about; htmx asks for it when they press."""
    visible = Challenge.objects.visible_to(request.user)
    challenge = get_object_or_404(visible.prefetch_related("needs"), public_id=public_id)
    if not may_classify(request.user, challenge):
        raise Http404
    return render(request, "matching/_suggestions.html", {"challenge": challenge, "read": True})
