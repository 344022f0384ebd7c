"""Report and mend: anyone may say what is wrong with a page, and an editor looks after it."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cms.complaints import close_shop
from cms.models import Complaint, ProductPage, UmkmPage
from config.roles import ROLES
from core.models import AuditEntry
from marketplace.contacts import without_contacts
from marketplace.models import Umkm
from tests.cms.factories import ProductPageFactory, UmkmPageFactory
from tests.marketplace.factories import UserFactory

pytestmark = pytest.mark.django_db

QUEUE = "/admin/katalog/laporan/"
KIND = Complaint.Kind


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def shop(db: None) -> UmkmPage:
    return UmkmPageFactory(title="Warung Sinom")


@pytest.fixture
def product(shop: UmkmPage) -> ProductPage:
    return ProductPageFactory(parent=shop, title="Es Sinom")


def form_of(page: UmkmPage | ProductPage) -> str:
    row = page.umkm if isinstance(page, UmkmPage) else page.product
    assert row is not None
    return f"/laporkan/{row.public_id}/"


def reported(page: Any, *, kind: str = KIND.PRICE, words: str = "") -> Complaint:
    return Complaint.objects.create(page=page.page_ptr, kind=kind, words=words, day="2026-11-24")


# --- What a reader does --------------------------------------------------------------------------


def test_anyone_reports_a_shop_or_a_product_from_its_page(
    client: Client, shop: UmkmPage, product: ProductPage
) -> None:
    for page in (shop, product):
        assert form_of(page) in client.get(page.url).content.decode()
        answer = client.post(form_of(page), {"kind": "price", "words": "Sekarang Rp12.000."})
        assert answer.status_code == 302
        assert page.title in client.get(answer["Location"]).content.decode()

    told = Complaint.objects.values_list("page_id", "kind", "words", "state").order_by("pk")
    assert [*told] == [(page.pk, "price", "Sekarang Rp12.000.", "open") for page in (shop, product)]


def test_a_report_holds_nobody(client: Client, shop: UmkmPage) -> None:
    client.force_login(UserFactory())

    client.post(form_of(shop), {"kind": "closed"})

    assert {field.name for field in Complaint._meta.get_fields()} == {
        "id", "page", "kind", "words", "day", "state", "note",
    }  # fmt: skip
    assert not AuditEntry.objects.filter(subject_type="cms.complaint").exists()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Hubungi 0812-3456-7890 saja", "Hubungi … saja"),
        ("Pindah ke RT 03/RW 5 sana", "Pindah ke …/… sana"),
        ("surat ke sri@contoh.id ya", "surat ke … ya"),
        ("Harganya Rp 1.250.000, bukan 1.000.000", "Harganya Rp 1.250.000, bukan 1.000.000"),
        ("+62 812 3456 789", "…"),
        ("081.234.567.890", "…"),
        ("buka 08.00 sampai 16.00", "buka 08.00 sampai 16.00"),
    ],
)
def test_numbers_and_addresses_of_people_are_left_out(said: str, kept: str) -> None:
    assert without_contacts(said) == kept


def test_numbers_are_left_out_before_anything_is_kept(client: Client, shop: UmkmPage) -> None:
    client.post(form_of(shop), {"kind": "facts", "words": "Bu Sri, 081234567890, RT 2"})

    assert Complaint.objects.get().words == "Bu Sri, …, …"


def test_the_same_words_said_twice_are_one_report_until_it_is_done(
    client: Client, shop: UmkmPage
) -> None:
    for _time in range(2):
        client.post(form_of(shop), {"kind": "closed", "words": "Sudah tutup."})
    assert Complaint.objects.count() == 1

    Complaint.objects.update(state="done", note="Sudah ditelepon: buka.")
    client.post(form_of(shop), {"kind": "closed", "words": "Sudah tutup."})

    assert Complaint.objects.open().count() == 1


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"kind": "x"},
        {"kind": "other", "words": " "},
        {"kind": "facts", "words": "a" * 501},
        {"kind": "facts", "words": "a\0b"},
    ],
)
def test_what_says_nothing_is_asked_again(
    client: Client, shop: UmkmPage, said: dict[str, str]
) -> None:
    assert client.post(form_of(shop), said).status_code == 422
    assert not Complaint.objects.exists()


def test_a_page_out_of_view_is_not_reported(
    client: Client, shop: UmkmPage, product: ProductPage
) -> None:
    addresses = [form_of(shop), form_of(product)]
    shop.unpublish()

    for address in [*addresses, "/laporkan/0190b6b0-0000-7000-8000-000000000000/"]:
        assert client.post(address, {"kind": "closed"}).status_code == 404
        assert client.get(address).status_code == 404
    assert client.get("/laporkan/x/").status_code == 404


def test_a_flood_from_one_address_is_stopped_and_what_was_typed_stays(
    client: Client, shop: UmkmPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.throttling.ReportThrottle.rate", "2/hour", raising=False)
    answers = [
        client.post(form_of(shop), {"kind": "facts", "words": f"Jam buka keliru {number}"})
        for number in range(3)
    ]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert b"Jam buka keliru 2" in answers[-1].content
    assert Complaint.objects.count() == 2


def test_another_site_sends_no_report(shop: UmkmPage) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(form_of(shop), {"kind": "closed"}).status_code == 403


# --- What an editor does -------------------------------------------------------------------------


def test_the_queue_shows_closed_shops_first_then_the_oldest(
    desk: Client, shop: UmkmPage, product: ProductPage
) -> None:
    reported(product, words="Sekarang 12.000 <b>ya</b>")
    reported(shop, kind=KIND.PICTURE)
    reported(shop, kind=KIND.CLOSED)

    rows = [row["complaint"].kind for row in desk.get(QUEUE).context["rows"]]

    assert rows == ["closed", "price", "picture"]
    assert "&lt;b&gt;ya" in desk.get(QUEUE).content.decode()
    assert [
        row["complaint"].kind for row in desk.get(QUEUE, {"kind": "price"}).context["rows"]
    ] == ["price"]
    assert desk.get(QUEUE, {"kind": "x\0", "state": "x", "p": "x"}).status_code == 200


def test_ticked_reports_are_done_together_with_one_note(
    desk: Client, editor: User, shop: UmkmPage, product: ProductPage
) -> None:
    done = [reported(shop), reported(product)]
    left = reported(shop, kind=KIND.PICTURE)

    desk.post(QUEUE, {"ticked": [one.pk for one in done], "note": "Harga diperbaiki."})

    states = dict(Complaint.objects.values_list("pk", "state"))
    assert states == {done[0].pk: "done", done[1].pk: "done", left.pk: "open"}
    entries = AuditEntry.objects.filter(action="complaint.done", actor_id=editor.pk)
    assert entries.count() == 2
    shown = desk.get(QUEUE, {"state": "done"}).content.decode()
    assert "Harga diperbaiki." in shown


def test_done_needs_a_note_and_something_ticked(desk: Client, shop: UmkmPage) -> None:
    one = reported(shop)

    for said in (
        {"ticked": one.pk},
        {"ticked": one.pk, "note": "Sri, 081234567890"},
        {"note": "Beres."},
        {"ticked": "x", "note": "Beres."},
    ):
        assert desk.post(QUEUE, said).status_code == 422
    assert Complaint.objects.open().count() == 1


def test_what_a_colleague_has_done_keeps_their_note(desk: Client, shop: UmkmPage) -> None:
    one = reported(shop)
    desk.post(QUEUE, {"ticked": one.pk, "note": "Yang pertama."})

    desk.post(QUEUE, {"ticked": one.pk, "note": "Yang kedua."})

    assert Complaint.objects.get().note == "Yang pertama."


def test_closing_a_shop_takes_it_and_its_products_from_view_at_once(
    desk: Client, client: Client, shop: UmkmPage, product: ProductPage
) -> None:
    reported(shop, kind=KIND.CLOSED)
    reported(product)
    visitor = Client()
    assert visitor.get(product.url).status_code == 200
    close = f"{QUEUE}tutup/{shop.pk}/"
    assert close in desk.get(QUEUE).content.decode()
    assert "Warung Sinom" in desk.get(close).content.decode()

    assert desk.post(close, {"note": "Pindah ke luar kota."}).status_code == 302

    assert visitor.get(shop.url).status_code == 404
    assert visitor.get(product.url).status_code == 404
    assert "Warung Sinom" not in visitor.get("/umkm/").content.decode()
    assert Umkm.objects.get().status == "closed"
    assert not Complaint.objects.open().exists()


def test_closing_needs_a_reason_and_the_right_to_unpublish(desk: Client, shop: UmkmPage) -> None:
    close = f"{QUEUE}tutup/{shop.pk}/"
    assert desk.post(close, {}).status_code == 422

    Group.objects.get(name="editor").page_permissions.all().delete()
    desk.post(close, {"note": "Tutup."})

    assert Umkm.objects.get().status == "listed"


def test_a_shop_that_is_closed_already_is_closed_once(editor: User, shop: UmkmPage) -> None:
    close_shop(shop, note="Tutup.", actor=editor)
    version = Umkm.objects.get().version

    close_shop(shop, note="Tutup.", actor=editor)

    assert Umkm.objects.get().version == version


def test_the_page_itself_offers_to_close_the_shop(desk: Client, shop: UmkmPage) -> None:
    html = desk.get(f"/admin/pages/{shop.pk}/edit/").content.decode()

    assert f"{QUEUE}tutup/{shop.pk}/" in html


def test_the_admins_home_counts_what_is_open(desk: Client, shop: UmkmPage) -> None:
    reported(shop)
    reported(shop, kind=KIND.OTHER, words="Tulisannya keliru.")

    html = desk.get("/admin/").content.decode()

    panel = html[html.index("editors-queues") :]
    assert '<strong class="queues-panel__count">2</strong>' in panel


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"editor"}))
def test_only_an_editor_sees_the_reports(role: str, shop: UmkmPage) -> None:
    call_command("write_roles", verbosity=0)
    user = UserFactory()
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    one = reported(shop)

    assert client.get(QUEUE).status_code == 302
    client.post(QUEUE, {"ticked": one.pk, "note": "Beres."})
    client.post(f"{QUEUE}tutup/{shop.pk}/", {"note": "Tutup."})

    assert Complaint.objects.open().count() == 1
    assert Umkm.objects.get().status == "listed"


def test_a_longer_queue_takes_no_more_queries(
    desk: Client, shop: UmkmPage, product: ProductPage
) -> None:
    counted = []
    for _round in range(2):
        for page in (shop, product):
            reported(page, words=str(Complaint.objects.count()))
        desk.get(QUEUE)  # what is cached once is not counted
        with CaptureQueriesContext(connection) as queries:
            desk.get(QUEUE)
        counted.append(len(queries))

    assert counted[0] == counted[1]
