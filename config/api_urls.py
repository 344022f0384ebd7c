"""The contract for apps, /api/v1/: each app adds its own routes, the most asked ones first."""

from django.urls import include, path

urlpatterns = [
    path("", include("cms.api.urls")),
    path("", include("marketplace.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("core.api.urls")),
    path("", include("social.api.urls")),
    path("", include("promotions.api.urls")),
]
