"""Routes of this app under /api/v1/."""

from django.urls import path

from promotions.api.promotions import RunningPromotions

urlpatterns = [
    path("promotions", RunningPromotions.as_view(), name="api-promotions"),
]
