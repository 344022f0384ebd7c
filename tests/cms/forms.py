"""What the browser of an editor sends."""

from typing import Any

from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from tests.marketplace.factories import CategoryFactory, RegionFactory


def umkm_form(**more: Any) -> dict[str, Any]:
    """What the editor's form for a shop sends."""
    fields = {
        "title": "Soto Pak Karim",
        "slug": "soto-pak-karim",
        "summary": "Soto daging sejak 1987.",
        "category": CategoryFactory().pk,
        "region": RegionFactory().pk,
        "rw": "3",
        "rt": "2",
        "whatsapp": "0812 3456 7890",
        "story": streamfield([("order", "Telepon dulu.")]),
        "hours": inline_formset([]),
        "links": inline_formset([]),
        "badges": inline_formset([]),
        "comments": no_comments(),
    }
    return nested_form_data({**fields, **more})


def product_form(**more: Any) -> dict[str, Any]:
    """What the editor's form for a product sends."""
    fields = {
        "title": "Soto Daging",
        "slug": "soto-daging",
        "price": "18000",
        "unit": "porsi",
        "available": "on",
        "pictures": inline_formset([]),
        "variants": inline_formset([]),
        "comments": no_comments(),
    }
    return nested_form_data({**fields, **more})


def no_comments() -> dict[str, str]:
    return {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": ""}
