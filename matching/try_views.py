"""Answer before account: a text is pasted, and what it fits is shown; nobody signs up, nothing is stored.

The page that takes the text asks for no CSRF token: it changes nothing of anybody's, and a form refused
for its token would be kept in the database (accounts/kept.py), where these texts never go. For the same
reason uploads are read in memory, whatever their size.
"""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation, Profile

from . import trying
from .asking import READY
from .looking import record
from .looking.record import Record
from .try_forms import MOST_BYTES, MOST_CHARACTERS, KeepChallengeForm, TryForm
from .views import SignedInRequest

COOKIE = "helice_try"
POLLS = 60  # times that a page asks for its answer before it says that something is wrong
POLLED_AFTER = 20  # times after which it says that it takes longer than usual


class InMemory(MemoryFileUploadHandler):
    """No temporary file, ever; what is too large for memory is not read at all."""

    def handle_raw_input(  # type: ignore[override] # of its arguments, one matters
        self, input_data: Any, meta: Any, content_length: int, *args: Any, **kwargs: Any
    ) -> None:
        self.activated = content_length <= MOST_BYTES + 4 * MOST_CHARACTERS


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def try_it(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "matching/try.html", {"form": TryForm(), "try_page": True})
    if _from_elsewhere(request):
        return render(request, "matching/try.html", {"form": TryForm(), "try_page": True}, status=403)
    request.upload_handlers = [InMemory(request)]
    form = TryForm(request.POST, request.FILES)
    if _too_large(request):
        form.add_error("file", _("That file is larger than 2.5 MB."))
    if not form.is_valid():
        return _again(request, form, 422)
    wait = trying.seconds_to_wait(request)
    if wait:
        form.add_error(None, _("Many texts came from here in a short time. Please try again in a while."))
        response = _again(request, form, 429)
        response["Retry-After"] = str(int(wait) + 1)
        return response
    return _put(request, form)


@sensitive_variables()
def _put(request: HttpRequest, form: TryForm) -> HttpResponse:
    text, file = form.given()
    browser = request.COOKIES.get(COOKIE) or trying.new_browser()
    brought = Record(text, (get_language() or "es")[:2], "", form.cleaned_data["kind"], file)
    key = record.keep(brought, browser) if cache.get(READY) else ""
    if not key:
        form.add_error(None, _("What reads texts here is not running at this moment. Please try again soon."))
        return _again(request, form, 503)
    response = redirect("matching:try_result", key)
    _give_cookie(response, browser)
    return response


def _again(request: HttpRequest, form: TryForm, status: int) -> HttpResponse:
    """The same page, with what was typed still in the box."""
    return render(request, "matching/try.html", {"form": form, "try_page": True}, status=status)


def _give_cookie(response: HttpResponse, browser: str) -> None:
    response.set_cookie(
        COOKIE,
        browser,
        max_age=record.seconds(),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _from_elsewhere(request: HttpRequest) -> bool:
    """Another site's form must not be able to put words in somebody's box."""
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return request.headers.get("Sec-Fetch-Site") == "cross-site" or (
        urlsplit(origin).netloc not in ("", request.get_host())
    )


def _too_large(request: HttpRequest) -> bool:
    length = request.META.get("CONTENT_LENGTH") or "0"
    large = int(length) > MOST_BYTES + 4 * MOST_CHARACTERS if length.isdecimal() else False
    return large or any(
        (file.size or 0) > MOST_BYTES for file in request.FILES.values() if hasattr(file, "size")
    )


@never_cache
@require_safe
def try_result(request: HttpRequest, key: str) -> HttpResponse:
    """Its answer, or that it is being looked at: asked again by htmx, or by the page itself without it."""
    kept = _kept(request, key)
    if kept is None:
        return render(request, "matching/try_gone.html", {"form": TryForm(), "try_page": True}, status=404)
    answer = record.answer_to(key)
    turn = request.GET.get("n", "")
    context: dict[str, Any] = {
        "key": key,
        "answer": answer,
        "turn": int(turn) + 1 if turn.isdecimal() and len(turn) < 4 else 1,
        "most": POLLS,
        "slow_after": POLLED_AFTER,
        "minutes": int(settings.TRY_MINUTES),
    }
    if answer and not answer.get("error") and not answer.get("failed"):
        context |= {
            "fits": trying.fits_shown(answer, request.user),
            "needs": trying.needs_of_problem(answer),
            "problem": answer["kind"] == "problem",
            "text": kept.text,
            "language": trying.text_language(kept),
        }
    part = request.htmx and request.htmx.target == "try-result"  # type: ignore[attr-defined]
    return render(request, "matching/_try_result.html" if part else "matching/try_result.html", context)


@never_cache
@require_POST
def try_again(request: HttpRequest, key: str) -> HttpResponse:
    """The same text read as the other thing."""
    kept = _kept(request, key)
    kind = request.POST.get("kind", "")
    if kept is None or kind not in ("problem", "offer"):
        return redirect("matching:try")
    if trying.seconds_to_wait(request):
        return redirect("matching:try")
    kept.kind = kind
    record.write(key, kept)
    if not record.ask(key):
        return redirect("matching:try")
    return redirect("matching:try_result", key)


@never_cache
@require_POST
def try_forget(request: HttpRequest, key: str) -> HttpResponse:
    """Thrown away before its time."""
    if _kept(request, key):
        record.forget(key)
    return redirect("matching:try")


@never_cache
@require_safe
def keep_profile(request: HttpRequest, key: str) -> HttpResponse:
    """The forms of a new profile begin with the text; the way to them leads past signing up."""
    kept = _kept(request, key)
    if kept is None:
        return redirect("matching:try_result", key)
    trying.begin_profile(key, kept, request)
    response = render(request, "matching/try_keep_profile.html", {"kinds": Profile.Kind, "key": key})
    _give_cookie(response, request.COOKIES[COOKIE])
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keep_challenge(request: SignedInRequest, key: str) -> HttpResponse:
    """The draft of a challenge, once it is known whose it is."""
    kept = _kept(request, key)
    if kept is None:
        return redirect("matching:try_result", key)
    record.write(key, kept)  # another hour
    organisations = Organisation.objects.of(request.user)
    data = request.POST if request.method == "POST" else None
    form = KeepChallengeForm(data, organisations=organisations)
    if data is not None and form.is_valid():
        try:
            draft = trying.begin_challenge(
                key, kept, organisation=form.cleaned_data["organisation"], by=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("hubs:challenge_edit", draft.public_id, "problem")
    context = {"form": form, "key": key, "organisations": organisations}
    response = render(request, "matching/try_keep_challenge.html", context)
    _give_cookie(response, request.COOKIES[COOKIE])
    return response


def _kept(request: HttpRequest, key: str) -> Record | None:
    browser = request.COOKIES.get(COOKIE, "")
    if len(key) > 64:
        raise Http404
    return record.find(key, browser) if browser else None


for _view in (try_it, try_result, try_again, try_forget, keep_profile, keep_challenge):
    _view.keeps_nothing = True  # type: ignore[union-attr] # accounts.kept asks for it
