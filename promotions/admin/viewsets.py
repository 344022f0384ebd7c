"""Where promotions hang in Wagtail's admin, and the panels of their form."""

from django.forms import CheckboxSelectMultiple
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    MultipleChooserPanel,
)
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSet

from promotions.admin.choosers import PromotionChooser
from promotions.admin.panels import PostsPanel
from promotions.admin.views import EditPromotion, PromotionPosts
from promotions.models import Promotion

DAY = "j M Y"


def first_day(promotion: Promotion) -> str:
    """A calendar day as people read it; Wagtail's own column says how long ago it was."""
    return date_format(promotion.starts, DAY)


def last_day(promotion: Promotion) -> str:
    """As `first_day`."""
    return date_format(promotion.ends, DAY)


class PromotionViewSet(SnippetViewSet):
    """Promotions: drafts, workflow and preview are Wagtail's; making posts is ours."""

    model = Promotion
    icon = "pick"
    menu_label = _("Promotions")
    menu_name = "promotions"
    menu_order = 240
    add_to_admin_menu = True
    admin_url_namespace = "promotions"
    base_url_path = "promosi"
    list_display = [
        "title",
        Column("starts", label=_("First day"), accessor=first_day, sort_key="starts"),
        Column("ends", label=_("Last day"), accessor=last_day, sort_key="ends"),
        BooleanColumn("live", label=_("Published")),
    ]
    list_filter = ["starts", "ends", "live"]
    search_fields = ["title", "message"]
    edit_view_class = EditPromotion
    chooser_viewset_class = PromotionChooser
    copy_view_enabled = False
    panels = [
        HelpPanel(
            content=_(
                "Write what is on offer, choose shops or products and the days, publish, then make "
                "the posts. A second person looks at each post before it goes out."
            )
        ),
        PostsPanel(heading=_("Posts")),
        FieldPanel("title"),
        FieldPanel("message"),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")], heading=_("Days")),
        MultipleChooserPanel(
            "promoted_products", label=_("products"), chooser_field_name="product"
        ),
        MultipleChooserPanel("promoted_umkm", label="UMKM", chooser_field_name="umkm"),
        MultiFieldPanel(
            [
                FieldPanel("photo"),
                FieldPanel("channels", widget=CheckboxSelectMultiple),
            ],
            heading=_("Picture and channels"),
        ),
    ]

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's pages, and the posts of one promotion."""
        posts = path("<int:pk>/posting/", PromotionPosts.as_view(), name="posts")
        return [*super().get_urlpatterns(), posts]
