"""Nothing typed is lost: a form refused for sign-in or CSRF is held and offered back to that browser."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone

from .models import KeptPost
from .tokens import hash_token, new_token

COOKIE = "helice_kept"
HOURS = 24
MAX_BYTES = 400_000
SECRET_FIELDS = ("password", "csrfmiddlewaretoken", "code", "token", "credential", "brought")
RESENT = "_kept"


def keep(request: HttpRequest, response: HttpResponse, *, path: str = "") -> None:
    """Hold the refused form under a new key that only this browser gets; `path` is where it may be
    sent again, if that is another page. Not what a page promises never to write down."""
    if request.resolver_match and getattr(request.resolver_match.func, "keeps_nothing", False):
        return
    data = {
        # PostgreSQL holds no NUL, in no column
        name.replace("\x00", ""): [value.replace("\x00", "") for value in values]
        for name, values in request.POST.lists()
        if not any(secret in name.lower() for secret in SECRET_FIELDS) and name != RESENT
    }
    size = sum(len(value) for values in data.values() for value in values)
    if not any(any(values) for values in data.values()) or size > MAX_BYTES or _from_elsewhere(request):
        return
    token, token_hash = new_token()
    KeptPost.objects.create(key_hash=token_hash, path=(path or request.get_full_path())[:500], data=data)
    response.set_cookie(
        COOKIE,
        token,
        max_age=HOURS * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def kept_for(request: HttpRequest) -> KeptPost | None:
    token = request.COOKIES.get(COOKIE)
    if not token:
        return None
    since = timezone.now() - timedelta(hours=HOURS)
    return KeptPost.objects.filter(key_hash=hash_token(token), created_at__gt=since).first()


def forget(request: HttpRequest) -> None:
    KeptPost.objects.filter(key_hash=hash_token(request.COOKIES.get(COOKIE, ""))).delete()


def discard(request: HttpRequest, response: HttpResponse) -> None:
    forget(request)
    response.delete_cookie(COOKIE)


def refused_for_sign_in(request: HttpRequest, response: HttpResponse) -> bool:
    login = resolve_url(settings.LOGIN_URL)
    return (
        request.method == "POST"
        and response.status_code == 302
        and not request.user.is_authenticated
        and urlsplit(response["Location"]).path == login
    )


def sent_again(request: HttpRequest, response: HttpResponse) -> bool:
    return request.method == "POST" and RESENT in request.POST and response.status_code in (302, 303)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page behind a form whose protection token no longer fits: what was typed is still here."""
    response = render(request, "403_csrf.html", status=403)
    keep(request, response)
    return response


def _from_elsewhere(request: HttpRequest) -> bool:
    """Another site's form must not be able to place words in somebody's hands."""
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return bool(origin) and urlsplit(origin or "").netloc != request.get_host()
