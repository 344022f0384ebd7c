"""The one link to an online shop becomes the first of a list."""

from django.db import migrations


def fill(apps, schema_editor):
    pages = apps.get_model("cms", "UmkmPage").objects.exclude(marketplace_link="")
    link = apps.get_model("cms", "ShopLink")
    link.objects.bulk_create(
        (link(page=page, url=page.marketplace_link, kind="other", sort_order=0)
         for page in pages.only("pk", "marketplace_link").iterator()),
        batch_size=500,
    )


def empty(apps, schema_editor):
    pages = apps.get_model("cms", "UmkmPage").objects
    for link in apps.get_model("cms", "ShopLink").objects.order_by("-sort_order"):
        pages.filter(pk=link.page_id).update(marketplace_link=link.url)


class Migration(migrations.Migration):

    dependencies = [("cms", "0002_umkm_hours_links_badges")]

    operations = [migrations.RunPython(fill, empty)]
