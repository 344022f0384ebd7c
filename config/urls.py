"""Where each address leads: the apps' own urls, the API, Wagtail's admin and, last, its pages."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import TemplateView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.views import serve as serve_page

from cms.routes import by_known_way
from cms.sitemaps import SitePages
from core.brief_cache import kept_first
from core.problems import not_found

urlpatterns = [
    path("api/v1/", include("config.api_urls")),
    re_path(r"^api/", not_found),
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.allauth_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("sitemap.xml", sitemap, {"sitemaps": {"pages": SitePages}}),
    path("robots.txt", TemplateView.as_view(template_name="robots.txt", content_type="text/plain")),
    path("", include("marketplace.urls")),
    path("kabar/", include("social.urls")),
    path("", include("cms.urls")),
    path("peta/", include("cms.map_urls")),
    re_path(wagtail_urls.serve_pattern, kept_first(by_known_way(serve_page)), name="wagtail_serve"),
    path("", include(wagtail_urls)),
]

if settings.DEMO:  # elsewhere the web server in front serves media
    media = {"document_root": settings.MEDIA_ROOT}
    urlpatterns.insert(0, path("media/<path:path>", serve, media))

if settings.API_V3_PREVIEW:
    from config import v3_preview

    preview = include(v3_preview.urlpatterns, namespace=v3_preview.namespace)
    urlpatterns.insert(0, path("api/v3-preview/", preview))
