"""The queue of what readers reported, and the closing of a shop: thin doors to the rules."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.viewsets.base import ViewSet

from accounts.desk import DeskPage, menu_item_for
from accounts.models import User
from cms.admin.forms import CloseForm, SettleForm
from cms.complaints import close_shop, queue, settle
from cms.models import Complaint, ProductPage, UmkmPage

MEND = "cms.change_complaint"
PER_PAGE = 25


class Complaints(DeskPage):
    """What is open, closed shops first; ticked ones are done together, with one note."""

    right = MEND
    template_name = "cms/admin/complaints.html"
    page_title = gettext_lazy("Reports of readers")
    header_icon = "warning"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Settle what is ticked, or say what is missing."""
        form = SettleForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        note = form.cleaned_data["note"]
        done = settle(form.cleaned_data["ticked"], note=note, actor=self.person)
        told = ngettext("%(done)d report is done.", "%(done)d reports are done.", done)
        messages.success(request, told % {"done": done})
        return redirect(f"{reverse('complaints:queue')}?{self._narrowed()}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of the queue as it is narrowed."""
        found = queue(state=self.state, kind=self.kind)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            page=page,
            rows=[_row(complaint) for complaint in page],
            state=self.state,
            kind=self.kind,
            states=Complaint.State.choices,
            kinds=Complaint.Kind.choices,
            narrowed=self._narrowed(),
            **{"form": SettleForm(), **kwargs},
        )

    @property
    def state(self) -> Complaint.State:
        """Open unless what is done was asked for."""
        asked = self.request.GET.get("state")
        return Complaint.State.DONE if asked == Complaint.State.DONE else Complaint.State.OPEN

    @property
    def kind(self) -> str:
        """One kind that there is, or all of them."""
        asked = self.request.GET.get("kind", "")
        return asked if asked in Complaint.Kind.values else ""

    def _narrowed(self) -> str:
        return urlencode({"state": self.state, "kind": self.kind})


class CloseShop(DeskPage):
    """Asks once more, then takes a shop from view: for who may unpublish its page."""

    template_name = "cms/admin/close_shop.html"
    page_title = gettext_lazy("Close this shop")
    header_icon = "lock"
    breadcrumbs_items = [
        *DeskPage.breadcrumbs_items,
        {"url": reverse_lazy("umkm_pages:index"), "label": gettext_lazy("Shops")},
    ]

    def may_open(self, person: User) -> bool:
        """Whoever may unpublish the page."""
        may: bool = self.shop.permissions_for_user(person).can_unpublish()
        return may

    @cached_property
    def shop(self) -> UmkmPage:
        """The shop in question."""
        return get_object_or_404(UmkmPage, pk=self.kwargs["page_id"])

    def get_page_subtitle(self) -> str:
        return self.shop.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What goes out of view with it."""
        return super().get_context_data(
            shop=self.shop,
            products=ProductPage.objects.child_of(self.shop).live().count(),
            reports=Complaint.objects.open().below(self.shop).count(),
            **{"form": CloseForm(), **kwargs},
        )

    def post(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """Close it, or ask for the reason."""
        form = CloseForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        close_shop(self.shop, note=form.cleaned_data["note"], actor=self.person)
        told = _("“%(name)s” is closed and out of view. What still waited about it is being held.")
        messages.success(request, told % {"name": self.shop.title})
        return redirect("complaints:queue" if self.person.has_perm(MEND) else "umkm_pages:index")


class ComplaintQueue(ViewSet):
    """The queue and the closing of a shop, under one address."""

    name = "complaints"
    url_prefix = "katalog/laporan"
    menu_label = gettext_lazy("Reports of readers")
    icon = "warning"
    menu_order = 292
    menu_item_class = menu_item_for(MEND)
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Complaints.as_view(), name="queue"),
            path("tutup/<int:page_id>/", CloseShop.as_view(), name="close"),
        ]


def _row(complaint: Complaint) -> dict[str, Any]:
    """A report with the shop it is about: its own page, or the one above the product's."""
    page = complaint.page
    sold = getattr(page, "product_row", None)
    umkm = sold.umkm if sold else getattr(page, "umkm_row", None)
    shop = umkm.page if umkm else None
    return {"complaint": complaint, "product": sold, "umkm": umkm, "shop": shop}
