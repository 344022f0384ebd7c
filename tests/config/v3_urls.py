"""The project's addresses as they are where API_V3_PREVIEW is on."""

from django.urls import include, path

from config import v3_preview
from config.urls import urlpatterns as ours

urlpatterns = [
    path("api/v3-preview/", include(v3_preview.urlpatterns, namespace=v3_preview.namespace)),
    *ours,
]
