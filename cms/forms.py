"""The editor's forms, where Wagtail's own say too little."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from marketplace import registry
from marketplace.models import Region


class UmkmPageForm(WagtailAdminPageForm):
    """Kelurahan by name, each with its kecamatan: names repeat, and few know the codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields.get("region")  # not there for who may only comment
        if region is not None:
            region.queryset = region.queryset.select_related("parent").order_by("name", "code")
            region.label_from_instance = with_kecamatan


class ProductPageForm(WagtailAdminPageForm):
    """Variants that are read as one name are refused beside the second of them."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        named = self._named_variants()
        for place in registry.names_given_twice([form.cleaned_data["name"] for form in named]):
            named[place].add_error("name", _("Two variants of one product need two names."))
        return cleaned

    def _named_variants(self) -> list[forms.BaseForm]:
        """The variants that stay, in their rows; none for who may only comment."""
        rows = self.formsets.get("variants")
        if rows is None:
            return []
        rows.is_valid()  # reads them, which otherwise comes after this form
        going = set(rows.deleted_forms)
        return [form for form in rows if form not in going and form.cleaned_data.get("name")]


class CollectionPageForm(WagtailAdminPageForm):
    """The places of the city in the order of its tree: each kecamatan, then its kelurahan."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [Region.Level.KECAMATAN, Region.Level.KELURAHAN]
        for name in {"place", "near"} & set(self.fields):
            field = self.fields[name]
            field.queryset = Region.objects.filter(level__in=places).select_related("parent")
            field.label_from_instance = _by_level


def with_kecamatan(kelurahan: Region) -> str:
    """A kelurahan as an editor tells it from another of the same name."""
    return f"{kelurahan.name} ({kelurahan.parent})" if kelurahan.parent else kelurahan.name


def _by_level(place: Region) -> str:
    kecamatan = place.level == Region.Level.KECAMATAN
    return f"Kecamatan {place.name}" if kecamatan else with_kecamatan(place)
