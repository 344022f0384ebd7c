"""Open data: every released figure in one file a dataset, and the catalogue that lists them.

A dataset is long: a row a block or a place, its month first and last. What is withheld and what is
empty stand under the same mark. Every number comes through `marketplace.releases`.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms import figures_lenses
from core.calendar import next_month
from marketplace import releases
from marketplace.errors import FigureUnknown
from marketplace.models import Lens

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
CONFORMS_TO = "https://project-open-data.cio.gov/v1.1/schema"
FORMATS = {"csv": "text/csv", "json": "application/json"}
ALONE, TOGETHER = "sendiri", "bersama"
"""The marks of a sum of one key, and of one that several share: there withheld and empty lie."""
TOLD, NOT_TOLD = "ada", "tidak-ditampilkan"
NO_KEY = "-"

Value = str | int | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Column:
    """A column of a dataset: what stands in it, and in which unit."""

    name: str
    said: Any
    unit: Any = ""


FIRST = Column("bulan_awal", gettext_lazy("First month of the figure, YYYY-MM."))
LAST = Column("bulan_akhir", gettext_lazy("Last month of the figure, YYYY-MM; usually the same."))
ROUNDED = gettext_lazy("rounded down to a multiple of five")
PARTS = [
    FIRST,
    LAST,
    Column("kunci", gettext_lazy("What the figure is of: codes, semicolons between several.")),
    Column("nama", gettext_lazy("The same as names.")),
    Column(
        "tanda",
        gettext_lazy(
            "sendiri: of one key alone. bersama: of several together; empty and withheld alike."
        ),
    ),
    Column("rupiah", gettext_lazy("Net of what was taken back."), "Rp"),
    Column("dibulatkan_ke", gettext_lazy("Rupiah are rounded to this; 1 is exact."), "Rp"),
    Column("pembelian", gettext_lazy("Purchases, at least."), ROUNDED),
    Column("pembeli", gettext_lazy("Different people, at least."), ROUNDED),
    Column("umkm", gettext_lazy("Shops of different owners, at least."), ROUNDED),
]
STAYED = [
    FIRST,
    LAST,
    Column("kode", gettext_lazy("Code of the kelurahan.")),
    Column("nama", gettext_lazy("Name of the kelurahan.")),
    Column(
        "tanda",
        gettext_lazy("ada: told. tidak-ditampilkan: not told; empty and withheld alike."),
    ),
    Column("persen_dari_belanja", gettext_lazy("Of what its people spent: stayed in it."), "%"),
    Column("persen_dari_terima", gettext_lazy("Of what its shops received: from it."), "%"),
]
SPREAD = [
    FIRST,
    LAST,
    Column("persen_sepuluh_terbesar", gettext_lazy("Share of the ten largest shops."), "%"),
    Column("penjualan_pertama", gettext_lazy("Shops with a first sale."), ROUNDED),
    Column("belum_pernah", gettext_lazy("Listed shops without any sale yet."), ROUNDED),
    Column("terdaftar", gettext_lazy("Shops listed."), ROUNDED),
    Column("umkm_setahun", gettext_lazy("Different shops in the year to date."), ROUNDED),
]
TURNOUT = [
    FIRST,
    LAST,
    Column("ditutup", gettext_lazy("Day on which the month was closed, YYYY-MM-DD.")),
    Column("asn_bekerja", gettext_lazy("ASN employed, the mean over the days.")),
    Column("pembeli", gettext_lazy("Who took part, at least."), ROUNDED),
    Column("persen", gettext_lazy("Of the employed, at least; never 0 or 100."), "%"),
    Column("mencapai_kisaran", gettext_lazy("Of these, who reached the band."), ROUNDED),
    Column("pertama_kali", gettext_lazy("Of these, who bought for the first time."), ROUNDED),
    Column("kuartil_1", gettext_lazy("Lower quartile of a buyer, to Rp50,000."), "Rp"),
    Column("median", gettext_lazy("Median of a buyer, to Rp50,000."), "Rp"),
    Column("kuartil_3", gettext_lazy("Upper quartile of a buyer, to Rp50,000."), "Rp"),
    Column("pembeli_setahun", gettext_lazy("Different people in the year to date."), ROUNDED),
]


@dataclass(frozen=True)
class Dataset:
    """One file in each format, at an address that stays."""

    slug: str
    title: Any
    said: Any
    columns: Sequence[Column]
    rows: Callable[[], Iterator[Row]]


def dataset(slug: str) -> Dataset | None:
    """The dataset at an address."""
    return next((each for each in DATASETS if each.slug == slug), None)


def addresses() -> list[str]:
    """The path of every file."""
    return [f"/data/{each.slug}.{ending}" for each in DATASETS for ending in FORMATS]


def as_csv(found: Dataset) -> str:
    """A head and a row a figure; names are the registry's own, so no cell can begin a formula."""
    target = StringIO()
    rows = csv.DictWriter(target, [column.name for column in found.columns])
    rows.writeheader()
    rows.writerows(found.rows())
    return target.getvalue()


def as_json(found: Dataset) -> list[Row]:
    """The same rows as objects; what is not told is null."""
    return list(found.rows())


def catalogue(address: Callable[[str], str]) -> dict[str, Any]:
    """The datasets as DCAT-US 1.1, which CKAN harvests; `address` makes a path whole."""
    months = releases.released_months()
    return {
        "@context": f"{CONFORMS_TO}/catalog.jsonld",
        "@type": "dcat:Catalog",
        "conformsTo": CONFORMS_TO,
        "describedBy": f"{CONFORMS_TO}/catalog.json",
        "dataset": [_entry(each, address, months) for each in DATASETS] if months else [],
    }


def _entry(found: Dataset, address: Callable[[str], str], months: Sequence[date]) -> dict[str, Any]:
    publisher = _("Government of %(city)s") % {"city": settings.CITY_NAME}
    return {
        "@type": "dcat:Dataset",
        "identifier": address(f"/data/{found.slug}"),
        "title": str(found.title),
        "description": str(found.said),
        "keyword": ["UMKM", "ASN", "belanja", settings.CITY_NAME],
        "modified": f"{next_month(months[0]):%Y-%m-%d}",
        "temporal": f"{min(months):%Y-%m-%d}/{next_month(months[0]):%Y-%m-%d}",
        "accrualPeriodicity": "R/P1M",
        "spatial": settings.CITY_NAME,
        "language": ["id"],
        "accessLevel": "public",
        "license": LICENCE,
        "publisher": {"@type": "org:Organization", "name": publisher},
        "contactPoint": {
            "@type": "vcard:Contact",
            "fn": publisher,
            "hasEmail": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
        },
        "landingPage": address("/data/"),
        "describedBy": address(f"/data/#{found.slug}"),
        "describedByType": "text/html",
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "title": ending.upper(),
                "downloadURL": address(f"/data/{found.slug}.{ending}"),
                "mediaType": media,
                "format": ending.upper(),
            }
            for ending, media in FORMATS.items()
        ],
    }


def _months() -> list[date]:
    """The last month of each release, oldest first."""
    return releases.released_months()[::-1]


def _span(first: date, last: date) -> Row:
    return {FIRST.name: f"{first:%Y-%m}", LAST.name: f"{last:%Y-%m}"}


def _parts(lens: Lens) -> Callable[[], Iterator[Row]]:
    def rows() -> Iterator[Row]:
        names = figures_lenses.area_names()
        for month in _months():
            try:
                found = releases.parts(lens, month)
            except FigureUnknown:  # this lens could not be made safe in this month
                continue
            for part in found.parts:
                keys = sorted(part.keys)
                yield {
                    **_span(found.first_month, found.month),
                    "kunci": ";".join(key or NO_KEY for key in keys),
                    "nama": "; ".join(figures_lenses.name_of(lens, key, names) for key in keys),
                    "tanda": TOGETHER if len(keys) > 1 else ALONE,
                    "rupiah": part.amount,
                    "dibulatkan_ke": found.unit,
                    "pembelian": part.purchases,
                    "pembeli": part.buyers,
                    "umkm": part.shops,
                }

    return rows


def _stayed() -> Iterator[Row]:
    for month in _months():
        told = releases.stayed_by_place(month)
        for figure in releases.kelurahan_figures(month):
            if figure.place.parent_id is None:  # outside the city nothing can stay
                continue
            stayed = told.get(figure.place.code)
            yield {
                **_span(figure.first_month, figure.month),
                "kode": figure.place.code,
                "nama": figure.place.name,
                "tanda": TOLD if stayed else NOT_TOLD,
                "persen_dari_belanja": stayed.of_spent if stayed else None,
                "persen_dari_terima": stayed.of_received if stayed else None,
            }


def _spread() -> Iterator[Row]:
    city = releases.city()
    for month in _months():
        found = figures_lenses.spread(month)
        if found is not None:
            yield {
                **_span(releases.figure(city, month).first_month, month),
                "persen_sepuluh_terbesar": found.top_ten,
                "penjualan_pertama": found.first_sales,
                "belum_pernah": found.never_bought,
                "terdaftar": found.listed,
                "umkm_setahun": found.year_shops,
            }


def _turnout() -> Iterator[Row]:
    city = releases.city()
    for month in _months():
        found = releases.city_turnout(month)
        if found is not None:
            low, middle, high = found.quartiles or (None, None, None)
            yield {
                **_span(releases.figure(city, month).first_month, month),
                "ditutup": found.closed_on.isoformat(),
                "asn_bekerja": found.employed,
                "pembeli": found.buyers,
                "persen": found.rate,
                "mencapai_kisaran": found.reached,
                "pertama_kali": found.first_timers,
                "kuartil_1": low,
                "median": middle,
                "kuartil_3": high,
                "pembeli_setahun": found.year_buyers,
            }


EXACT = gettext_lazy("Closed months, exact rupiah; places that may not be shown alone, together.")
ROUGH = gettext_lazy("Closed months of the whole city, rupiah rounded each on its own.")
DATASETS = [
    Dataset("rumah", gettext_lazy("Money by home"), EXACT, PARTS, _parts(Lens.HOME)),
    Dataset("toko", gettext_lazy("Money by place of the shop"), EXACT, PARTS, _parts(Lens.SHOP)),
    Dataset("kedekatan", gettext_lazy("Money by nearness"), ROUGH, PARTS, _parts(Lens.RING)),
    Dataset("jenis", gettext_lazy("Money by kind of shop"), ROUGH, PARTS, _parts(Lens.CATEGORY)),
    Dataset("bukti", gettext_lazy("Money by evidence"), ROUGH, PARTS, _parts(Lens.EVIDENCE)),
    Dataset("bayar", gettext_lazy("Money by payment way"), ROUGH, PARTS, _parts(Lens.PAYMENT)),
    Dataset("hari", gettext_lazy("Money by day"), ROUGH, PARTS, _parts(Lens.DAY)),
    Dataset(
        "arus", gettext_lazy("Money from kecamatan to kecamatan"), ROUGH, PARTS, _parts(Lens.FLOW)
    ),
    Dataset(
        "tinggal",
        gettext_lazy("What stayed in a kelurahan"),
        gettext_lazy("Whole percent of exact sums, where every part may be shown."),
        STAYED,
        _stayed,
    ),
    Dataset(
        "pemerataan",
        gettext_lazy("Whether the money reaches many shops"),
        gettext_lazy("Of all shops together; counts rounded down."),
        SPREAD,
        _spread,
    ),
    Dataset(
        "peserta",
        gettext_lazy("How many ASN take part"),
        gettext_lazy("Of the whole city; people rounded down, never a single person."),
        TURNOUT,
        _turnout,
    ),
]
