from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    """Who signs in: the user model, tokens and sign-in pages."""

    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import accounts.journal  # noqa: F401 (it listens to Django's own signals)


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's user admin with our own forms."""

    user_viewset = "accounts.viewsets.UserViewSet"
