from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """What every app stands on: idempotency, audit log, outbox, problem details."""

    name = "core"
    verbose_name = _("Core")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.admin_widgets import start_choosers_by_file
        from core.connections import limit_transactions

        start_choosers_by_file()
        connection_created.connect(limit_transactions)
