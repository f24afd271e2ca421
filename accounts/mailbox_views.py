"""The demo's mailbox: every letter that was sent, as its reader sees it."""

from itertools import islice

from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import mailbox as box

SHOWN = 50
# Letters carry their style inline, and nothing else: no script, no form, nothing fetched from anywhere.
LETTER_CSP = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    _only_in_the_demo()
    address = request.GET.get("to", "")
    found = list(islice(box.envelopes(address), SHOWN + 1))
    context = {"letters": found[:SHOWN], "more": len(found) > SHOWN, "shown": SHOWN, "address": address}
    return render(request, "accounts/mailbox.html", context)


@require_safe
def letter(request: HttpRequest, name: str) -> HttpResponse:
    _only_in_the_demo()
    message = box.read(name)
    if message is None:
        raise Http404
    context = {
        "letter": box.envelope_of(name, message),
        "text": box.part(message, "plain"),
        "has_html": message.get_body(preferencelist=("html",)) is not None,
        "headers": list(message.items()),
    }
    return render(request, "accounts/mailbox_letter.html", context)


@require_safe
@csp(LETTER_CSP)  # type: ignore[arg-type]
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The letter alone, for the frame: its links lead out of the frame."""
    _only_in_the_demo()
    message = box.read(name)
    html = box.part(message, "html") if message else ""
    if not html:
        raise Http404
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


def _only_in_the_demo() -> None:
    if not settings.HELICE_DEMO:
        raise Http404
