"""The filters of the catalogue as a form by GET: what is offered, what was chosen, with counts."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms import known
from cms.facets import Facets
from cms.search import WISHES, Kind, PriceBand, Search, Sort
from marketplace.models import Region

LONGEST_SEARCH = 100

CHOOSERS = ("category", "place", "price", "near", "sort")
NARROWING = ("q", "category", "place", "price", "near", *WISHES)

Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Chosen:
    """A filter that stands, in words, and where the list without it is."""

    label: str
    without: str


class Offered(BaseChoiceIterator):
    """Choices as they stand; Django looks through each list of them four times otherwise."""

    def __init__(self, choices: Choices) -> None:
        self.choices = choices

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.choices)


class _BareInput(forms.widgets.Input):
    """An input drawn without a template: the form has six, each as dear as three cards."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002 (Django's signature)
    ) -> SafeString:
        drawn = self.get_context(name, value, attrs)["widget"]
        given = {} if drawn["value"] is None else {"value": drawn["value"]}
        own = {"type": drawn["type"], "name": drawn["name"], **given, **drawn["attrs"]}
        return format_html("<input{}>", flatatt(own))


class BareText(_BareInput, forms.TextInput):
    pass


class BareCheckbox(_BareInput, forms.CheckboxInput):
    pass


class BareHidden(_BareInput, forms.HiddenInput):
    pass


class LongSelect(forms.Select):
    """A select of many options in groups; Django draws a template for each of them."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002 (Django's signature)
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        own = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        options = "".join(_option(each, chosen) for each in self.choices)
        return mark_safe(f"<select{own}>{options}</select>")


def _option(choice: tuple[Any, Any], chosen: str) -> str:
    value, label = escape(str(choice[0])), choice[1]
    if isinstance(label, list):
        options = "".join(_option(each, chosen) for each in label)
        return f'<optgroup label="{value}">{options}</optgroup>'
    selected = " selected" if str(choice[0]) == chosen else ""
    return f'<option value="{value}"{selected}>{escape(str(label))}</option>'


class CatalogueForm(forms.Form):
    """What a visitor may choose. A value that does not exist does not narrow."""

    q = forms.CharField(
        label=_("Search"), max_length=LONGEST_SEARCH, required=False, widget=BareText
    )
    category = forms.ChoiceField(label=_("Category"), required=False, widget=LongSelect)
    place = forms.ChoiceField(label=_("Place"), required=False, widget=LongSelect)
    price = forms.ChoiceField(label=_("Price"), required=False, widget=LongSelect)
    open = forms.BooleanField(label=_("Open now"), required=False, widget=BareCheckbox)
    delivers = forms.BooleanField(label=_("Delivers"), required=False, widget=BareCheckbox)
    halal = forms.BooleanField(label=_("Halal"), required=False, widget=BareCheckbox)
    promo = forms.BooleanField(label=_("On promotion"), required=False, widget=BareCheckbox)
    near = forms.ChoiceField(label=_("Near"), required=False, widget=LongSelect)
    sort = forms.ChoiceField(label=_("Order"), required=False, widget=LongSelect)
    show = forms.ChoiceField(choices=Kind.choices, required=False, widget=BareHidden)

    def __init__(self, data: QueryDict, *, home: Region | None = None) -> None:
        """`home`: where nearness starts unless something else is chosen."""
        super().__init__(data)
        self.query = data
        self.home = home
        self._categories = known.category_names()
        self._kecamatan = known.KECAMATAN.get("all")
        self._places = {
            each.code: each for group in self._kecamatan for each in (group, *group.children.all())
        }
        self.fields["q"].widget.attrs |= {
            "placeholder": _("Soto, batik, Dinoyo …"),
            "enterkeyhint": "search",
        }
        self.offer(Facets())
        self._offer("near", [("", self._where_nearness_starts()), *self._kelurahan()])
        self._offer("sort", [("", _("As it fits")), *Sort.choices])

    @property
    def kind(self) -> str:
        """Whether shops or products are shown."""
        self.is_valid()
        return self.cleaned_data.get("show") or Kind.SHOP

    @property
    def centres(self) -> dict[str, list[float]]:
        """Where each kelurahan lies, for a browser that knows where it is: it tells nobody."""
        return {
            code: [float(each.latitude), float(each.longitude)]
            for code, each in self._places.items()
            if each.level == Region.Level.KELURAHAN and each.latitude and each.longitude
        }

    @property
    def choosers(self) -> list[forms.BoundField]:
        """The filters that are lists to choose from."""
        return [self[name] for name in CHOOSERS]

    @property
    def wishes(self) -> list[dict[str, Any]]:
        """The filters that are on or off, each with what it would lead to."""
        return [{"field": self[name], "count": self.counts.get(name)} for name in WISHES]

    @property
    def chosen(self) -> list[Chosen]:
        """What narrows the list now, each with the address of the list without it."""
        self.is_valid()
        names = [name for name in NARROWING if self.cleaned_data.get(name)]
        return [Chosen(self._said(name), self._address_without(name)) for name in names]

    def search(self) -> Search:
        """What is asked for."""
        self.is_valid()
        asked = self.cleaned_data
        return Search(
            words=asked.get("q", ""),
            category=asked.get("category", ""),
            place=asked.get("place", ""),
            price=asked.get("price", ""),
            wishes=frozenset(name for name in WISHES if asked.get(name)),
            sort=asked.get("sort", ""),
            near=self._near(asked.get("near", "")),
        )

    def offer(self, facets: Facets) -> None:
        """Offer each choice with the number of what it leads to."""
        self._offer("category", [("", _("All categories")), *self._category_choices(facets)])
        self._offer("place", [("", _("The whole city")), *self._place_choices(facets)])
        self._offer("price", [("", _("Any price")), *_price_choices(facets)])
        self.counts = facets.wishes

    def _said(self, name: str) -> str:
        """A chosen filter in words; a count beside it would repeat the list's."""
        value = self.cleaned_data[name]
        if name == "q":
            return f"“{value}”"
        if name == "near":
            return gettext("Near %(name)s") % {"name": self._places[value].name}
        if name in WISHES:
            return str(self.fields[name].label)
        if name == "price":
            return str(PriceBand(value).label)
        return self._categories[value] if name == "category" else self._places[value].name

    def _address_without(self, name: str) -> str:
        data = self.query.copy()
        for gone in (name, "page"):
            data.pop(gone, None)
        return f"?{data.urlencode()}"

    def _offer(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = Offered(choices)

    def _near(self, code: str) -> Region | None:
        return self._places.get(code, self.home)

    def _where_nearness_starts(self) -> str:
        if self.home is None:
            return gettext("Choose a kelurahan")
        return gettext("My home: %(name)s") % {"name": self.home.name}

    def _kelurahan(self) -> Choices:
        return [
            (group.name, [(each.code, each.name) for each in group.children.all()])
            for group in self._kecamatan
        ]

    def _category_choices(self, facets: Facets) -> Choices:
        return [
            (slug, _counted(name, facets.categories, slug))
            for slug, name in self._categories.items()
        ]

    def _place_choices(self, facets: Facets) -> Choices:
        """A kecamatan as a whole, then its kelurahan."""
        return [
            (group.name, [_whole(group, facets), *_kelurahan_choices(group, facets)])
            for group in self._kecamatan
        ]


def _whole(kecamatan: Region, facets: Facets) -> tuple[str, str]:
    label = gettext("All of Kecamatan %(name)s") % {"name": kecamatan.name}
    return kecamatan.code, _counted(label, facets.places, kecamatan.code)


def _kelurahan_choices(kecamatan: Region, facets: Facets) -> Choices:
    return [
        (each.code, _counted(each.name, facets.places, each.code))
        for each in kecamatan.children.all()
    ]


def _price_choices(facets: Facets) -> Choices:
    return [
        (band.value, _counted(str(band.label), facets.prices, band.value)) for band in PriceBand
    ]


def _counted(name: str, counts: Counter[str], value: str) -> str:
    """A name with the number of what it leads to; alone where nothing could be counted."""
    return f"{name} ({counts[value]})" if counts else name
