"""The peers' addresses, then all of the project's."""

from django.urls import path

from bench import peers
from config.urls import urlpatterns as ours

urlpatterns = [
    path("bench/floor/", peers.floor),
    path("bench/listing/", peers.listing),
    path("bench/search/", peers.search),
    path("bench/insert/", peers.Insert.as_view()),
    path("bench/api/", peers.api.urls),
    *ours,
]
