"""What ours is measured beside: the bare query, and Wagtail as its own guide shows it."""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from wagtail.api import APIField
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.images.api.fields import ImageRenditionField

from cms.models import ProductPage, UmkmPage

LISTED = 20
SHOWN = 24

ProductPage.api_fields = [
    APIField("summary"),
    APIField("price"),
    APIField("unit"),
    APIField("available"),
    APIField("picture", serializer=ImageRenditionField("fill-720x480|format-webp", source="photo")),
]


class Products(PagesAPIViewSet):  # type: ignore[misc]
    """Wagtail's own list of product pages, as in a project that has no rules of its own."""

    model = ProductPage
    permission_classes = [AllowAny]
    authentication_classes: list[type] = []
    throttle_classes: list[type] = []


api = WagtailAPIRouter("bench")
api.register_endpoint("products", Products)


def floor(request: HttpRequest) -> HttpResponse:
    """Twenty rows of the same table by one query, as they come."""
    rows = ProductPage.objects.live().order_by("-pk")
    return JsonResponse({"results": list(rows.values("pk", "title", "summary", "price")[:LISTED])})


def listing(request: HttpRequest) -> HttpResponse:
    """A page of shops as Wagtail's guide writes it, its renditions prefetched."""
    shops = UmkmPage.objects.live().order_by("-first_published_at").select_related("photo")
    pages = Paginator(shops.prefetch_related("photo__renditions"), SHOWN)
    return render(request, "bench/listing.html", {"shops": pages.get_page(request.GET.get("page"))})


def search(request: HttpRequest) -> HttpResponse:
    """Wagtail's search over the products, twenty of what it found and how many there are."""
    found = ProductPage.objects.live().search(request.GET["q"])
    rows: list[Any] = list(found[:LISTED])
    results = [{"title": page.title, "price": page.price, "url": page.url} for page in rows]
    return JsonResponse({"total": found.count(), "results": results})


class Insertion(models.Model):
    """A row of the table of bench/purchases_city.py."""

    user_id = models.BigIntegerField()
    umkm = models.UUIDField()
    amount = models.IntegerField()
    day = models.DateField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_insert"

    def __str__(self) -> str:
        return str(self.umkm)


class InsertionSerializer(serializers.ModelSerializer[Insertion]):
    class Meta:
        model = Insertion
        fields = ["id", "umkm", "amount", "day"]
        read_only_fields = ["day"]


class Insert(APIView):
    """One row by a serializer, for who shows a token: what DRF's guide would write."""

    throttle_classes: list[type] = []

    def post(self, request: Request) -> Response:
        row = InsertionSerializer(data=request.data)
        row.is_valid(raise_exception=True)
        row.save(user_id=request.user.pk, day=timezone.localdate())
        return Response(row.data, status=201)
