"""Choosing shops and products for a promotion: only listed ones, found by name or place."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.snippets.views import chooser as snippets

from marketplace.models import Product, Umkm


class WordsForm(BaseFilterForm):
    """Words that stand in a name or in the name of a kelurahan; `fields` says where."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": _("Name or kelurahan")}),
    )
    searched: tuple[str, ...] = ()

    def filter(self, objects: QuerySet) -> QuerySet:  # type: ignore[type-arg]
        """Every word must be found somewhere."""
        found = super().filter(objects)
        words = self.cleaned_data.get("q", "").split()
        self.is_searching = bool(words)
        self.search_query = " ".join(words)
        for word in words:
            anywhere = [Q(**{f"{name}__icontains": word}) for name in self.searched]
            found = found.filter(_any(anywhere))
        return found


class UmkmWords(WordsForm):
    searched = ("name", "region__name", "region__alias")


class ProductWords(WordsForm):
    searched = ("name", "umkm__name", "umkm__region__name")


class ListedUmkm:
    """Listed shops by name, with their place."""

    filter_form_class = UmkmWords
    ordering = ["name", "pk"]

    def get_object_list(self) -> QuerySet[Umkm]:
        return Umkm.objects.listed().select_related("region")

    @property
    def columns(self) -> list[Column]:
        return [self.title_column, Column("region", label="Kelurahan", accessor="region")]  # type: ignore[attr-defined]


class ListedProducts:
    """Listed products by name, with their shop."""

    filter_form_class = ProductWords
    ordering = ["name", "pk"]

    def get_object_list(self) -> QuerySet[Product]:
        return Product.objects.listed().without_variants().select_related("umkm__region")

    @property
    def columns(self) -> list[Column]:
        return [self.title_column, Column("umkm", label="UMKM", accessor="umkm")]  # type: ignore[attr-defined]


class ChooseUmkm(ListedUmkm, ChooseView):
    """The whole window."""


class ChooseUmkmResults(ListedUmkm, ChooseResultsView):
    """Its list, as one types."""


class ChooseProduct(ListedProducts, ChooseView):
    """The whole window."""


class ChooseProductResults(ListedProducts, ChooseResultsView):
    """Its list, as one types."""


class PromotedUmkmChooser(ChooserViewSet):
    """The chooser of shops."""

    name = "promoted_umkm_chooser"
    model = Umkm
    icon = "home"
    choose_one_text = _("Choose an UMKM")
    choose_another_text = _("Choose another UMKM")
    choose_view_class = ChooseUmkm
    choose_results_view_class = ChooseUmkmResults
    url_prefix = "promosi/pilih-umkm"

    @cached_property
    def permission_policy(self) -> None:
        return None


class PromotedProductChooser(ChooserViewSet):
    """The chooser of products."""

    name = "promoted_product_chooser"
    model = Product
    icon = "tag"
    choose_one_text = _("Choose a product")
    choose_another_text = _("Choose another product")
    choose_view_class = ChooseProduct
    choose_results_view_class = ChooseProductResults
    url_prefix = "promosi/pilih-produk"

    @cached_property
    def permission_policy(self) -> None:
        return None


class ForViewers:
    """Before a view of Wagtail's: whoever may not see promotions is not told of a draft either."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("promotions.view_promotion"):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class ChoosePromotion(ForViewers, snippets.ChooseView):
    """The whole window."""


class ChoosePromotionResults(ForViewers, snippets.ChooseResultsView):
    """Its list, as one types."""


class PromotionChosen(ForViewers, snippets.SnippetChosenView):
    """The one that was chosen."""


class PromotionsChosen(ForViewers, snippets.SnippetChosenMultipleView):
    """Those that were chosen."""


class PromotionChooser(snippets.SnippetChooserViewSet):
    """The chooser of promotions."""

    choose_view_class = ChoosePromotion
    choose_results_view_class = ChoosePromotionResults
    chosen_view_class = PromotionChosen
    chosen_multiple_view_class = PromotionsChosen


def _any(conditions: list[Q]) -> Q:
    either = Q()
    for condition in conditions:
        either |= condition
    return either
