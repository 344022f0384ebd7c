from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    """Wagtail pages: UMKM, products, catalogue, public figures."""

    name = "cms"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import checks, tree  # noqa: F401 (registers its checks; connects its receivers)

        tree.connect()
