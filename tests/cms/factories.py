"""Pages of shops and products below the laid site, small and valid."""

from datetime import date
from io import BytesIO
from typing import Any

import factory
from django.core.files.images import ImageFile
from PIL import Image
from wagtail.models import Page

from cms.models import (
    CollectionIndexPage,
    CollectionPage,
    CollectionPick,
    Highlight,
    Photo,
    ProductPage,
    StoryIndexPage,
    StoryMention,
    StoryPage,
    UmkmIndexPage,
    UmkmPage,
)
from tests.laid_site import lay_site
from tests.marketplace.factories import CategoryFactory, RegionFactory


def drawn(name: str = "foto.png", *, size: tuple[int, int] = (720, 480)) -> ImageFile:
    """A picture file of one colour."""
    content = BytesIO()
    Image.new("RGB", size, "teal").save(content, "PNG")
    content.seek(0)
    return ImageFile(content, name=name)


class PhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Photo

    title = factory.Sequence(lambda n: f"Foto {n}")
    alt = "Semangkuk soto di atas meja kayu"
    file = factory.LazyFunction(drawn)

    class Params:
        allowed = factory.Trait(
            allowed_by="Pemilik toko", allowed_use="social", allowed_on=date(2026, 3, 1)
        )


class PageFactory(factory.django.DjangoModelFactory):
    """A page in the tree: live unless told otherwise, below `parent`."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[Page], *args: Any, **kwargs: Any) -> Page:
        parent = kwargs.pop("parent")
        return parent.add_child(instance=model_class(*args, **kwargs))


def catalogue() -> UmkmIndexPage:
    """The catalogue of the laid site."""
    lay_site()
    return UmkmIndexPage.objects.get()


class UmkmPageFactory(PageFactory):
    class Meta:
        model = UmkmPage

    parent = factory.LazyFunction(catalogue)
    title = factory.Sequence(lambda n: f"Warung Bu Contoh {n}")
    summary = "Soto ayam kampung sejak pagi."
    category = factory.SubFactory(CategoryFactory)
    region = factory.SubFactory(RegionFactory)
    live = True


class ProductPageFactory(PageFactory):
    class Meta:
        model = ProductPage

    parent = factory.SubFactory(UmkmPageFactory)
    title = factory.Sequence(lambda n: f"Soto Ayam {n}")
    summary = "Semangkuk, dengan nasi."
    price = 15_000
    unit = "porsi"
    live = True


class HighlightFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Highlight

    page = factory.SubFactory(UmkmPageFactory)
    label = "Diskon Hari ASN"
    source = factory.Sequence(lambda n: f"promotion:{n}")


def collections_index() -> CollectionIndexPage:
    """The page of all collections of the laid site."""
    lay_site()
    return CollectionIndexPage.objects.get()


class CollectionPageFactory(PageFactory):
    """A collection; `members` are the pages picked for it, in that order."""

    class Meta:
        model = CollectionPage

    parent = factory.LazyFunction(collections_index)
    title = factory.Sequence(lambda n: f"Oleh-oleh {n}")
    intro = "Untuk dibawa pulang."
    live = True

    @classmethod
    def _create(cls, model_class: type[Page], *args: Any, **kwargs: Any) -> Page:
        picks = [
            CollectionPick(member=member.page_ptr, sort_order=place)
            for place, member in enumerate(kwargs.pop("members", []))
        ]
        return super()._create(model_class, *args, picks=picks, **kwargs)


def stories_index() -> StoryIndexPage:
    """The page of all stories of the laid site."""
    lay_site()
    return StoryIndexPage.objects.get()


class StoryPageFactory(PageFactory):
    """A story; `shops` are those it tells of."""

    class Meta:
        model = StoryPage

    parent = factory.LazyFunction(stories_index)
    title = factory.Sequence(lambda n: f"Subuh di Dapur {n}")
    intro = "Sebelum azan, wajan sudah panas."
    live = True

    @classmethod
    def _create(cls, model_class: type[Page], *args: Any, **kwargs: Any) -> Page:
        mentions = [
            StoryMention(shop=shop, sort_order=place)
            for place, shop in enumerate(kwargs.pop("shops", []))
        ]
        return super()._create(model_class, *args, mentions=mentions, **kwargs)
