"""Where each address leads: the apps' own urls, the API, Wagtail's admin and, last, its pages."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap

urlpatterns = [
    path("health/", include("core.urls")),
    path("api/v1/", include("config.api_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("sitemap.xml", sitemap),
    path("", include("accounts.urls")),
    path("", include("marketplace.urls")),
    path("kabar/", include("social.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("", include(wagtail_urls)),
]
