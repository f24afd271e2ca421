"""The pages behind a match letter's links: no sign-in, and nothing happens before a button is pressed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils import translation as languages
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import Profile
from accounts.rendering import zone_of
from accounts.secret_pages import secret_page
from accounts.tokens import hash_token
from hubs.forms.contacts import AskForm
from hubs.models import Introduction

from . import actions
from .emails import ANSWERS, described, links_end, with_what_letters_show
from .models import Answer, AnswerLink, LetterItem

# No cookie and no referrer stand behind these forms: the secret in the address is the whole authority, and a
# browser that is told to send no referrer sends no origin either, which CSRF protection would refuse.
LETTER = "letter"


@never_cache
@require_http_methods(["GET", "HEAD"])
def match_link(request: HttpRequest, token: str) -> HttpResponse:
    return _page(request, token, _item(token))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def match_link_answer(request: HttpRequest, token: str, answer: str) -> HttpResponse:
    """GET asks (mail scanners follow links), POST records; said twice it is still said once."""
    if answer not in ANSWERS:
        raise Http404
    item = _item(token)
    if request.method != "POST" or _is_over(item):
        return _page(request, token, item, proposed=answer)
    actions.record_answer(
        profile=item.profile, challenge=item.challenge, answer=answer, by=item.person, via=LETTER
    )
    return _page(request, token, item, said=answer)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def introduce(request: HttpRequest, token: str) -> HttpResponse:
    """To the poster, with the reason of the match and three short answers."""
    item = _item(token)
    if request.method != "POST" or _is_over(item):
        return _page(request, token, item, form=AskForm())
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            with languages.override(item.person.language):
                actions.ask_introduction(
                    profile=item.profile,
                    challenge=item.challenge,
                    by=item.person,
                    via=LETTER,
                    **form.cleaned_data,
                )
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, token, item, form=form, asked=form.is_valid())


def _item(token: str) -> LetterItem:
    """The item behind the secret, while its reader still acts for the profile."""
    link = AnswerLink.objects.filter(token_hash=hash_token(token)).first()
    if link is None:
        raise Http404
    item = with_what_letters_show(LetterItem.objects.filter(pk=link.item_id)).get()
    user = item.person.user
    if user is None or not user.is_active or not Profile.objects.of(user).filter(pk=item.profile_id).exists():
        raise Http404
    return item


def _is_over(item: LetterItem) -> bool:
    return timezone.now() > links_end(item) or not item.challenge.is_public


def _page(
    request: HttpRequest,
    token: str,
    item: LetterItem,
    *,
    proposed: str = "",
    said: str = "",
    asked: bool = False,
    form: AskForm | None = None,
) -> HttpResponse:
    language = item.person.language
    if _is_over(item):
        return secret_page(request, "matching/link_over.html", {}, language=language, status=410)
    with languages.override(language), timezone.override(zone_of(item.person)):
        current = Answer.objects.filter(profile=item.profile, challenge=item.challenge).first()
        introduction = item.challenge.introductions.filter(profile=item.profile).first()
        again = Introduction.Direction.FROM_PROFILE
        free = introduction is None or introduction.may_be_asked_again(again)
        interested = current is not None and current.answer == Answer.Choice.INTERESTED
        context: dict[str, Any] = described(item) | {
            "token": token,
            "proposed": proposed,
            "said": said,
            "asked": asked,
            "current": current,
            "introduction": introduction,
            "form": form or AskForm(),
            "may_ask": (form or interested) and free and not item.challenge.is_closed(),
            "answers": [choice for choice in Answer.Choice if current is None or choice != current.answer],
        }
        status = 422 if form and form.errors else 200
        return secret_page(request, "matching/link.html", context, language=language, status=status)
