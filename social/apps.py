from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SocialConfig(AppConfig):
    """Channels, posts, approval and publishing; knows nothing of UMKM."""

    name = "social"
    verbose_name = _("Social media")
    default_auto_field = "django.db.models.BigAutoField"
