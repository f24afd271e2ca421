"""What one takes along from the page of a challenge."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ..calendars import CONTENT_TYPE, calendar_of, deadline_event
from ..models import Challenge


@require_safe
@cache_control(public=True, max_age=3600)
def deadline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Its closing date for a calendar: of what is public alone, whoever asks."""
    published = Challenge.objects.published().select_related("organisation")
    challenge = get_object_or_404(published.prefetch_related("translations"), public_id=public_id)
    language = (get_language() or "es")[:2]
    file = calendar_of([deadline_event(challenge, language)], challenge.title, language)
    name = f"{challenge.public_id}.ics"
    return HttpResponse(
        file,
        content_type=CONTENT_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
