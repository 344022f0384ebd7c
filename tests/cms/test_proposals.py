"""Proposed shops: what an editor sees of them, and the three decisions, each through its form."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cms.admin.proposals import PER_PAGE
from cms.models import UmkmIndexPage, UmkmPage
from config.roles import ROLES
from core.models import AuditEntry
from marketplace import circulation, proposals
from marketplace.models import Asn, Purchase, Umkm
from marketplace.proposals import Band
from marketplace.purchases import void_purchase
from tests.cms.factories import UmkmPageFactory
from tests.marketplace.city import City, small_city
from tests.marketplace.factories import (
    AsnFactory,
    CategoryFactory,
    PurchaseFactory,
    UmkmFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

QUEUE = "/admin/umkm-registry/usulan/"
SAID = {"name": "Warung Sinom", "category": "kuliner", "summary": "Sinom dingin tiap sore."}
FOR_TWENTY = 20


@pytest.fixture
def city(db: None) -> City:
    return small_city()


@pytest.fixture
def asn(city: City) -> Asn:
    return AsnFactory(home__region=city.kelurahan[0], name="Pembeli Rahasia")


@pytest.fixture
def sinom(city: City) -> Umkm:
    CategoryFactory()
    return proposed("Warung Sinom", city)


def proposed(name: str, city: City, *, kelurahan: int = 0) -> Umkm:
    status = Umkm.Status.PENDING
    return UmkmFactory(name=name, region=city.kelurahan[kelurahan], status=status, category=None)


def at(umkm: Umkm, decision: str) -> str:
    row = Umkm.objects.get(pk=umkm.pk)  # the folded name is the database's
    return f"{QUEUE}{proposals.address_of(row)}/{decision}/"


def shown(client: Client, **query: Any) -> str:
    """The queue's own part of the page."""
    page = client.get(QUEUE, query).content.decode()
    return page[page.index('<div class="queue">') : page.index("</main>")]


def names(html: str) -> list[str]:
    return re.findall(r'queued__name">([^<]*) <span', html)


def ledger() -> tuple[list[Any], list[Any]]:
    """Every purchase as it stands, and whatever differs from the sums over them."""
    return list(Purchase.objects.order_by("pk").values()), circulation.differences()


@pytest.mark.parametrize(
    ("purchases", "band"),
    [
        (1, Band.NEW),
        (4, Band.NEW),
        (5, Band.SOME),
        (19, Band.SOME),
        (20, Band.MANY),
    ],
)
def test_how_often_a_shop_was_named_is_told_in_bands(
    asn: Asn, sinom: Umkm, purchases: int, band: Band
) -> None:
    PurchaseFactory.create_batch(purchases, asn=asn, umkm=sinom)

    assert proposals.waiting().get().band == band
    assert not hasattr(proposals.waiting().get(), "named")


def test_a_purchase_taken_back_counts_in_no_band_and_a_merged_name_counts_along(
    asn: Asn, sinom: Umkm, city: City
) -> None:
    other = proposed("Sinom Bu Tik", city)
    bought = PurchaseFactory.create_batch(4, asn=asn, umkm=sinom)
    PurchaseFactory(asn=asn, umkm=other)
    Umkm.objects.filter(pk=other.pk).update(status="merged", merged_into=sinom)
    assert proposals.waiting().get().band == Band.SOME

    void_purchase(asn=asn, purchase=bought[0], reason="keliru")

    assert proposals.waiting().get().band == Band.NEW


def test_the_queue_tells_neither_buyer_nor_sum_nor_moment(
    desk: Client, asn: Asn, sinom: Umkm
) -> None:
    bought = PurchaseFactory(asn=asn, umkm=sinom, amount=7_654_321)
    day = bought.day
    pages = [desk.get(QUEUE), *(desk.get(at(sinom, act)) for act in ("daftarkan", "tolak"))]
    pages.append(desk.get(at(sinom, "gabungkan")))
    html = "".join(page.content.decode() for page in pages)

    assert "Warung Sinom" in html
    said = ["7654321", "7.654.321", "Pembeli Rahasia", str(asn.buyer_id), str(bought.public_id)]
    said += [str(sinom.public_id), day.isoformat(), f"{day:%d/%m/%Y}", str(sinom.owner_key)]
    assert [word for word in said if word in html] == []


def test_the_registry_shows_no_day_of_a_proposed_shop(desk: Client, sinom: Umkm) -> None:
    html = desk.get("/admin/umkm-registry/", {"ordering": "-created_at"}).content.decode()

    assert "Warung Sinom" in html
    assert "created_at" not in html.replace("ordering=-created_at", "")


def test_order_is_band_then_place_then_name(desk: Client, asn: Asn, city: City) -> None:
    last = proposed("Zulfa", city, kelurahan=1)
    proposed("Bakso", city, kelurahan=0)
    often = proposed("Yuni", city, kelurahan=4)
    proposed("Ayam", city, kelurahan=1)
    PurchaseFactory.create_batch(5, asn=asn, umkm=often)
    PurchaseFactory.create_batch(4, asn=asn, umkm=last, amount=900_000)

    assert names(shown(desk)) == ["Yuni", "Bakso", "Ayam", "Zulfa"]


def test_the_queue_is_narrowed_by_kecamatan_and_cut_into_pages(desk: Client, city: City) -> None:
    for number in range(PER_PAGE + 1):
        proposed(f"Kios {number:02}", city)
    proposed("Jauh", city, kelurahan=3)

    assert names(shown(desk, within=city.kecamatan[1].pk)) == ["Jauh"]
    first, second = (names(shown(desk, within=city.kecamatan[0].pk, p=page)) for page in (1, 2))
    assert (len(first), second) == (PER_PAGE, [f"Kios {PER_PAGE}"])
    assert len(names(shown(desk, within="x\0", p="x"))) == PER_PAGE


def test_listing_makes_a_live_page_on_the_same_row(
    desk: Client, editor: User, asn: Asn, sinom: Umkm, city: City
) -> None:
    PurchaseFactory(asn=asn, umkm=sinom)
    before = ledger()
    prefilled = desk.get(at(sinom, "daftarkan")).context["form"]
    assert prefilled["name"].value() == "Warung Sinom"
    assert prefilled["region"].value() == city.kelurahan[0].pk

    answer = desk.post(at(sinom, "daftarkan"), SAID | {"region": city.kelurahan[0].pk})

    assert answer.status_code == 302
    row = Umkm.objects.get()
    page = UmkmPage.objects.get()
    assert (row.pk, row.status, row.page_id, page.live) == (sinom.pk, "listed", page.pk, True)
    assert ledger() == before
    entry = AuditEntry.objects.get(action="umkm.listed")
    assert (entry.actor_id, entry.subject_id) == (editor.pk, str(sinom.pk))


def test_a_shop_without_a_business_number_is_listed_as_not_yet_curated(
    desk: Client, sinom: Umkm, city: City
) -> None:
    desk.post(at(sinom, "daftarkan"), SAID | {"region": city.kelurahan[0].pk})

    assert "elum terkurasi" in Client().get("/umkm/warung-sinom/").content.decode()


def test_listing_needs_a_category_and_a_summary(desk: Client, sinom: Umkm, city: City) -> None:
    said = {"name": "Warung Sinom", "region": city.kelurahan[0].pk}

    answer = desk.post(at(sinom, "daftarkan"), said)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"category", "summary"}
    assert not UmkmPage.objects.exists()
    assert Umkm.objects.get().status == "pending"


def test_a_merge_moves_no_purchase_and_no_figure(
    desk: Client, editor: User, asn: Asn, sinom: Umkm, city: City
) -> None:
    PurchaseFactory.create_batch(3, asn=asn, umkm=sinom)
    meant = UmkmFactory(name="Sinom Bu Tik", region=city.kelurahan[3])
    before = ledger()

    answer = desk.post(at(sinom, "gabungkan"), {"into": meant.public_id})

    assert answer.status_code == 302
    assert Umkm.objects.get(pk=sinom.pk).standing == meant
    assert ledger() == before
    assert ledger()[1] == []
    entry = AuditEntry.objects.get(action="umkm.merged")
    assert (entry.actor_id, entry.detail) == (editor.pk, {"into": meant.pk})


def test_a_shop_to_merge_with_is_found_next_door_first(
    desk: Client, sinom: Umkm, city: City
) -> None:
    UmkmFactory(name="A Sinom", region=city.kelurahan[4])
    UmkmFactory(name="B Sinom", region=city.kelurahan[1])
    UmkmFactory(name="C Sinom", region=city.kelurahan[0])
    UmkmFactory(name="Warung Bakso", region=city.kelurahan[0])

    def found(**query: str) -> list[str]:
        return [shop.name for shop in desk.get(at(sinom, "gabungkan"), query).context["found"]]

    assert found() == found(q="sinom") == ["C Sinom", "B Sinom", "A Sinom"]
    assert found(q="bakso\0") == ["Warung Bakso"]


def test_only_a_listed_shop_can_be_merged_with(desk: Client, sinom: Umkm, city: City) -> None:
    other = proposed("Sinom Juga", city)

    for into in (other.public_id, sinom.public_id, "tidak-ada", ""):
        assert desk.post(at(sinom, "gabungkan"), {"into": into}).status_code == 422
    assert Umkm.objects.pending().count() == 2


def test_refusing_needs_a_reason(desk: Client, editor: User, asn: Asn, sinom: Umkm) -> None:
    PurchaseFactory(asn=asn, umkm=sinom)
    before = ledger()
    for said in (" ", "Hubungi 0812 3456 7890", "Ada di RT 3"):
        assert desk.post(at(sinom, "tolak"), {"reason": said}).status_code == 422
    assert Umkm.objects.get().status == "pending"

    assert desk.post(at(sinom, "tolak"), {"reason": "Bukan usaha kecil."}).status_code == 302

    row = Umkm.objects.get()
    assert (row.status, row.refusal_reason) == ("refused", "Bukan usaha kecil.")
    assert ledger() == before
    assert AuditEntry.objects.get(action="umkm.refused").actor_id == editor.pk


def test_a_proposal_that_is_gone_says_so_and_nothing_is_done_twice(
    desk: Client, sinom: Umkm, city: City
) -> None:
    address = {act: at(sinom, act) for act in ("daftarkan", "gabungkan", "tolak")}
    meant = UmkmFactory(region=city.kelurahan[0])
    desk.post(address["tolak"], {"reason": "Tutup."})
    entries = AuditEntry.objects.count()

    late = [
        desk.get(address["daftarkan"]),
        desk.post(address["daftarkan"], SAID | {"region": city.kelurahan[0].pk}),
        desk.post(address["gabungkan"], {"into": meant.public_id}),
        desk.post(address["tolak"], {"reason": "Lagi."}),
    ]

    assert {(answer.status_code, answer["Location"]) for answer in late} == {(302, QUEUE)}
    assert "messages" in desk.get(QUEUE).content.decode()
    assert Umkm.objects.get(pk=sinom.pk).refusal_reason == "Tutup."
    assert AuditEntry.objects.count() == entries
    assert not UmkmPage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_once_one_decides(transactional_db: None) -> None:
    city = small_city()
    CategoryFactory()
    umkm = proposed("Warung Sinom", city)
    meant = UmkmPageFactory(region=city.kelurahan[0]).umkm
    posts = {
        "daftarkan": SAID | {"region": city.kelurahan[0].pk},
        "gabungkan": {"into": meant.public_id},
        "tolak": {"reason": "Bukan usaha kecil."},
    }
    desks = [signed_in("editor") for _act in range(6)]
    acts = [
        _posting(desk, at(umkm, act), posts[act])
        for desk, act in zip(desks, [*posts, *posts], strict=True)
    ]

    answers = _at_once(acts)

    assert [answer.status_code for answer in answers] == [302] * 6
    decided = {"umkm.listed", "umkm.merged", "umkm.refused"}
    assert AuditEntry.objects.filter(action__in=decided).count() == 1
    row = Umkm.objects.get(pk=umkm.pk)
    assert row.status in ("listed", "merged", "refused")
    assert UmkmPage.objects.count() == (2 if row.status == "listed" else 1)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_an_editor_sees_the_queue_or_decides(
    role: str, sinom: Umkm, city: City, catalogue: UmkmIndexPage
) -> None:
    client = signed_in(role)
    meant = UmkmFactory(region=city.kelurahan[0])
    seen = [client.get(QUEUE), *(client.get(at(sinom, act)) for act in ("daftarkan", "tolak"))]
    assert {answer.status_code for answer in seen} == ({200} if role == "editor" else {302})

    if role != "editor":
        client.post(at(sinom, "daftarkan"), SAID | {"region": city.kelurahan[0].pk})
        client.post(at(sinom, "gabungkan"), {"into": meant.public_id})
        client.post(at(sinom, "tolak"), {"reason": "Tidak."})
        assert Umkm.objects.get(pk=sinom.pk).status == "pending"
        assert b"editors-queues" not in client.get("/admin/").content


def test_who_may_not_publish_in_the_catalogue_may_not_list(
    desk: Client, sinom: Umkm, city: City
) -> None:
    Group.objects.get(name="editor").page_permissions.all().delete()

    desk.post(at(sinom, "daftarkan"), SAID | {"region": city.kelurahan[0].pk})

    assert Umkm.objects.get().status == "pending"
    assert "daftarkan" not in shown(desk)


def test_the_admins_home_counts_what_waits(desk: Client, sinom: Umkm, city: City) -> None:
    proposed("Kios Jamu", city)

    html = desk.get("/admin/").content.decode()

    panel = html[html.index("editors-queues") :]
    assert "2" in panel[: panel.index("</section>")]


def test_whoever_bought_there_reads_what_became_of_it(
    client: Client, desk: Client, asn: Asn, sinom: Umkm, city: City
) -> None:
    jamu, kios = proposed("Kios Jamu", city), proposed("Kios Es", city)
    bought = [PurchaseFactory(asn=asn, umkm=shop) for shop in (sinom, jamu, kios)]
    meant = UmkmPageFactory(title="Jamu Bu Sri", region=city.kelurahan[2]).umkm
    listing = SAID | {"name": "Sinom Segar", "region": city.kelurahan[0].pk}
    desk.post(at(sinom, "daftarkan"), listing)
    desk.post(at(jamu, "gabungkan"), {"into": meant.public_id})
    desk.post(at(kios, "tolak"), {"reason": "Sudah tutup & pindah."})
    mine = Client()
    mine.force_login(asn.user)

    listed, merged, refused = (
        mine.get(f"/belanja/{purchase.public_id}/").content.decode() for purchase in bought
    )

    assert "Sinom Segar" in listed
    assert 'href="/umkm/sinom-segar/"' in listed
    assert "Kios Jamu" in merged
    assert "Jamu Bu Sri" in merged
    assert f"{city.kelurahan[2].name}" in merged
    assert "Sudah tutup &amp; pindah." in refused


def test_a_shop_that_was_always_listed_has_no_outcome(asn: Asn, city: City, home: Any) -> None:
    page = UmkmPageFactory(region=city.kelurahan[0])

    assert proposals.outcome_of(PurchaseFactory(asn=asn, umkm=page.umkm)) is None


def test_a_longer_queue_takes_no_more_queries(desk: Client, asn: Asn, city: City) -> None:
    counted = []
    for number in (1, 5, FOR_TWENTY):
        for one in range(number):
            PurchaseFactory(asn=asn, umkm=proposed(f"Kios {number} {one}", city))
        desk.get(QUEUE)  # what is cached once is not counted
        with CaptureQueriesContext(connection) as queries:
            desk.get(QUEUE)
        counted.append(len(queries))

    assert len(set(counted)) == 1
    assert counted[0] <= 24


@pytest.mark.parametrize("address", ["x", "-", "35.73.01.1001-a%00b", "a" * 500, "%F0%9F%8D%9C-x"])
def test_a_made_up_address_leads_back_to_the_queue(desk: Client, city: City, address: str) -> None:
    for act in ("daftarkan", "gabungkan", "tolak"):
        assert desk.get(f"{QUEUE}{address}/{act}/")["Location"] == QUEUE


def signed_in(role: str) -> Client:
    """The browser of somebody with this role, and no other."""
    call_command("write_roles", verbosity=0)
    user = UserFactory()
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def _posting(client: Client, path: str, said: dict[str, Any]) -> Callable[[], HttpResponse]:
    return lambda: client.post(path, said)


def _at_once(acts: list[Callable[[], HttpResponse]]) -> list[HttpResponse]:
    """All of it in threads that set off together, each on a connection of its own."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], HttpResponse]) -> HttpResponse:
        try:
            ready.wait(10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
