"""What the mail provider reports of letters: bounces and complaints (the events of django-anymail)."""

from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt

from .models import Suppression
from .suppression import suppress

# Refused for a while, or by the provider's own rules: the address itself may be good.
PASSING = (RejectReason.TIMED_OUT, RejectReason.BLOCKED)
DEAD = (RejectReason.BOUNCED, RejectReason.INVALID)
UNWANTED = (RejectReason.SPAM, RejectReason.UNSUBSCRIBED)


@csrf_exempt  # the provider signs in with the secret
def mail_events(request: HttpRequest, provider: str) -> HttpResponse:
    """Of the one provider that the installation names; nobody without the secret is heard."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return HttpResponseForbidden()
    if provider != settings.MAIL_PROVIDER:
        raise Http404
    try:
        answer: HttpResponse = _view(provider)(request)
    except AnymailWebhookValidationFailure:
        return HttpResponseForbidden()
    return answer


def _view(provider: str) -> Any:
    from anymail.urls import urlpatterns  # the readers of all providers

    names = (f"{provider}_tracking_webhook", f"{provider}_webhook")
    for pattern in urlpatterns:
        if pattern.name in names:
            return pattern.callback
    raise Http404


@receiver(tracking)
def stop_letters(*, event: AnymailTrackingEvent, **_: Any) -> None:
    reason = _reason(event)
    if reason and event.recipient:
        suppress(address=event.recipient, reason=reason, event_id=event.event_id or "")


def _reason(event: AnymailTrackingEvent) -> Suppression.Reason | None:
    """Why no letter may go there any longer; None where it may."""
    kind, why = event.event_type, event.reject_reason
    refused = kind in (EventType.BOUNCED, EventType.REJECTED)
    if kind == EventType.COMPLAINED or (refused and why in UNWANTED):
        return Suppression.Reason.COMPLAINED
    if (kind == EventType.BOUNCED and why not in PASSING) or (refused and why in DEAD):
        return Suppression.Reason.BOUNCED
    return None
