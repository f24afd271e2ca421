"""What somebody is told: in their list at once, by letter as often as they want."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.template import TemplateDoesNotExist
from django.urls import reverse
from django.utils import timezone, translation

from accounts import forgetting, mailer
from accounts.actions import erase_person
from accounts.models import Cadence, Family, Letter, LetterPreference, NewsItem, Suppression, User
from accounts.news import notify
from accounts.queries import all_data
from accounts.suppression import suppress
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _words(tmp_path: Path, settings: Any) -> None:
    """Kinds that no part of the site uses."""
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "test_told.txt").write_text("Algo pasó con “{{ title }}”: <ya>\n")
    templates = [dict(each) for each in settings.TEMPLATES]
    templates[0]["DIRS"] = [tmp_path, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates


def tell(user: User, **fields: object) -> NewsItem | None:
    told = {
        "family": Family.CHALLENGES,
        "kind": "test_told",
        "url": "/es/challenges/",
        "about": "challenge:1",
    }
    told["params"] = {"title": "Agua & sal", "language": "es"}  # type: ignore[assignment]
    return notify(person=user.person, **(told | fields))  # type: ignore[arg-type]


def wants(user: User, family: Family, cadence: Cadence) -> None:
    LetterPreference.objects.update_or_create(
        person=user.person, family=family, channel="email", defaults={"cadence": cadence}
    )


def test_news_stands_in_the_list_and_in_a_letter_at_once(owner: User, settings: Any) -> None:
    tell(owner)
    mailer.send_due()
    (message,) = mail.outbox
    assert message.subject == "Algo pasó con “Agua & sal”: <ya>"
    assert f"{settings.HELICE_URL}/es/challenges/" in message.body
    page = signed_in(owner).get(reverse("accounts:news")).content.decode()
    assert 'Algo pasó con “<bdi lang="es">Agua &amp; sal</bdi>”: &lt;ya&gt;' in page


@pytest.mark.parametrize("cadence", [Cadence.DAILY, Cadence.WEEKLY, Cadence.NEVER])
def test_who_does_not_want_it_at_once_finds_it_in_the_list_alone(owner: User, cadence: Cadence) -> None:
    wants(owner, Family.CHALLENGES, cadence)
    tell(owner)
    assert not Letter.objects.exists()
    assert NewsItem.objects.unread().count() == 1


def test_the_same_news_is_told_once_to_each(owner: User, teammate: User) -> None:
    assert tell(owner, key="challenge:1:closed")
    assert tell(owner, key="challenge:1:closed") is None
    assert tell(teammate, key="challenge:1:closed")
    assert Letter.objects.count() == 2


def test_news_without_words_is_a_mistake_of_ours(owner: User) -> None:
    with pytest.raises(TemplateDoesNotExist):
        tell(owner, kind="nobody_wrote_this")
    assert not NewsItem.objects.exists()


def test_news_that_lost_its_words_breaks_no_page(owner: User) -> None:
    NewsItem.objects.create(person=owner.person, family="challenges", kind="of_an_older_version")
    assert signed_in(owner).get(reverse("accounts:news")).status_code == 200


def test_opening_an_item_reads_it_and_leads_on(owner: User) -> None:
    item = tell(owner)
    assert item
    client = signed_in(owner)
    assert "(1)" in client.get(reverse("accounts:home")).content.decode()
    response = client.post(reverse("accounts:news_open", args=[item.pk]))
    assert response.headers["Location"] == "/es/challenges/"
    item.refresh_from_db()
    assert item.read_at
    assert "menu__count" not in client.get(reverse("accounts:home")).content.decode()


def test_news_written_in_one_language_leads_on_in_the_readers_own(owner: User) -> None:
    item = tell(owner, url="/es/profiles/?q=agua")
    assert item
    with translation.override("en"):
        response = signed_in(owner).post(reverse("accounts:news_open", args=[item.pk]))
    assert response.headers["Location"] == "/en/profiles/?q=agua"


def test_a_letter_of_news_leads_on_in_its_own_language(owner: User) -> None:
    owner.language = "en"
    owner.save()
    wants(owner, Family.CHALLENGES, Cadence.AT_ONCE)
    tell(owner, url="/es/profiles/")
    mailer.send_due()
    assert "/en/profiles/" in mail.outbox[-1].body


def test_nobody_opens_what_others_were_told(owner: User, stranger: User) -> None:
    item = tell(owner)
    assert item
    client = signed_in(stranger)
    assert client.post(reverse("accounts:news_open", args=[item.pk])).status_code == 404
    client.post(reverse("accounts:news_read"))
    assert NewsItem.objects.unread().count() == 1
    assert "Agua" not in client.get(reverse("accounts:news")).content.decode()


def test_an_item_never_leads_to_another_site(owner: User) -> None:
    item = tell(owner, url="https://evil.example/")
    assert item
    response = signed_in(owner).post(reverse("accounts:news_open", args=[item.pk]))
    assert response.headers["Location"] == reverse("accounts:news")


def test_what_was_read_meanwhile_is_not_mailed(owner: User) -> None:
    tell(owner)
    signed_in(owner).post(reverse("accounts:news_read"))
    mailer.send_due()
    assert mail.outbox == []


def test_the_list_shows_one_family_or_what_is_unread(owner: User) -> None:
    tell(owner)
    tell(owner, family=Family.PROGRAMMES, params={"title": "Cómputo"})
    client, address = signed_in(owner), reverse("accounts:news")
    only = client.get(address, {"family": "programmes"}).content.decode()
    assert "Cómputo" in only
    assert "Agua" not in only
    client.post(reverse("accounts:news_read"))
    unread = client.get(address, {"unread": "1"}).content.decode()
    assert "Cómputo" not in unread


def test_strangers_must_sign_in_first(client: object) -> None:
    factories.make_user()
    response = client.get(reverse("accounts:news"))  # type: ignore[attr-defined]
    assert response.status_code == 302


def test_news_is_kept_for_half_a_year(owner: User) -> None:
    old, new = tell(owner), tell(owner)
    assert old
    NewsItem.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=181))
    forgetting.forget()
    assert list(NewsItem.objects.all()) == [new]


def test_erasing_an_account_takes_its_news_and_its_stopped_addresses_along(owner: User) -> None:
    suppress(address=owner.email, reason=Suppression.Reason.BOUNCED)
    tell(owner)
    held = all_data(owner.person)
    assert [row["kind"] for row in held["news"]] == ["test_told", "letters_stopped"]
    assert held["addresses_without_letters"][0]["address"] == owner.email
    erase_person(person=owner.person, by=owner)
    assert not NewsItem.objects.exists()
    assert not Suppression.objects.exists()
