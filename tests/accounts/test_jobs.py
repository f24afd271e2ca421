"""Long work: claimed, counted, taken over, stopped, and forgotten; imports and tables as work."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import importing, jobs
from accounts.models import Job, JobFile, Profile, User
from hubs import jobs as hub_jobs
from hubs.models import Challenge
from tests import factories
from tests.conftest import signed_in

LIST = reverse("accounts:job_list")


@pytest.fixture
def curator(db: None) -> User:
    user = factories.make_user("curadora@example.org")
    factories.make_hub("nation", curator=user)
    return user


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Work in ten steps; each number is noted as its step begins."""
    begun: list[int] = []

    def count(work: jobs.Work) -> str:
        for number in range(work.done, 10):
            begun.append(number)
            with transaction.atomic():
                work.report(number + 1, 10)
        return "ready"

    kind = jobs.Kind(name="count", title="Count", lead="", run=count, may=lambda user: user.is_authenticated)
    monkeypatch.setitem(jobs.kinds, "count", kind)
    return begun


def start(user: User, kind: str = "count", **params: Any) -> Job:
    return jobs.start(kind=kind, by=user, params=params)


def test_work_is_done_once_and_says_how_far_it_is(owner: User, counting: list[int]) -> None:
    job = start(owner)
    assert jobs.waiting() == [job.pk]
    assert jobs.run(job.pk)
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.percent, job.outcome, counting) == ("done", 100, "ready", list(range(10)))
    assert jobs.waiting() == []


def test_another_worker_goes_on_where_one_fell(
    owner: User, counting: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start(owner)
    report = jobs.Work.report

    def killed(work: jobs.Work, done: int, *args: Any, **more: Any) -> None:
        if done == 5:
            raise SystemExit
        report(work, done, *args, **more)

    monkeypatch.setattr(jobs.Work, "report", killed)
    with pytest.raises(SystemExit):
        jobs.run(job.pk)
    monkeypatch.setattr(jobs.Work, "report", report)
    assert not jobs.run(job.pk)  # claimed still
    assert jobs.waiting() == []
    Job.objects.update(not_before=timezone.now())
    assert jobs.waiting() == [job.pk]
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", 10)
    assert counting == [0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9]


def test_a_worker_that_was_taken_for_dead_writes_nothing_more(owner: User, counting: list[int]) -> None:
    job = start(owner)
    lost = jobs._claim(job.pk)
    assert lost is not None
    Job.objects.update(not_before=timezone.now())
    assert jobs.run(job.pk)
    with pytest.raises(jobs.LostError):
        jobs.Work(lost).report(3, 10)
    job.refresh_from_db()
    assert job.done == 10


def test_work_whose_workers_always_fall_is_given_up(owner: User, counting: list[int]) -> None:
    job = start(owner)
    Job.objects.update(tries=jobs.TRIES)
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert counting == []


def test_work_that_fails_says_so_and_tells_the_operator_more(
    owner: User, monkeypatch: pytest.MonkeyPatch, counting: list[int]
) -> None:
    def fail(work: jobs.Work) -> str:
        raise ZeroDivisionError("secret")

    kind = jobs.Kind(name="count", title="Count", lead="", run=fail, may=lambda user: True)
    monkeypatch.setitem(jobs.kinds, "count", kind)
    job = start(owner)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "secret" not in job.outcome
    assert "secret" in job.error


def test_its_page_is_the_askers_alone_and_can_stop_it(
    owner: User, stranger: User, counting: list[int]
) -> None:
    job = start(owner)
    assert signed_in(stranger).get(job.get_absolute_url()).status_code == 404
    page = signed_in(owner).get(job.get_absolute_url()).content.decode()
    assert 'hx-trigger="every 2s"' in page
    stop = reverse("accounts:job_stop", args=[job.public_id])
    assert signed_in(stranger).post(stop).status_code == 404
    signed_in(owner).post(stop)
    job.refresh_from_db()
    assert job.state == "stopped"
    assert not jobs.run(job.pk)
    fragment = signed_in(owner).get(job.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "hx-trigger" not in fragment


def test_work_and_its_files_are_gone_after_a_week(owner: User, counting: list[int]) -> None:
    given = SimpleUploadedFile("a.csv", b"id\n1\n")
    job = jobs.start(kind="count", by=owner, params={}, given=given)
    jobs.forget()
    assert JobFile.objects.exists()
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    jobs.forget()
    assert not Job.objects.exists()
    assert not JobFile.objects.exists()


def test_only_those_who_may_ask_for_something_find_the_page(owner: User, curator: User) -> None:
    assert signed_in(owner).get(LIST).status_code == 404
    assert [kind.name for kind in signed_in(curator).get(LIST).context["offered"]] == [
        "import_profiles",
        "import_challenges",
        "export_challenges",
        "export_profiles",
    ]
    new = reverse("accounts:job_new", args=["import_profiles"])
    assert signed_in(owner).get(new).status_code == 404
    assert signed_in(owner).post(new).status_code == 404


def upload(user: User, kind: str, name: str, text: str, **data: Any) -> Job:
    data = {
        "language": "es",
        "kind": "researcher",
        "visibility": "members",
        "source": "",
        "status": "draft",
    } | data
    file = SimpleUploadedFile(name, text.encode())
    response = signed_in(user).post(reverse("accounts:job_new", args=[kind]), data | {"file": file})
    assert response.status_code == 302, response.context["form"].errors
    job = Job.objects.latest("pk")
    assert response["Location"] == job.get_absolute_url()
    jobs.run(job.pk)
    job.refresh_from_db()
    return job


PEOPLE = "id,name,summary\n" + "".join(f"p{n},Persona {n},Mide arsénico\n" for n in range(7))


def test_profiles_are_imported_from_an_upload_slice_by_slice(
    curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_jobs, "SLICE", 3)
    job = upload(curator, "import_profiles", "gente.csv", PEOPLE, source="Padrón")
    assert (job.state, job.done, job.total) == ("done", 7, 7)
    assert Profile.objects.filter(source="Padrón", claimed_at=None).count() == 7
    assert job.outcome == "Nuevos: 7. Actualizados: 0. Sin cambios: 0."
    again = upload(curator, "import_profiles", "gente.csv", PEOPLE, source="Padrón")
    assert again.outcome == "Nuevos: 0. Actualizados: 0. Sin cambios: 7."


def test_an_import_that_broke_off_goes_on_and_counts_each_row_once(
    curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_jobs, "SLICE", 3)
    write, calls = importing.write, 0

    def killed(part: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise SystemExit
        return write(part)

    monkeypatch.setattr(importing, "write", killed)
    with pytest.raises(SystemExit):
        upload(curator, "import_profiles", "gente.csv", PEOPLE)
    job = Job.objects.get()
    assert (job.done, Profile.objects.count()) == (3, 3)
    Job.objects.update(not_before=timezone.now())
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, Profile.objects.count()) == ("done", 7, 7)
    assert job.outcome == "Nuevos: 7. Actualizados: 0. Sin cambios: 0."


def test_a_wrong_row_is_named_and_nothing_is_imported(curator: User) -> None:
    job = upload(curator, "import_profiles", "gente.csv", PEOPLE + "p9,,x\np1,Doble,x\n")
    assert job.state == "failed"
    assert "row 10" in job.outcome
    assert not Profile.objects.exists()


def test_a_file_of_another_kind_is_refused(curator: User) -> None:
    file = SimpleUploadedFile("a.exe", b"MZ")
    data = {"language": "es", "kind": "researcher", "visibility": "members", "file": file}
    page = signed_in(curator).post(reverse("accounts:job_new", args=["import_profiles"]), data)
    assert page.context["form"].errors["file"]
    assert not Job.objects.exists()


def call(key: str, organisation: str, **more: Any) -> str:
    row = {
        "id": key,
        "title": "Agua segura",
        "summary": "Pozos con arsénico.",
        "description": "No sabemos cuáles.",
        "organisation": organisation,
        "opens": "2026-01-01",
        "closes": "2030-01-01",
        "needs": ["Medir arsénico"],
        "contact_name": "Ana",
        "contact_email": "ana@example.org",
    } | more
    return json.dumps(row)


def test_challenges_are_imported_from_an_upload(curator: User) -> None:
    organisation = factories.make_organisation()
    hub = factories.make_hub()
    text = call("c1", organisation.name, status="published") + "\n" + call("c2", organisation.name)
    job = upload(curator, "import_challenges", "retos.jsonl", text, hub=hub.slug)
    assert (job.state, job.outcome) == ("done", "Nuevos: 2. Actualizados: 0. Sin cambios: 0.")
    assert set(Challenge.objects.values_list("import_key", "status")) == {
        ("c1", "published"),
        ("c2", "draft"),
    }


def test_a_curator_imports_nothing_published_of_an_organisation_of_their_own(curator: User) -> None:
    organisation = factories.make_organisation(owner=curator)
    text = call("c1", organisation.name)
    hub = factories.make_hub()
    job = upload(curator, "import_challenges", "retos.jsonl", text, hub=hub.slug, status="published")
    assert job.state == "failed"
    assert not Challenge.objects.exists()


def made(user: User, job: Job) -> list[dict[str, str]]:
    response = signed_in(user).get(reverse("accounts:job_file", args=[job.public_id]))
    assert response.status_code == 200
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_challenges_go_out_as_a_table_as_far_as_their_curator_may_read_them(curator: User) -> None:
    public = factories.make_challenge(title="=HYPERLINK()", contact_email="secreto@example.org")
    factories.make_challenge(status="draft")
    job = start(curator, "export_challenges")
    jobs.run(job.pk)
    (row,) = made(curator, job)
    assert (row["id"], row["title"], row["needs"]) == (
        str(public.public_id),
        "'=HYPERLINK()",
        "Medir arsénico en pozos",
    )
    assert "secreto@example.org" not in str(row)


def test_the_directory_goes_out_without_addresses_and_without_the_hidden(
    curator: User, stranger: User
) -> None:
    shown = factories.make_researcher(stranger, claim_email="secreto@example.org")
    factories.make_researcher(visibility="nobody")
    job = start(curator, "export_profiles")
    jobs.run(job.pk)
    (row,) = made(curator, job)
    assert row["id"] == str(shown.public_id)
    assert "@" not in str(row).replace("example.org/", "")


def test_a_curator_who_is_one_no_longer_gets_no_file(curator: User) -> None:
    job = start(curator, "export_profiles")
    jobs.run(job.pk)
    curator.person.hub_memberships.all().delete()
    url = reverse("accounts:job_file", args=[job.public_id])
    assert signed_in(curator).get(url).status_code == 404
