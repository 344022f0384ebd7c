"""What every page of Wagtail's admin needs to live with our content security policy."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_js")
def start_widgets() -> SafeString:
    """Start the widgets that Wagtail starts by inline scripts."""
    return format_html('<script src="{}"></script>', static("js/admin-widgets.js"))
