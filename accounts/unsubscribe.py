"""The link in every letter that can be stopped: no sign-in, no questions, and it never expires (RFC 8058)."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from .actions.consents import record_consents, set_cadence
from .mailer import cadence_of
from .models import Cadence, Consent, Family, UnsubscribeLink
from .secret_pages import secret_page
from .tokens import hash_token


@csrf_exempt  # mail programs post here by themselves; the secret in the address is the whole authority
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, for mail scanners follow links; POST acts at once and answers with a page."""
    link = UnsubscribeLink.objects.select_related("person__user").filter(token_hash=hash_token(token)).first()
    if link is None:
        raise Http404
    before = chosen = cadence_of(link.person, Family(link.family))
    if request.method == "POST":
        wanted = request.POST.get("cadence", Cadence.NEVER)
        chosen = Cadence(wanted) if wanted in Cadence.values else Cadence.NEVER
        _choose(link, before, chosen)
    context = {
        "family": Family(link.family).label,
        "before": before,
        "chosen": chosen,
        "done": request.method == "POST",
    }
    return secret_page(request, "accounts/unsubscribe.html", context, language=link.person.language)


@transaction.atomic
def _choose(link: UnsubscribeLink, before: Cadence, chosen: Cadence) -> None:
    """The preference, and beside it the consent that it gives or takes back."""
    wants = chosen != Cadence.NEVER
    if link.family == Family.MATCHES and wants != (before != Cadence.NEVER):
        record_consents(person=link.person, choices={Consent.Purpose.LETTERS: wants})
    set_cadence(link.person, link.family, chosen)
