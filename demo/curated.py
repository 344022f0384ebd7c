"""The demo's collections and stories: what an editor could have put together in an afternoon."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from cms.models import (
    CollectionIndexPage,
    CollectionPage,
    CollectionPick,
    Photo,
    ProductPage,
    StoryIndexPage,
    StoryMention,
    StoryPage,
    UmkmPage,
)

CITY_HALL = "35.73.02.1004"
"""Kiduldalem, where the city hall stands."""


@dataclass(frozen=True)
class Picks:
    """A collection: titles of pages, a drawn picture by category and variant, and the rule."""

    title: str
    intro: str
    picture: tuple[str, int]
    titles: tuple[str, ...]
    rule: dict[str, Any]


COLLECTIONS = (
    Picks(
        "Sarapan dekat Balai Kota",
        "Dapur yang sudah mengepul sebelum apel pagi, yang terdekat lebih dulu.",
        ("kuliner", 1),
        ("Pawonira", "Lintangkali"),
        {"kind": "shops", "category_id": "kuliner", "order": "nearest", "near_id": CITY_HALL},
    ),
    Picks(
        "Oleh-oleh Malang",
        "Keripik, dodol, dan kue yang tahan dibawa naik kereta. Semuanya di bawah Rp50.000.",
        ("camilan", 0),
        (
            "Keripik Tempe Original 180 g",
            "Keripik Apel 100 g",
            "Brownies Kukus Tempe Cokelat",
            "Wedang Uwuh Celup Isi 10",
        ),
        {"kind": "products", "category_id": "camilan", "price_most": 50_000},
    ),
    Picks(
        "Buatan Tangan Malang",
        "Topeng, batik, gerabah, dan anyaman: barang yang masih terasa jari pembuatnya.",
        ("kriya", 1),
        ("Topeng Kayu Hias Dinding", "Canthingara", "Lempungria", "Tas Anyam Pandan"),
        {"kind": "shops", "category_id": "kriya", "at_most": 12},
    ),
)


def load_curated() -> None:
    """Publish the collections and the stories; does nothing a second time."""
    _load_collections()
    _load_stories()


@transaction.atomic
def _load_collections() -> None:
    parent = CollectionIndexPage.objects.get()
    for picks in [] if parent.get_children().exists() else COLLECTIONS:
        page = CollectionPage(
            title=picks.title, intro=picks.intro, photo=_photo(*picks.picture), **picks.rule
        )
        page.picks = [
            CollectionPick(member=_page(title), sort_order=place)
            for place, title in enumerate(picks.titles)
        ]
        _publish(page, below=parent)


@transaction.atomic
def _load_stories() -> None:
    parent = StoryIndexPage.objects.get()
    if not parent.get_children().exists():
        _publish(_morning(), below=parent)
        _publish(_masks(), below=parent)


def _publish(page: Page, *, below: Page) -> None:
    below.add_child(instance=page)
    page.save_revision().publish()


def _morning() -> StoryPage:
    shop = UmkmPage.objects.get(title="Pawonira")
    page = StoryPage(
        title="Subuh di dapur Pawonira",
        intro="Pukul empat pagi, sambal kacang sudah disangrai. Sebuah cerita contoh dari Klojen.",
        photo=_photo("kuliner", 1),
        day=timezone.localdate() - timedelta(days=6),
        body=[
            ("text", MORNING_OPENS),
            ("quote", {"words": "Kacangnya jangan ditinggal.", "who": "Juru masak Pawonira"}),
            ("text", MORNING_GOES_ON),
            ("product", ProductPage.objects.get(title="Nasi Pecel Sambal Kacang Sangrai")),
            ("text", MORNING_ENDS),
            ("gallery", [_photo("kuliner", 2), _photo("kuliner", 3)]),
        ],
    )
    page.mentions = [StoryMention(shop=shop)]
    return page


def _masks() -> StoryPage:
    shop = UmkmPage.objects.get(title="Topengraya")
    page = StoryPage(
        title="Tokoh kayu dari Polowijen",
        intro="Sepotong kayu, tiga pisau, dan dua hari kerja. Cerita contoh tentang topeng.",
        photo=_photo("kriya", 1),
        day=timezone.localdate() - timedelta(days=19),
        body=[
            ("text", MASKS_OPEN),
            ("picture", _photo("kriya", 3)),
            ("quote", {"words": "Yang terakhir diukir selalu matanya.", "who": "Pengukir"}),
            ("text", MASKS_END),
            ("shop", shop),
        ],
    )
    page.mentions = [
        StoryMention(shop=shop, sort_order=0),
        StoryMention(shop=UmkmPage.objects.get(title="Canthingara"), sort_order=1),
    ]
    return page


def _page(title: str) -> Page:
    """The demo's shop or product of this title."""
    shop = UmkmPage.objects.filter(title=title).first()
    return (shop or ProductPage.objects.get(title=title)).page_ptr


def _photo(category: str, variant: int) -> Photo | None:
    """A drawn picture; `demo.shops` names the files so."""
    name = f"contoh-{category.replace('_', '-')}-{variant + 1}"
    return Photo.objects.filter(file__contains=name).first()


MORNING_OPENS = """
<p>Lampu dapur menyala sebelum azan. Wajan besar dipanaskan pelan, lalu kacang tanah masuk,
sedikit demi sedikit, supaya matangnya rata. Bau kencur dan daun jeruk menyusul, dan gang yang
masih gelap tahu: hari sudah dimulai.</p>
<p>Di halaman belakang, sayur dari pasar ditimbang. Kacang panjang, kecambah, kembang turi kalau
sedang musim. Semua direbus sebentar saja, supaya hijaunya tidak hilang.</p>
"""
MORNING_GOES_ON = """
<h2>Sambal yang disangrai, bukan digoreng</h2>
<p>Sangrai lebih lama dan lebih panas di tangan, tetapi sambalnya ringan dan tidak mudah tengik.
Seporsi dijual dengan rempeyek yang baru diangkat, dan boleh minta daun kemangi lebih.</p>
"""
MORNING_ENDS = """
<h2>Pesanan untuk rapat</h2>
<p>Untuk dua puluh porsi ke atas, pesan sehari sebelumnya. Bungkusnya daun pisang; kertas hanya
untuk yang meminta. Pukul sepuluh biasanya sudah habis, dan dapur istirahat sampai sore.</p>
"""
MASKS_OPEN = """
<p>Kayu yang ringan dipilih lebih dulu, lalu dibiarkan kering di bawah atap selama sebulan.
Setelah itu barulah wajah dicari: dahi, hidung, lalu garis mulut yang menentukan siapa
tokohnya.</p>
<p>Warnanya bukan hiasan. Putih untuk yang jujur, merah untuk yang berani, hijau untuk yang
tenang. Anak-anak yang datang ke sanggar biasanya memilih merah.</p>
"""
MASKS_END = """
<h2>Dari panggung ke meja kerja</h2>
<p>Topeng besar tetap dibuat untuk menari. Yang kecil menjadi gantungan kunci, dibawa pulang tamu
dinas, dan dari situ orang bertanya: ini tokoh siapa? Di situlah ceritanya dimulai lagi.</p>
"""
