"""A panel of the promotion's form: once published, the way to its posts."""

from wagtail.admin.panels import Panel

from promotions.promotions import message_of


class PostsPanel(Panel):
    """Shown as soon as the promotion is live: making posts is what an editor does next."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "promotions/admin/posts_panel.html"

        def is_shown(self) -> bool:
            """Neither on the empty form nor on a draft."""
            return bool(self.instance.pk and self.instance.live)

        @property
        def has_posts(self) -> bool:
            return message_of(self.instance) is not None
