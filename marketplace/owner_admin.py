"""Whose shop it is, in the admin: which account reads its figures. For who keeps the accounts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.viewsets.base import ViewSet

from accounts.desk import DeskPage, menu_item_for
from marketplace import own_shops
from marketplace.errors import NoSuchAccount
from marketplace.models import Umkm


class ShopChoice(forms.ModelChoiceField):
    """Shops by name and kelurahan."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.region.name}"


class OwnerForm(forms.Form):
    """A shop, and the account that may read its figures."""

    umkm = ShopChoice(label="UMKM", queryset=Umkm.objects.none())
    username = forms.CharField(
        label=gettext_lazy("Sign-in name of the owner's account"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text=gettext_lazy("Empty: the shop is linked to nobody any more."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Umkm.objects.filter(status__in=[Umkm.Status.LISTED, Umkm.Status.CLOSED])
        self.fields["umkm"].queryset = shops.select_related("region").order_by("name")  # type: ignore[attr-defined]


class ShopOwners(DeskPage):
    """Who owns which shop, and linking another one."""

    right = own_shops.MAY_LINK
    template_name = "marketplace/admin/owners.html"
    page_title = gettext_lazy("Owners of shops")
    header_icon = "user"

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OwnerForm(request.POST)
        if form.is_valid():
            try:
                own_shops.link_owner(
                    form.cleaned_data["umkm"],
                    username=form.cleaned_data["username"],
                    by=self.person,
                )
            except NoSuchAccount as refused:
                form.add_error("username", str(refused.title))
            else:
                messages.success(request, _("Saved."))
                return redirect("shop_owners:list")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"form": OwnerForm(), "linked": own_shops.linked()}
        return super().get_context_data(**{**told, **kwargs})


class OwnersViewSet(ViewSet):
    """Under "Settings", beside the accounts."""

    name = "shop_owners"
    url_prefix = "pemilik-umkm"
    menu_label = gettext_lazy("Owners of shops")
    icon = "user"
    menu_item_class = menu_item_for(own_shops.MAY_LINK)
    add_to_settings_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", ShopOwners.as_view(), name="list")]

    def get_menu_url(self) -> str:
        return str(reverse_lazy("shop_owners:list"))
