"""A panel in the editor of a shop's page: how complete it is, and what to add next."""

from typing import Any

from django.utils import timezone
from wagtail.admin.panels import Panel


class CompletenessPanel(Panel):
    """Shows what the saved page has and lacks; nothing before it was first saved."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "cms/admin/completeness_panel.html"

        def is_shown(self) -> bool:
            return super().is_shown() and self.instance.pk is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            from cms.completeness import completeness_of, with_completeness  # reads the models

            context: dict[str, Any] = super().get_context_data(parent_context)
            saved = type(self.instance).objects.filter(pk=self.instance.pk)
            page = with_completeness(saved, day=timezone.localdate()).first()
            return {**context, "completeness": completeness_of(page) if page else None}
