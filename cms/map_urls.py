"""What the map's script reads, below the map's page."""

from django.urls import path

from cms import map_views

app_name = "map"
urlpatterns = [
    path("toko.json", map_views.shops, name="shops"),
    path("batas.json", map_views.outlines, name="outlines"),
]
