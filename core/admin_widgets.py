"""Wagtail's choosers, started without the inline script that our policy refuses.

Its other widgets are started by templates, which `templates/wagtailadmin` replaces; a chooser
writes its script in Python. `static/js/admin-widgets.js` starts them all.
"""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import BaseChooser
from wagtail.admin.widgets.workflows import AdminTaskChooser


def render_chooser(
    self: BaseChooser, name: str, value: Any, attrs: dict[str, Any], renderer: Any = None
) -> SafeString:
    """The chooser's own markup, and an element that says how to start it."""
    data = self.get_value_data(value)
    return format_html(
        '{}<span hidden data-start="{}" data-chooser="{}" data-for="{}" data-options="{}"></span>',
        self.render_html(name, data, attrs),
        "task-chooser" if isinstance(self, AdminTaskChooser) else "chooser",
        self.js_constructor,
        attrs["id"],
        json.dumps(self.get_js_init_options(attrs["id"], name, data)),
    )


def start_choosers_by_file() -> None:
    """Replace the one method that writes the script; a test holds that choosers still open."""
    BaseChooser.render = render_chooser
