"""How an ASN narrows down what they look back on: by a form that any browser sends."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.diary import EVERYTHING, Status, Wanted, shops_of
from marketplace.models import Asn, Purchase

ANY = ("", _("All"))


class HistoryForm(forms.Form):
    """Days, shop, payment and state; what is not understood is told and narrows nothing."""

    dari = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    sampai = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    toko = forms.ChoiceField(label=_("Shop"), required=False)
    bayar = forms.ChoiceField(
        label=_("Paid by"), required=False, choices=[ANY, *Purchase.Payment.choices]
    )
    status = forms.ChoiceField(label=_("Entries"), required=False, choices=[ANY, *Status.choices])

    def __init__(self, data: Any, *, asn: Asn, years: list[int]) -> None:
        super().__init__(data)
        self.shops = {str(shop.public_id): shop for shop in shops_of(asn)}
        self.years = years
        named = [(key, shop.name) for key, shop in self.shops.items()]
        self.fields["toko"].choices = [ANY, *named]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since, until = said.get("dari"), said.get("sampai")
        if since and until and until < since:
            self.add_error("sampai", _("This day lies before the first one."))
        return said

    @property
    def http_status(self) -> int:
        return 200 if self.is_valid() else 400

    @property
    def narrows(self) -> bool:
        """Whether more than a year was asked for."""
        return any(self.data.get(name) for name in self.fields)

    def wanted(self, *, default_year: int | None = None) -> Wanted:
        """What is asked for; days that are said stand instead of a year."""
        if not self.is_valid():
            return self._of_year(EVERYTHING, default_year)
        said = self.cleaned_data
        wanted = Wanted(
            since=said["dari"],
            until=said["sampai"],
            umkm=self.shops.get(said["toko"]),
            status=said["status"],
            payment=said["bayar"],
        )
        if wanted.since or wanted.until:
            return wanted
        return self._of_year(wanted, default_year)

    def _of_year(self, wanted: Wanted, default: int | None) -> Wanted:
        asked = self.data.get("tahun", "")
        known = asked.isdecimal() and int(asked) in self.years
        year = int(asked) if known else default
        if year is None:
            return wanted
        days = {"since": date(year, 1, 1), "until": date(year, 12, 31)}
        return Wanted(**{**vars(wanted), **days})

    def year_of(self, wanted: Wanted) -> int | None:
        """The year that is shown, if it is a whole one."""
        whole = wanted.since and wanted.until and wanted.since.year == wanted.until.year
        if not whole or self.data.get("dari") or self.data.get("sampai"):
            return None
        return wanted.since.year if wanted.since else None

    def query(self, wanted: Wanted) -> str:
        """The parameters that lead to the same purchases in a file."""
        asked = {
            "dari": wanted.since.isoformat() if wanted.since else "",
            "sampai": wanted.until.isoformat() if wanted.until else "",
            "toko": str(wanted.umkm.public_id) if wanted.umkm else "",
            "bayar": wanted.payment,
            "status": wanted.status,
        }
        return urlencode({name: value for name, value in asked.items() if value})
