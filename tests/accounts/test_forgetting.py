"""What is held only for a while."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts import forgetting, mailer
from accounts.adapter import AccountAdapter
from accounts.models import Consent, KeptPost, Letter, Profile, User
from tests import factories

pytestmark = pytest.mark.django_db


def test_old_refused_forms_and_unconfirmed_sign_ups_are_forgotten(owner: User) -> None:
    new = factories.make_user(verified=False)
    old = factories.make_user(verified=False)
    old.set_unusable_password()
    old.save()
    factories.make_researcher(old, confirmed_at=None, claimed_at=None)
    Consent.objects.create(person=old.person, purpose="letters", granted=True, notice_version="1")
    long_ago = timezone.now() - timedelta(hours=49)
    User.objects.exclude(pk=new.pk).update(date_joined=long_ago)
    KeptPost.objects.create(key_hash="a", path="/", data={})
    KeptPost.objects.create(key_hash="b", path="/", data={})
    KeptPost.objects.filter(key_hash="a").update(created_at=long_ago)
    forgetting.forget()
    assert list(KeptPost.objects.values_list("key_hash", flat=True)) == ["b"]
    assert set(User.objects.all()) == {owner, new}
    assert not Profile.objects.exists()


def test_a_code_that_never_left_is_taken_out_of_its_row(owner: User) -> None:
    AccountAdapter().send_mail("account/email/login_code", "a@example.org", {"code": "ABC123"})
    Letter.objects.update(state="failed", created_at=timezone.now() - timedelta(hours=25))
    forgetting.forget()
    letter = Letter.objects.get()
    assert letter.params == {}
    mailer.send_again(Letter.objects.all())
    mailer.send_due()
    assert mail.outbox == []
    letter.refresh_from_db()
    assert letter.state == "dropped"
