"""Onboarding by what exists: a file becomes a profile to tick and correct, for newcomers and for members."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import bringing, suggestions
from accounts.models import KeptPost, Profile, ProfileItem, User
from tests import factories
from tests.accounts.test_reading import BIBTEX
from tests.accounts.test_reading_cv import CV, PAGE, SECRETS
from tests.accounts.test_reading_pdf import make_pdf
from tests.conftest import signed_in
from tests.pages.test_join import person, rows

pytestmark = pytest.mark.django_db


def bring(client: Client, about: str, text: str = "", **more: Any) -> str:
    """The address of what was read."""
    response = client.post(reverse("accounts:bring"), {"about": about, "brought": text, **more})
    assert response.status_code == 302, response.context["form"].errors
    return str(response["Location"])


def test_a_newcomers_cv_fills_the_form_to_join_and_its_works_go_with_it() -> None:
    client = Client()
    found = bring(client, "researcher", CV)
    page = client.get(found)
    html = page.content.decode()
    assert "Medición de arsénico en pozos" in html
    assert not [secret for secret in SECRETS[1:] if secret in html.replace(client.session["brought"], "")]
    take = [str(row.number) for _label, group in page.context["groups"] for row in group]
    assert page.context["ticked"] == {int(number) for number in take}
    dropped = next(row for _l, group in page.context["groups"] for row in group if row.item.kind == "project")
    onward = client.post(found, {"take": [n for n in take if n != str(dropped.number)]})
    assert onward["Location"] == reverse("accounts:join_kind", args=["researcher"])
    html = client.get(onward["Location"]).content.decode()
    for words in (
        "María José de la Cruz Pérez",
        "0000-0002-1825-0097",
        "Investigo la presencia",
        "Modelado de",
    ):
        assert words in html
    form = {
        **person(name="María José de la Cruz Pérez"),
        "institution_name": "Instituto Potosino",
        "field_1": "2.7",
        "summary": "Investigo el agua.",
        **rows("offers", "Sensores electroquímicos para arsénico en campo"),
        **rows("evidence"),
    }
    assert client.post(onward["Location"], form).status_code == 302
    profile = Profile.objects.get()
    assert [item.title for item in profile.items.filter(role="evidence")] == [
        "Mapas de flúor en agua de consumo",
        "Medición de arsénico en pozos del Altiplano potosino con sensores de bajo costo",
    ]
    assert profile.items.filter(role="offer").count() == 1


def test_a_one_pager_as_pdf_becomes_a_companys_form(owner: User) -> None:
    client = signed_in(owner)
    file = SimpleUploadedFile("ficha.pdf", make_pdf(PAGE.replace("•", "-")), "application/pdf")
    found = bring(client, "company", file=file)
    onward = client.post(found, {"take": ["0", "1", "2", "3", "4"]})
    assert onward["Location"] == reverse("accounts:profile_new", args=["company"])
    html = client.get(onward["Location"]).content.decode()
    assert "Fabricamos sensores de humedad" in html
    assert "Sensores del Norte" in html
    # For a profile of another kind it was not meant
    other = client.get(reverse("accounts:profile_new", args=["startup"])).content.decode()
    assert "Fabricamos sensores" not in other


def test_works_are_added_to_a_profile_and_those_that_are_there_come_unticked(owner: User) -> None:
    owner.person.name = "Ma. José de la Cruz Perez"
    owner.person.save()
    profile = factories.make_researcher(owner, summary="Mi resumen, que se queda.")
    mine = "Medicion de arsenico en pozos del rio Ñandu: un metodo de 5% de error"
    there = factories.add_item(profile, "evidence", title=mine, text="Con mis palabras", year=2019)
    client = signed_in(owner)
    found = bring(client, str(profile.public_id), BIBTEX)
    page = client.get(found)
    like = {row.item.title: row for _label, group in page.context["groups"] for row in group}
    assert [title[:8] for title, row in like.items() if row.like] == ["Medición"]
    assert like["Medición de arsénico en pozos del río Ñandú: un método de 5% de error"].ticked is False
    response = client.post(found, {"take": page.context["ticked"], "summary": profile.summary})
    assert response["Location"] == reverse("accounts:profile_edit", args=[profile.public_id])
    profile.refresh_from_db()
    assert profile.summary == "Mi resumen, que se queda."
    there.refresh_from_db()
    assert there.text == "Con mis palabras"
    assert ProfileItem.objects.filter(profile=profile).count() == 4
    # The same file a second time adds nothing
    again = client.get(bring(client, str(profile.public_id), BIBTEX))
    assert again.context["ticked"] == set()


def test_works_of_others_come_unticked_and_say_so(owner: User) -> None:
    profile = factories.make_researcher(owner)
    entry = "@article{a, title={Obra de otra gente}, author={Soto, Ana and Li, Wei}, year=2020}"
    client = signed_in(owner)
    page = client.get(bring(client, str(profile.public_id), entry))
    assert page.context["ticked"] == set()
    assert "Soto, Ana" in page.content.decode()


def test_what_stands_in_a_profile_stays_and_what_is_empty_is_filled(owner: User) -> None:
    profile = factories.make_researcher(owner, summary="", institution_name="Mi instituto")
    client = signed_in(owner)
    page = client.get(bring(client, str(profile.public_id), CV))
    form = page.context["form"]
    assert form["summary"].value().startswith("Investigo")
    assert form["institution_name"].value() == "Mi instituto"
    assert "Instituto Potosino" in str(form["institution_name"].help_text)


def test_only_the_browser_that_brought_it_sees_it(owner: User, stranger: User) -> None:
    client = Client()
    found = bring(client, "researcher", CV)
    for other in (Client(), signed_in(owner)):
        assert other.get(found)["Location"] == reverse("accounts:bring")
    assert "key" not in str(dict(client.session))
    assert not KeptPost.objects.exists()


def test_nobody_brings_into_somebody_elses_profile(owner: User, stranger: User) -> None:
    profile = factories.make_researcher(owner)
    response = signed_in(stranger).post(
        reverse("accounts:bring"), {"about": str(profile.public_id), "brought": CV}
    )
    assert response.status_code == 200
    assert response.context["form"].errors["about"]


def test_a_refused_form_keeps_no_cv_in_the_database() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(reverse("accounts:bring"), {"about": "researcher", "brought": CV})
    assert response.status_code == 403
    assert "CUPM" not in str(list(KeptPost.objects.values_list("data", flat=True)))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("cv.docx", b"PK\x03\x04word", "Word"),
        ("cv.pdf", b"%PDF-1.4 nada", "PDF"),
        ("vacio.bib", b"@misc{a, year=2000}", "No hay nada"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_file(name: str, data: bytes, said: str) -> None:
    file = SimpleUploadedFile(name, data)
    response = Client().post(reverse("accounts:bring"), {"about": "researcher", "file": file})
    assert said in str(response.context["form"].errors["file"])


def test_nothing_at_all_is_asked_for_again() -> None:
    response = Client().post(reverse("accounts:bring"), {"about": "researcher", "brought": " "})
    assert response.context["form"].non_field_errors()


def test_a_process_that_reads_enough_files_already_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def acquire(self, timeout: float) -> bool:
            return False

    monkeypatch.setattr(bringing, "_places", Full())
    response = Client().post(reverse("accounts:bring"), {"about": "researcher", "brought": CV})
    assert response.context["form"].errors["brought"]


def named(name: str) -> Profile:
    found = factories.make_researcher(None)
    assert found.person
    found.person.name = name
    found.person.save()
    found.save()
    return found


def test_the_same_person_under_another_spelling_is_pointed_out(owner: User) -> None:
    here = named("Ma. José de la Cruz Pérez")
    named("José Luis de la Cruz Pérez")  # a brother
    hidden = factories.make_researcher(None, visibility="nobody", orcid="0000-0002-1825-0097")
    client = Client()
    page = client.get(bring(client, "researcher", CV))
    assert page.context["alike"] == [here]
    assert hidden not in page.context["alike"]


def test_fields_are_suggested_from_the_text_and_only_ticked_ones_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(suggestions, "_ask", [lambda text, language, tables: {"fields": ["2.7", "1.4"]}])
    client = Client()
    found = bring(client, "researcher", CV)
    assert [code for code, _label in client.get(found).context["codes"]] == ["2.7", "1.4"]
    onward = client.post(found, {"take": [], "code": ["1.4", "nada"]})
    html = client.get(onward["Location"]).content.decode()
    assert '<option value="1.4" selected>' in html
    assert '<option value="2.7" selected>' not in html
