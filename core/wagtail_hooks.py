"""What every page of Wagtail's admin needs to live with our content security policy."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from core.webhook_admin import WebhookViewSet


@hooks.register("insert_global_admin_js")
def start_widgets() -> SafeString:
    """Start the widgets that Wagtail starts by inline scripts."""
    return format_html('<script src="{}"></script>', static("js/admin-widgets.js"))


@hooks.register("register_admin_viewset")
def register_webhooks() -> WebhookViewSet:
    return WebhookViewSet()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Webhooks' rights, so that a group can be given them by hand."""
    return Permission.objects.filter(
        content_type__app_label="core", content_type__model="webhookendpoint"
    )
