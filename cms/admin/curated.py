"""Collections and stories as flat lists on the desk, beside the tree of pages."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet

from cms.admin.pages import EditorsMenuItem
from cms.models import CollectionPage, StoryPage

TITLE = PageTitleColumn("title", label=_("Name"), sort_key="title", classname="title", width="40%")
STATUS = PageStatusColumn("status", label=_("Status"), sort_key="live")


class CollectionListing(PageListingViewSet):
    """Every collection, drafts too."""

    model = CollectionPage
    name = "collection_pages"
    url_prefix = "collection-pages"
    icon = "list-ul"
    menu_label = _("Collections")
    menu_order = 130
    menu_item_class = EditorsMenuItem
    add_to_admin_menu = True
    columns = [
        BulkActionsColumn("bulk_actions"),
        TITLE,
        Column("get_kind_display", label=_("Filled by a rule")),
        STATUS,
    ]


class StoryListing(PageListingViewSet):
    """Every story, drafts too."""

    model = StoryPage
    name = "story_pages"
    url_prefix = "story-pages"
    icon = "doc-full"
    menu_label = _("Stories")
    menu_order = 140
    menu_item_class = EditorsMenuItem
    add_to_admin_menu = True
    columns = [
        BulkActionsColumn("bulk_actions"),
        TITLE,
        DateColumn("day", label=_("Date"), sort_key="day"),
        STATUS,
    ]
