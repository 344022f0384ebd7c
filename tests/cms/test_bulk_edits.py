"""Pages changed and deleted by the hundred stand as if a person had done each."""

from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, PageLogEntry, ReferenceIndex, Revision
from wagtail.search.models import IndexEntry
from wagtail.signals import page_published

from accounts.models import User
from cms.bulk_edits import Edit, open_pages, save_edits
from cms.bulk_removal import remove_pages
from cms.models import Photo, ProductPage, SearchEntry, UmkmIndexPage, UmkmPage, Variant
from core.models import OutboxEvent
from marketplace.models import Product, Region, Umkm
from tests.cms.factories import (
    PhotoFactory,
    ProductPageFactory,
    UmkmPageFactory,
)
from tests.marketplace.factories import CategoryFactory, RegionFactory

pytestmark = pytest.mark.django_db

WORDS = {"title": "Soto Daging", "summary": "Kuahnya bening.", "price": 18_000}
OWN = {"pk", "path", "slug", "url_path", "translation_key", "latest_revision", "live_revision"}
"""What two pages never have in common."""


def a_shop() -> UmkmPage:
    """One of the many of one name in one place."""
    region = Region.objects.filter(name="Sukun").first() or RegionFactory(name="Sukun")
    return UmkmPageFactory(title="Warung", region=region)


def a_product() -> ProductPage:
    """One with a history and a variant, as the editor makes it."""
    product = ProductPageFactory(title="Soto", parent=a_shop())
    product.variants = [Variant(name="Besar", price=20_000)]
    product.save_revision().publish()
    return ProductPage.objects.get(pk=product.pk)


def edit_by_hand(page: Any, words: dict[str, Any], *, by: User, publishes: bool = True) -> None:
    draft = page.get_latest_revision_as_object()
    for name, value in words.items():
        setattr(draft, name, value)
    revision = draft.save_revision(user=by, log_action=True)
    if publishes:
        revision.publish(user=by)


def edit_at_once(page: Any, words: dict[str, Any], *, by: User, publishes: bool = True) -> None:
    opened = open_pages(type(page), [page.pk])[page.pk]
    former_title = opened.title
    for name, value in words.items():
        setattr(opened, name, value)
    changed = frozenset(name.removesuffix("_id") for name in words)
    save_edits([Edit(opened, changed, former_title, publishes)], by=by)


def history(page: Page) -> list[tuple[Any, ...]]:
    entries = PageLogEntry.objects.filter(page=page.pk).order_by("timestamp", "pk")
    facts = [(entry.action, entry.label, entry.user, entry.content_changed) for entry in entries]
    return [
        (*each, entry.data, bool(entry.revision_id), entry.deleted)
        for each, entry in zip(facts, entries, strict=True)
    ]


def revisions(page: Page) -> list[dict[str, Any]]:
    kept = Revision.page_revisions.filter(object_id=str(page.pk)).order_by("created_at", "pk")
    return [_said(revision.content) for revision in kept]


def _said(content: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in content.items() if name not in OWN}
    for child in said.get("variants", []):
        child.pop("pk")
        child.pop("page")
    return {name: value for name, value in said.items() if not name.endswith("_at")}


def stands(page: Page) -> dict[str, Any]:
    """All that is kept of a page, but for keys and moments."""
    row = type(page).objects.get(pk=page.pk)
    registered = getattr(row, "product_row", None) or row.umkm_row
    events = OutboxEvent.objects.filter(public_id=registered.public_id).order_by("pk")
    entries = SearchEntry.objects.filter(page=page.pk).values("name", "others", "price")
    return {
        "row": _said(row.serializable_data()),
        "is last": (row.live_revision_id == row.latest_revision_id, row.draft_title),
        "history": history(page),
        "revisions": revisions(page),
        "registered": (registered.name, registered.version, registered.status),
        "told": [event.event for event in events],
        "found": list(entries),
        "indexed": IndexEntry.objects.get(
            object_id=str(page.pk), content_type=ContentType.objects.get_for_model(page)
        ).body,
        "points at": ReferenceIndex.objects.filter(object_id=str(page.pk)).count(),
    }


@pytest.mark.parametrize("publishes", [True, False])
def test_an_edit_of_a_product_keeps_what_a_persons_edit_keeps(
    catalogue: UmkmIndexPage, editor: User, publishes: bool
) -> None:
    one, other = a_product(), a_product()

    edit_by_hand(one, WORDS, by=editor, publishes=publishes)
    edit_at_once(other, WORDS, by=editor, publishes=publishes)

    assert stands(other) == stands(one)


def test_an_edit_of_a_shop_keeps_what_a_persons_edit_keeps(
    catalogue: UmkmIndexPage, editor: User
) -> None:
    CategoryFactory(slug="kerajinan")
    one, other = a_shop(), a_shop()
    for page in (one, other):
        page.save_revision().publish()
    words = {"title": "Sanggar", "category_id": "kerajinan", "whatsapp": "081234567890"}

    edit_by_hand(UmkmPage.objects.get(pk=one.pk), words, by=editor)
    edit_at_once(UmkmPage.objects.get(pk=other.pk), words, by=editor)

    assert stands(other) == stands(one)


def test_an_edit_of_a_draft_goes_on_from_the_draft(catalogue: UmkmIndexPage, editor: User) -> None:
    one, other = a_product(), a_product()
    for page in (one, other):
        page.unpublish()
        edit_by_hand(
            ProductPage.objects.get(pk=page.pk), {"unit": "mangkuk"}, by=editor, publishes=False
        )

    edit_by_hand(ProductPage.objects.get(pk=one.pk), WORDS, by=editor, publishes=False)
    edit_at_once(ProductPage.objects.get(pk=other.pk), WORDS, by=editor, publishes=False)

    assert revisions(other)[-1] == revisions(one)[-1]
    assert revisions(other)[-1]["unit"] == "mangkuk"
    assert not ProductPage.objects.get(pk=other.pk).live


def test_variants_are_written_as_a_whole_list(catalogue: UmkmIndexPage, editor: User) -> None:
    product = a_product()
    opened = open_pages(ProductPage, [product.pk])[product.pk]
    [large] = opened.variants.all()
    large.price = 21_000
    opened.variants = [Variant(name="Kecil", price=9_000), large]

    save_edits([Edit(opened, frozenset({"variants"}), "Soto", publishes=True)], by=editor)

    page = ProductPage.objects.get(pk=product.pk)
    assert [(each.name, each.price) for each in page.variants.all()] == [
        ("Kecil", 9_000),
        ("Besar", 21_000),
    ]
    assert page.variants.get(name="Besar").pk == large.pk
    assert {(row.name, row.price) for row in page.product.variants.all()} == {
        ("Kecil", 9_000),
        ("Besar", 21_000),
    }


def test_who_listens_for_published_pages_hears_of_each(
    catalogue: UmkmIndexPage, editor: User
) -> None:
    product = a_product()
    heard = []

    def hear(instance: Page, revision: Revision, **_: Any) -> None:
        heard.append((instance.pk, revision.pk))

    page_published.connect(hear)
    try:
        edit_at_once(product, WORDS, by=editor)
    finally:
        page_published.disconnect(hear)

    assert heard == [(product.pk, ProductPage.objects.get(pk=product.pk).live_revision_id)]


def test_many_edits_cost_as_many_queries_as_one(
    catalogue: UmkmIndexPage, editor: User, django_assert_max_num_queries: Any
) -> None:
    products = [a_product() for _each in range(5)]
    opened = open_pages(ProductPage, [page.pk for page in products])

    with django_assert_max_num_queries(35):
        edits = []
        for page in opened.values():
            page.price = 18_000
            edits.append(Edit(page, frozenset({"price"}), page.title, publishes=True))
        save_edits(edits, by=editor)


def test_a_removal_leaves_what_a_persons_deletion_leaves(
    catalogue: UmkmIndexPage, editor: User
) -> None:
    one, other = a_product(), a_product()
    photo: Photo = PhotoFactory()
    for page in (one, other):
        edit_by_hand(page, {"photo": photo}, by=editor)
    shops = [one.get_parent().pk, other.get_parent().pk]
    rows = [Product.objects.get(page=page) for page in (one, other)]

    ProductPage.objects.get(pk=one.pk).delete(user=editor)
    remove_pages([ProductPage.objects.get(pk=other.pk)], by=editor)

    assert history(other) == history(one)
    assert not ProductPage.objects.exists()
    assert not Revision.page_revisions.filter(object_id__in=[one.pk, other.pk]).exists()
    assert not IndexEntry.objects.filter(object_id__in=[one.pk, other.pk]).exists()
    assert not ReferenceIndex.objects.filter(object_id__in=[one.pk, other.pk]).exists()
    assert not SearchEntry.objects.filter(page__in=[one.pk, other.pk]).exists()
    assert {page.numchild for page in Page.objects.filter(pk__in=shops)} == {0}
    for row in rows:
        row.refresh_from_db()
        assert (row.status, row.page_id) == (Product.Status.WITHDRAWN, None)
        told = OutboxEvent.objects.filter(public_id=row.public_id).order_by("pk")
        assert told.last().event == "product.withdrawn"
    assert Page.find_problems() == ([], [], [], [], [])


def test_a_shop_that_is_removed_is_closed(catalogue: UmkmIndexPage, editor: User) -> None:
    shop = UmkmPageFactory()
    row = shop.umkm

    remove_pages([UmkmPage.objects.get(pk=shop.pk)], by=editor)

    row.refresh_from_db()
    assert (row.status, row.page_id) == (Umkm.Status.CLOSED, None)
