"""Everyone reads who looked at their data: as what, when and what for; nobody else does."""

import ast
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from core import audit, audit_words
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db

LOOKS = "/api/v1/me/looks"
PAGE = "/data-saya/dilihat/"


@pytest.fixture
def person() -> User:
    return UserFactory()


@pytest.fixture
def auditor() -> User:
    auditor = UserFactory(username="pemeriksa-kota")
    auditor.groups.create(name="auditor")
    return auditor


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_look_names_the_role_the_time_and_the_purpose(person: User, auditor: User) -> None:
    audit.record(actor=auditor, action="asn.moved", subject_user=person, purpose="pengaduan 12")

    answer = signed_in(person).get(LOOKS)

    (look,) = answer.json()["results"]
    assert (look["by"], look["by_you"], look["purpose"]) == ("auditor", False, "pengaduan 12")
    assert answer["Cache-Control"] == "no-store"


def test_the_name_of_the_one_who_looked_is_told_nowhere(person: User, auditor: User) -> None:
    audit.record(actor=auditor, action="asn.moved", subject_user=person)

    for address in (LOOKS, PAGE):
        assert "pemeriksa-kota" not in signed_in(person).get(address).content.decode()


def test_nobody_reads_who_looked_at_another(person: User, auditor: User) -> None:
    audit.record(actor=auditor, action="asn.moved", subject_user=person, purpose="pengaduan 12")

    for reader in (auditor, UserFactory()):
        assert signed_in(reader).get(LOOKS).json()["results"] == []
        assert "pengaduan 12" not in signed_in(reader).get(PAGE).content.decode()


def test_the_page_says_it_in_words(person: User, auditor: User) -> None:
    audit.record(actor=auditor, action="asn.moved", subject_user=person, purpose="pengaduan 12")
    audit.record(actor=person, action="asn.activated", subject_user=person)

    page = signed_in(person).get(PAGE).content.decode()

    for words in ("Tempat tinggal diubah", "pengaduan 12", "Akun diaktifkan", "Anda sendiri"):
        assert words in page


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert Client().get(LOOKS).status_code == 401
    assert Client().get(PAGE)["Location"].startswith("/masuk/")


def test_many_looks_come_page_by_page(person: User) -> None:
    for _each in range(35):
        audit.record(actor=None, action="asn.moved", subject_user=person)

    first = signed_in(person).get(f"{LOOKS}?page_size=20").json()
    rest = signed_in(person).get(first["next"]).json()

    assert (len(first["results"]), len(rest["results"]), rest["next"]) == (20, 15, None)
    assert signed_in(person).get(f"{PAGE}?page=2").status_code == 200


def test_every_action_about_a_person_has_words() -> None:
    about_people = set[str]()
    for app in ("accounts", "cms", "core", "marketplace", "promotions", "social"):
        for file in Path(app).rglob("*.py"):
            about_people |= set(actions_about_people(file))

    assert about_people >= {"asn.activated", "asn.moved"}
    assert about_people <= audit_words.ACTIONS.keys()


def actions_about_people(file: Path) -> list[str]:
    """The literal actions of calls that name a subject_user."""
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call):
            said = {word.arg: word.value for word in node.keywords}
            if "subject_user" in said and isinstance(said.get("action"), ast.Constant):
                found.append(said["action"].value)
    return found
