"""Pages of shops and products below the laid site, small and valid."""

from io import BytesIO
from typing import Any

import factory
from django.core.files.images import ImageFile
from PIL import Image
from wagtail.models import Page

from cms.models import Highlight, Photo, ProductPage, UmkmIndexPage, UmkmPage
from cms.site import lay_site
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
