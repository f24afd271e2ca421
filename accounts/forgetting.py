"""What is held only for a while, and then is gone."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from . import jobs
from .actions.people import discard_unconfirmed, is_unproven
from .kept import HOURS
from .models import Consent, KeptPost, Letter, NewsItem, User

logger = logging.getLogger(__name__)
UNCONFIRMED_HOURS = 48
CODE_HOURS = 24
NEWS_DAYS = 180


def forget() -> None:
    """News after half a year, long work and its files after a week, refused forms after a day, unconfirmed
    sign-ups after two, codes in letters that never left."""
    now = timezone.now()
    jobs.forget()
    NewsItem.objects.filter(created_at__lt=now - timedelta(days=NEWS_DAYS)).delete()
    KeptPost.objects.filter(created_at__lt=now - timedelta(hours=HOURS)).delete()
    stuck = Letter.objects.filter(kind="account", created_at__lt=now - timedelta(hours=CODE_HOURS))
    stuck.filter(state__in=[Letter.State.FAILED, Letter.State.UNKNOWN]).exclude(params={}).update(params={})
    old = User.objects.filter(last_login=None, date_joined__lt=now - timedelta(hours=UNCONFIRMED_HOURS))
    for user in old.exclude(emailaddress__verified=True):
        try:
            if is_unproven(user):
                forget_sign_up(user)
        except ProtectedError:  # others' records point at it: not one to take away
            logger.warning("Unconfirmed account %s is in use and stays", user.pk)


@transaction.atomic
def forget_sign_up(user: User) -> None:
    """The account, its person, and what they filled in on the way; never anything that was confirmed."""
    person = user.person
    discard_unconfirmed(user=user)
    Consent.objects.filter(person=person).delete()
    user.delete()
    person.delete()
