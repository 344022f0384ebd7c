"""The demo's shops: 60 with products from data/, 400 with a short page, 40 that somebody named."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from random import Random

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Collection

from cms import pictures
from cms.badge_numbers import BadgeKind
from cms.bulk import ProductText, UmkmText, make_umkm_pages
from cms.models import Badge, OpeningHours, Photo, ShopLink
from cms.models.photos import AllowedUse
from demo import names, offers
from demo.people import RT_IN_RW, RW_IN_KELURAHAN
from demo.pictured import VARIANTS, variant_for
from demo.pictures import close_up, draw, draw_logo
from marketplace.models import Category, Region, Umkm
from marketplace.tables import Row, read_rows

Kind = ShopLink.Kind
SEED = 60_400_40
QUICK = [each for each in pictures.SHAPES["card"].filters if "avif" not in each.spec]
"""Drawn while the city is laid, so that its first visitor sees pictures; the worker draws on."""

EDIBLE = {"kuliner", "camilan", "minuman", "sembako"}
COLUMNS = ["shop", "category", "product", "price", "unit", "description", "kelurahan_code"]
SAMPLE = "Data contoh"
HOURS = (
    [(0, 6, 7, 20)],
    [(0, 5, 8, 17)],
    [(0, 6, 6, 13)],
    [(0, 4, 9, 21), (5, 6, 8, 22)],
    [(0, 3, 16, 23), (4, 5, 16, 1)],
)
"""First and last weekday, opening and closing hour."""
NOTES = ("", "", "Tutup saat libur nasional", "Sampai habis")
OFFICE = "Diskopindag (contoh)"
SPREAD = Decimal("0.0045")
"""How far from the middle of its kelurahan an invented shop lies at most: some 500 m."""
WAYS = ("Tunai, QRIS", "Tunai", "Tunai, QRIS, transfer")
EATEN: tuple[list[ShopLink.Kind], ...] = (
    [Kind.GOFOOD, Kind.INSTAGRAM],
    [Kind.GRABFOOD, Kind.GOFOOD, Kind.TIKTOK],
    [],
    [Kind.SHOPEEFOOD, Kind.INSTAGRAM],
)
MADE: tuple[list[ShopLink.Kind], ...] = (
    [Kind.SHOPEE, Kind.INSTAGRAM],
    [Kind.WEBSITE, Kind.FACEBOOK],
    [],
    [Kind.TOKOPEDIA, Kind.SHOPEE, Kind.TIKTOK],
)
QUOTES = (
    "Kalau habis ya tutup, besok pagi buat lagi.",
    "Pelanggan pertama kami tetangga sebelah, sampai sekarang masih datang.",
    "Yang sederhana saja, asal dibuat dengan sungguh-sungguh.",
    "Dulu hanya dititipkan di warung, sekarang punya papan nama sendiri.",
)
SUMMARIES = {
    "kuliner": "Masakan rumahan yang dimasak tiap pagi, bisa dipesan untuk rapat kecil.",
    "camilan": "Camilan buatan sendiri dalam kemasan kecil, pas untuk teman kerja.",
    "minuman": "Minuman segar dan hangat dari bahan setempat.",
    "sembako": "Kebutuhan dapur sehari-hari, dekat dari rumah.",
    "fesyen": "Pakaian dan kain yang dijahit sendiri, menerima ukuran khusus.",
    "kriya": "Kerajinan tangan dari perajin kampung.",
    "agribisnis": "Hasil kebun dan bibit dari pekarangan warga.",
    "kesehatan": "Perawatan dan ramuan rumahan dengan bahan alami.",
    "rumah_tangga": "Perabot dan kebutuhan rumah, dibuat dan diperbaiki di sini.",
    "jasa": "Jasa harian yang dikerjakan tetangga sendiri.",
    "kreatif": "Karya cetak, foto, dan mainan dari studio kecil.",
    "acara": "Perlengkapan dan hidangan untuk hajatan dan acara kantor.",
}


class Stock:
    """What every shop needs of the database: places, categories and the drawn pictures."""

    def __init__(self) -> None:
        self.places = {region.code: region for region in Region.objects.kelurahan()}
        self.categories = {category.slug: category for category in Category.objects.all()}
        self.photos = {slug: photos(category) for slug, category in self.categories.items()}
        self.chance = Random(SEED)  # noqa: S311 - invented shops, no secret

    def photo(self, category: str, name: str, number: int) -> Photo:
        return self.photos[category][variant_for(category, name, number=number)]

    def address(self) -> tuple[int, int]:
        return self.chance.randint(1, RW_IN_KELURAHAN), self.chance.randint(1, RT_IN_RW)

    def hours(self) -> list[OpeningHours]:
        rows = self.chance.choice(HOURS)
        return [
            OpeningHours(first_day=first, last_day=last, opens=time(opens), closes=time(closes))
            for first, last, opens, closes in rows
        ]

    def position(self, kelurahan: Region) -> tuple[Decimal | None, Decimal | None]:
        """Somewhere near the middle of a kelurahan; unknown where that is."""
        if kelurahan.latitude is None or kelurahan.longitude is None:
            return None, None
        return self._near(kelurahan.latitude), self._near(kelurahan.longitude)

    def badges(self, category: str) -> list[Badge]:
        """A checked NIB for two shops in three; for food a halal certificate for half of them."""
        checked = timezone.localdate() - timedelta(days=self.chance.randint(30, 300))
        badges = [self._badge(BadgeKind.NIB, f"9{self._digits(12)}", checked)]
        if category in EDIBLE and self.chance.random() < 0.5:
            badges.append(self._badge(BadgeKind.HALAL, f"ID35{self._digits(15)}", checked))
        if category in EDIBLE and self.chance.random() < 0.3:
            ends = date(checked.year + 4, 12, 31)
            number = f"2063573{self._digits(6)}{ends:%y}"
            badges.append(self._badge(BadgeKind.PIRT, number, checked, ends))
        return badges if self.chance.random() < 0.66 else []

    def _badge(
        self, kind: BadgeKind, number: str, checked: date, ends: date | None = None
    ) -> Badge:
        return Badge(
            kind=kind,
            number=number,
            checked_on=checked,
            checked_by_office=OFFICE,
            valid_until=ends,
        )

    def _digits(self, count: int) -> str:
        return "".join(str(self.chance.randint(0, 9)) for _ in range(count))

    def _near(self, middle: Decimal) -> Decimal:
        share = Decimal(self.chance.randint(-1000, 1000)) / 1000
        return (middle + share * SPREAD).quantize(Decimal("0.000001"))

    def opened(self) -> datetime:
        """Some day in the year before last, so that the catalogue has old and new."""
        day = timezone.localdate() - timedelta(days=self.chance.randint(20, 700))
        return timezone.make_aware(datetime.combine(day, time(9)))


def load_shops(products: Path, *, short: int, pending: int) -> None:
    """Publish the shops and leave `pending` ones proposed; does nothing a second time."""
    if Umkm.objects.exists():
        return
    rows = read_rows(products, columns=COLUMNS)
    signs = {name: _logo(name, number) for number, name in enumerate(_names(rows)) if number % 2}
    stock = Stock()
    make_umkm_pages([*_full(stock, rows, signs), *_short(stock, short)])
    propose(stock, pending)


def photos(category: Category) -> list[Photo]:
    """The drawn pictures of a category, made once."""
    return [_photo(category, variant) for variant in range(VARIANTS)]


def propose(stock: Stock, count: int) -> None:
    """Shops that an ASN named and no editor has looked at yet."""
    places = list(stock.places.values())
    shops = []
    for number in range(count):
        name = f"{names.shop(stock.chance, stock.chance.choice(list(names.KINDS)))} {number + 1}"
        shops.append(Umkm(name=name, region=places[number % len(places)]))
    Umkm.objects.bulk_create(shops)


def _photo(category: Category, variant: int) -> Photo:
    title = f"{category.name} {variant + 1} (gambar contoh)"
    photo = Photo.objects.filter(title=title).first()
    if photo is None:
        name = f"contoh-{slugify(category.slug)}-{variant + 1}.jpg"
        photo = Photo.objects.create(
            title=title,
            file=ContentFile(draw(category.slug, variant), name=name),
            alt=f"Gambar contoh: {category.name.lower()}",
            credit=SAMPLE,
            allowed_by=SAMPLE,
            allowed_use=AllowedUse.ANY,
            allowed_on=timezone.localdate(),
            collection=Collection.get_first_root_node(),
        )
        photo.get_renditions(*QUICK)
    return photo


def _close_up(photo: Photo) -> Photo:
    """The middle of a drawn picture, as somebody bending over it sees it; made once."""
    title = f"{photo.title}, dari dekat"
    known = Photo.objects.filter(title=title).first()
    if known is not None:
        return known
    with photo.open_file() as file:
        content = close_up(file.read())
    return Photo.objects.create(
        title=title,
        file=ContentFile(content, name=f"dekat-{photo.filename}"),
        alt=f"{photo.alt}, dari dekat",
        credit=photo.credit,
        allowed_by=photo.allowed_by,
        allowed_use=photo.allowed_use,
        allowed_on=photo.allowed_on,
        collection=photo.collection,
    )


def _logo(name: str, number: int) -> Photo:
    """The sign over a shop's door, made once."""
    title = f"Logo {name} (gambar contoh)"
    known = Photo.objects.filter(title=title).first()
    if known is not None:
        return known
    return Photo.objects.create(
        title=title,
        file=ContentFile(draw_logo(name, number), name=f"logo-{slugify(name)}.png"),
        alt=f"Logo {name}",
        credit=SAMPLE,
        allowed_by=SAMPLE,
        allowed_use=AllowedUse.ANY,
        allowed_on=timezone.localdate(),
        collection=Collection.get_first_root_node(),
    )


def _links(name: str, category: str, number: int) -> list[ShopLink]:
    """Where it would sell, at an address that nobody has (RFC 2606); one shop in four has none."""
    kinds = (EATEN if category in EDIBLE else MADE)[number % 4]
    return [
        ShopLink(kind=kind, url=f"https://example.com/{kind}/{slugify(name)}") for kind in kinds
    ]


def _names(rows: list[Row]) -> list[str]:
    """The shops of the file, each once, in its order."""
    return [name for name, _lines in groupby(rows, key=lambda row: row["shop"])]


def _full(stock: Stock, rows: list[Row], signs: dict[str, Photo]) -> Iterator[UmkmText]:
    for number, (name, lines) in enumerate(groupby(rows, key=lambda row: row["shop"])):
        offered = list(lines)
        category = stock.categories[offered[0]["category"]]
        rw, rt = stock.address()
        place = stock.places[offered[0]["kelurahan_code"]]
        latitude, longitude = stock.position(place)
        yield UmkmText(
            title=name,
            summary=offered[0]["description"][:200],
            category=category,
            region=place,
            rw=rw,
            rt=rt,
            address=f"RT {rt} RW {rw}, dekat balai kelurahan",
            latitude=latitude,
            longitude=longitude,
            hours=stock.hours(),
            opening_hours=stock.chance.choice(NOTES),
            delivers=stock.chance.random() < 0.4,
            badges=stock.badges(category.slug),
            whatsapp=f"0800{stock.chance.randint(0, 9999):04d}0000",
            payment_ways=stock.chance.choice(WAYS),
            photo=stock.photo(category.slug, offered[0]["product"], number),
            logo=signs.get(name),
            links=_links(name, category.slug, number),
            story=_story(name, category, number),
            products=[
                _product(stock, row, number * 2 + which) for which, row in enumerate(offered, 1)
            ],
            published_at=stock.opened(),
        )


def _product(stock: Stock, row: Row, number: int) -> ProductText:
    name, category, price = row["product"], row["category"], int(row["price"])
    offer = offers.offer_of(name)
    photo = stock.photo(category, name, number)
    return ProductText(
        title=name,
        price=price,
        price_to=price + offer.above if offer.above else None,
        unit=row["unit"],
        summary=row["description"][:200],
        photo=photo,
        preorder_days=offers.days_ahead(name),
        allergens=offers.allergens(name, category),
        variants=offer.variants(price),
        pictures=[_close_up(photo)] if offer != offers.NONE else [],
    )


def _story(name: str, category: Category, number: int) -> list[tuple[str, str]]:
    said = (
        f"<p>{name} adalah usaha contoh di bidang {category.name.lower()}. "
        "Toko, orang, dan harga di halaman ini rekaan untuk memperlihatkan cara kerja katalog.</p>"
    )
    return [
        ("text", said),
        ("quote", QUOTES[number % len(QUOTES)]),
        ("order", "Datang langsung, atau kirim pesan dan ambil pesanan sepulang kerja."),
    ]


def _short(stock: Stock, count: int) -> Iterator[UmkmText]:
    """Spread over the kelurahan in turn, so that each has several."""
    places = list(stock.places.values())
    taken: set[str] = set()
    kinds = list(stock.categories)
    for number in range(count):
        slug = kinds[stock.chance.randrange(len(kinds))]
        rw, rt = stock.address()
        title = _new_name(stock, slug, taken)
        latitude, longitude = stock.position(places[number % len(places)])
        yield UmkmText(
            title=title,
            summary=f"{SUMMARIES[slug]} {SAMPLE}.",
            category=stock.categories[slug],
            region=places[number % len(places)],
            rw=rw,
            rt=rt,
            latitude=latitude,
            longitude=longitude,
            hours=stock.hours(),
            delivers=stock.chance.random() < 0.2,
            badges=stock.badges(slug),
            payment_ways=stock.chance.choice(WAYS),
            photo=stock.photo(slug, title, number),
            published_at=stock.opened(),
        )


def _new_name(stock: Stock, category: str, taken: set[str]) -> str:
    while True:
        name = names.shop(stock.chance, category)
        if name not in taken:
            taken.add(name)
            return name
