"""The registry in Wagtail's admin, to look things up: facts are typed on pages, never here."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from marketplace.band_admin import BandViewSet
from marketplace.brief_admin import brief_item, brief_urls
from marketplace.models import Umkm
from marketplace.owner_admin import OwnersViewSet
from marketplace.personnel_admin import PersonnelViewSet
from marketplace.survey_admin import SurveyViewSet
from marketplace.together_admin import TogetherGroup


class UmkmFilters(WagtailFilterSet):
    status = ChoiceFilter(choices=Umkm.Status.choices, label=_("Status"))

    class Meta:
        model = Umkm
        fields = ["status"]


class UmkmIndex(generic.IndexView):
    """Every registered shop and every proposed one: no person, no sum, no count of purchases.

    No day either: a proposed shop is as old as the first purchase there.
    """

    model = Umkm
    permission_policy = ModelPermissionPolicy(Umkm)
    any_permission_required = ["view"]
    index_url_name = "umkm_registry:index"
    index_results_url_name = "umkm_registry:results"
    page_title = _("UMKM registry")
    header_icon = "list-ul"
    filterset_class = UmkmFilters
    search_fields = ["name"]
    search_backend_name = None
    is_searchable = True
    default_ordering = "name"
    paginate_by = 50
    columns = [
        Column("name", label=_("Name"), sort_key="name"),
        Column("region", label=_("Kelurahan"), sort_key="region__name"),
        Column("category", label=_("Category"), sort_key="category__position"),
        Column("get_status_display", label=_("Status"), sort_key="status"),
    ]

    def get_base_queryset(self) -> QuerySet[Umkm]:
        return Umkm.objects.select_related("region", "category")


class UmkmMenuItem(MenuItem):
    """Shown to who may open the list."""

    def is_shown(self, request: HttpRequest) -> bool:
        may_view: bool = request.user.has_perm("marketplace.view_umkm")
        return may_view


class UmkmRegistry(ViewSet):
    """One page under its own menu item, for who may view UMKM."""

    name = "umkm_registry"
    url_prefix = "umkm-registry"
    menu_label = _("UMKM registry")
    icon = "list-ul"
    menu_order = 290
    menu_item_class = UmkmMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", UmkmIndex.as_view(), name="index"),
            path("results/", UmkmIndex.as_view(results_only=True), name="results"),
        ]


@hooks.register("register_admin_viewset")
def register_registry() -> UmkmRegistry:
    return UmkmRegistry()


@hooks.register("register_admin_viewset")
def register_personnel() -> PersonnelViewSet:
    return PersonnelViewSet()


@hooks.register("register_admin_viewset")
def register_bands() -> BandViewSet:
    return BandViewSet()


@hooks.register("register_admin_viewset")
def register_owners() -> OwnersViewSet:
    return OwnersViewSet()


@hooks.register("register_admin_viewset")
def register_together() -> TogetherGroup:
    return TogetherGroup()


@hooks.register("register_admin_viewset")
def register_survey() -> SurveyViewSet:
    return SurveyViewSet()


@hooks.register("register_admin_urls")
def register_brief() -> list[URLPattern]:
    return brief_urls()


@hooks.register("register_reports_menu_item")
def register_brief_item() -> MenuItem:
    return brief_item()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The rights to goals, campaign days and the survey, so that a group is given them by hand."""
    kinds = ["collectivegoal", "campaignday", "localsurvey"]
    return Permission.objects.filter(
        content_type__app_label="marketplace", content_type__model__in=kinds
    )
