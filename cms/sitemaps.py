"""Which pages search engines are told of."""

from django.db.models import Q
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import PageQuerySet

from cms.models import ProductPage, UmkmPage
from marketplace.models import Product, Umkm


class SitePages(Sitemap):
    """Every live page, without shops that are not listed and without their products."""

    def items(self) -> PageQuerySet:
        listed = Q(umkm_row__status=Umkm.Status.LISTED)
        offered = Q(
            product_row__status=Product.Status.LISTED,
            product_row__umkm__status=Umkm.Status.LISTED,
        )
        pages = super().items()
        hidden_shops = UmkmPage.objects.exclude(listed).values("pk")
        hidden_products = ProductPage.objects.exclude(offered).values("pk")
        return pages.exclude(pk__in=hidden_shops).exclude(pk__in=hidden_products)
