"""Fills an empty database with 500 UMKM of 10 products each, every one with a picture.

python -m bench.catalogue_city
"""

import io
import random

import django


def main() -> None:
    """Migrate and fill; a database that is full stays as it is."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("lay_site", stdout=io.StringIO())
    from cms.models import UmkmPage

    if not UmkmPage.objects.exists():
        for command, file in [
            ("load_regions", "data/malang_regions.csv"),
            ("load_categories", "data/umkm_categories.csv"),
        ]:
            call_command(command, file, stdout=io.StringIO())
        fill()
    while relay():
        pass


def relay() -> int:
    """Number the changes: a feed or a cache may ask for them."""
    from core import outbox

    return outbox.relay()


def fill(*, shops: int = 500, products: int = 10) -> None:
    """Shops in every kelurahan, named from a few words, as a city's are."""
    from cms.bulk import ProductText, UmkmText, make_umkm_pages
    from marketplace.models import Category, Region

    chance = random.Random(7)
    categories = list(Category.objects.order_by("slug"))
    places = list(Region.objects.kelurahan().order_by("code"))
    pictures = draw_pictures(60)
    dishes = ["Soto", "Bakso", "Keripik", "Tempe", "Rawon", "Pecel", "Batik", "Sambal", "Kopi"]
    kinds = ["Ayam", "Sapi", "Malang", "Pedas", "Gurih", "Jahe", "Madu", "Kacang", "Pisang"]
    texts = [
        UmkmText(
            title=f"Warung {chance.choice(dishes)} {chance.choice(kinds)} {number}",
            summary="Dibuat sendiri setiap pagi dari bahan pasar terdekat.",
            category=chance.choice(categories),
            region=chance.choice(places),
            photo=chance.choice(pictures),
            products=[
                ProductText(
                    title=f"{chance.choice(dishes)} {chance.choice(kinds)} {number}-{each}",
                    price=chance.randrange(2, 90) * 1_000,
                    unit="porsi",
                    summary="Segar, hangat, dan cukup untuk berdua.",
                    photo=chance.choice(pictures),
                )
                for each in range(products)
            ],
        )
        for number in range(shops)
    ]
    make_umkm_pages(texts)


def draw_pictures(count: int) -> list[object]:
    """Photos of one colour each."""
    from django.core.files.images import ImageFile
    from PIL import Image

    from cms.models import Photo

    made: list[object] = []
    for number in range(count):
        content = io.BytesIO()
        Image.new("RGB", (720, 480), f"hsl({number * 6}, 60%, 50%)").save(content, "PNG")
        content.seek(0)
        file = ImageFile(content, name=f"bench-{number}.png")
        photo = Photo(title=f"Foto {number}", alt="Hidangan di atas meja", file=file)
        photo.save()
        made.append(photo)
    return made


if __name__ == "__main__":
    main()
