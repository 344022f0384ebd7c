"""The editor's forms, where Wagtail's own say too little."""

from typing import Any

from wagtail.admin.forms import WagtailAdminPageForm

from marketplace.models import Region


class UmkmPageForm(WagtailAdminPageForm):
    """Kelurahan by name, each with its kecamatan: names repeat, and few know the codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region = self.fields.get("region")  # not there for who may only comment
        if region is not None:
            region.queryset = region.queryset.select_related("parent").order_by("name", "code")
            region.label_from_instance = with_kecamatan


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
