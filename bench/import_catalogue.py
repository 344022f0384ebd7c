"""How long a city's file of products takes: read, applied, again, taken back, changed, put back.

    python -m bench.import_catalogue [ROWS]

Works in a database of its own, made and removed on the server of DATABASE_URL; the other settings
are the installation's. The last line is one JSON object of seconds.
"""

import io
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import django

SHOPS = 500


def main(arguments: list[str]) -> int:
    """Measure, tell, and answer 0 if every row became a page and was taken back."""
    rows = int(arguments[0]) if arguments else 5_000
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.test.utils import setup_databases, teardown_databases

    settings.LOGGING_CONFIG = None
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        seconds = measure(rows)
    finally:
        teardown_databases(databases, verbosity=0)
    for name, value in seconds.items():
        print(f"{name:>16} {value:8.1f} s")
    print(json.dumps({"rows": rows, **{name: round(value, 2) for name, value in seconds.items()}}))
    return 0


def measure(rows: int) -> dict[str, float]:
    """Seconds of each step."""
    from cms.models import ImportLine

    lay_city()
    content = products(rows)
    seconds: dict[str, float] = {}
    run = timed(seconds, "dry run", lambda: bring(content))
    timed(seconds, "apply", lambda: apply(run))
    again = timed(seconds, "the same again", lambda: bring(content))
    assert not again.lines.exclude(action=ImportLine.Action.SAME).exists()
    timed(seconds, "undo", lambda: undo(run))
    assert run.lines.filter(outcome=ImportLine.Outcome.UNDONE).count() == rows
    apply(bring(content))
    dearer = bring(products(rows, price=15_000, summary="Renyah."))
    timed(seconds, "change all", lambda: apply(dearer))
    assert_history(rows)
    timed(seconds, "undo changes", lambda: undo(dearer))
    assert dearer.lines.filter(outcome=ImportLine.Outcome.UNDONE).count() == rows
    return seconds


def timed(seconds: dict[str, float], name: str, do: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    answer = do()
    seconds[name] = time.perf_counter() - began
    print(f"{name}: {seconds[name]:.1f} s", file=sys.stderr)
    return answer


def lay_city() -> None:
    """A kelurahan, a category, and the shops that the products are of."""
    from cms.bulk import UmkmText, make_umkm_pages
    from cms.site import lay_site
    from marketplace.models import Category, Region

    lay_site()
    category = Category.objects.create(slug="kuliner", name="Kuliner", name_en="Food")
    region = Region.objects.create(code="35.73.04.1001", level="kelurahan", name="Sukun")
    texts = [
        UmkmText(title=f"Toko {n}", summary="Toko.", category=category, region=region)
        for n in range(SHOPS)
    ]
    make_umkm_pages(texts)


def assert_history(rows: int) -> None:
    """Every page says the new words, in a revision of its own, and the registry with it."""
    from wagtail.models import PageLogEntry

    from cms.models import ProductPage
    from marketplace.models import Product

    changed = ProductPage.objects.filter(summary="Renyah.", live_revision__isnull=False)
    assert changed.count() == rows
    assert PageLogEntry.objects.filter(action="wagtail.publish").count() == rows
    assert Product.objects.listed().filter(price__gte=15_000).count() >= rows


def products(rows: int, *, price: int = 12_000, summary: str = "Enak.") -> bytes:
    """A workbook with so many products, spread over the shops."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["Nama UMKM", "Kelurahan", "Nama produk", "Harga", "Satuan", "Ringkasan"])
    for n in range(rows):
        row = [f"Toko {n % SHOPS}", "Sukun", f"Produk {n}", price + n, "bungkus", summary]
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def bring(content: bytes) -> Any:
    from cms.imports import runs
    from cms.imports.checking import bring_file

    run = bring_file(content=content, file_name="produk.xlsx")
    runs.carry(run.pk, seconds=600)
    run.refresh_from_db()
    assert run.state == "checked", run.refusal
    return run


def apply(run: Any) -> None:
    from cms.imports import runs

    runs.start_import(run, by=None, publishes=True)
    carry_on(run)


def undo(run: Any) -> None:
    from cms.imports import runs

    runs.undo_import(run, by=None)
    carry_on(run)


def carry_on(run: Any) -> None:
    from cms.imports import runs

    while runs.carry(run.pk, seconds=600):
        pass


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
