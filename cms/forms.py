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
            region.label_from_instance = _with_kecamatan


def _with_kecamatan(kelurahan: Region) -> str:
    return f"{kelurahan.name} ({kelurahan.parent})" if kelurahan.parent else kelurahan.name
