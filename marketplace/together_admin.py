"""Goals and campaign days in Wagtail's admin, for editors and administrators."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from core.money import rupiah
from marketplace.models import CampaignDay, CollectiveGoal
from marketplace.together_forms import WEEKDAYS, CampaignForm, GoalForm


class TogetherIndex(generic.IndexView):
    """A list whose title a phone shows whole, since the button beside it is short."""

    add_item_label = gettext_lazy("Add one")


class GoalViewSet(ModelViewSet):
    """What a neighbourhood or the city fills together."""

    model = CollectiveGoal
    name = "collective_goals"
    url_prefix = "belanja-bersama/target"
    menu_label = gettext_lazy("Collective goals")
    icon = "success"
    index_view_class = TogetherIndex
    copy_view_enabled = False
    add_to_reference_index = False
    list_display = [
        "name",
        Column("place", label=gettext_lazy("Who"), accessor=lambda goal: who(goal)),
        Column("amount", label=gettext_lazy("Amount"), accessor=lambda goal: rupiah(goal.amount)),
        Column("months", label=gettext_lazy("Months"), accessor=lambda goal: months(goal)),
    ]

    def get_form_class(self, for_update: bool = False) -> type[GoalForm]:  # noqa: FBT001, FBT002
        return GoalForm


class CampaignViewSet(ModelViewSet):
    """Days on which the city invites to shop."""

    model = CampaignDay
    name = "campaign_days"
    url_prefix = "belanja-bersama/hari"
    menu_label = gettext_lazy("Campaign days")
    icon = "calendar"
    index_view_class = TogetherIndex
    copy_view_enabled = False
    add_to_reference_index = False
    list_display = [
        "name",
        Column("days", label=gettext_lazy("Days"), accessor=lambda campaign: days(campaign)),
    ]

    def get_form_class(self, for_update: bool = False) -> type[CampaignForm]:  # noqa: FBT001, FBT002
        return CampaignForm


class TogetherGroup(ModelViewSetGroup):
    """One entry of the menu for both."""

    menu_label = gettext_lazy("Shopping together")
    menu_icon = "group"
    menu_order = 260
    items = (GoalViewSet, CampaignViewSet)


def who(goal: CollectiveGoal) -> str:
    """The place or the agency that fills a goal."""
    if goal.agency:
        return goal.agency.abbreviation
    return goal.region.name if goal.region else str(_("The whole city"))


def months(goal: CollectiveGoal) -> str:
    """From one month to another, as people read them."""
    first, last = (date_format(month, "M Y") for month in (goal.first_month, goal.last_month))
    return first if first == last else f"{first} – {last}"


def days(campaign: CampaignDay) -> str:
    """The period, and the weekdays in it."""
    first, last = (date_format(day, "j M Y") for day in (campaign.first_day, campaign.last_day))
    span = first if first == last else f"{first} – {last}"
    named: dict[int, Any] = dict(WEEKDAYS)
    said = [str(named[number]) for number in sorted(campaign.weekdays)]
    return f"{span} ({', '.join(said)})" if said else span
