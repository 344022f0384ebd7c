"""The forms of the ASN's pages: they check the shape and hand over to the rules."""

import hashlib
import json
import re
import uuid
from datetime import date
from itertools import groupby
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refusal
from core.money import grouped
from marketplace import registry
from marketplace.errors import NameNotAllowed, NipNotValid, UmkmUnknown
from marketplace.models import Asn, Purchase, Region, Umkm
from marketplace.models.registry import MOST_RUPIAH
from marketplace.nip import REASONS, parse_nip
from marketplace.purchases import (
    Unlisted,
    correct_purchase,
    earliest_recordable,
    record_purchase,
)

GROUPED = re.compile(r"\d{1,3}([.,\s]\d{3})+")


class RupiahField(forms.IntegerField):
    """Whole rupiah as people type them: `25000`, `25.000`, `Rp 25.000`, `Rp25.000,00`."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Please type the amount in whole rupiah, such as 25.000."),
        "min_value": _("The amount starts at Rp1."),
        "max_value": _("This amount is larger than one purchase can be."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 20}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(min_value=1, max_value=MOST_RUPIAH, localize=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """The number meant; a fraction of a rupiah is refused, never rounded."""
        if not isinstance(value, str):
            return super().to_python(value)
        text = re.sub(r"^rp\.?\s*", "", value.strip(), flags=re.IGNORECASE)
        text = re.sub(r"([.,]00|,-|\.-)$", "", text)
        if GROUPED.fullmatch(text):
            text = re.sub(r"[.,\s]", "", text)
        if text and not re.fullmatch(r"-?\d+", text):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


class PlaceChoiceField(forms.ModelChoiceField):
    """Every kelurahan under its kecamatan, then everywhere outside the city."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Region.objects.none(), empty_label=None, **kwargs)

    def offer(self) -> None:
        """Read the places anew: a form is made for each request."""
        places = Region.objects.places().select_related("parent")
        self.queryset = places
        self.choices = [("", _("Choose a kelurahan")), *_grouped_by_kecamatan(places)]


class PurchaseForm(forms.Form):
    """What every recording asks. `client_key` makes a double tap one purchase."""

    FIELD_OF: ClassVar[dict[str, str]] = {
        "shop-name-not-allowed": "name",
        "place-unknown": "region",
    }

    SAID: ClassVar[tuple[str, ...]] = ("amount", "day", "payment", "note")

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    amount = RupiahField(label=_("How much did you spend?"))
    day = forms.DateField(
        label=_("When?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    payment = forms.ChoiceField(
        label=_("How did you pay?"), choices=Purchase.Payment.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What did you buy?"),
        max_length=200,
        required=False,
        help_text=_("For yourself only."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {**_start(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        limits = {"max": today.isoformat(), "min": earliest_recordable(today).isoformat()}
        if "day" in self.fields:
            self.fields["day"].widget.attrs.update(limits)

    def renew_key(self) -> None:
        """Let what is typed be sent as a purchase of its own."""
        self.data = self.data.copy()
        self.data["client_key"] = str(uuid.uuid4())

    def add_error(self, field: str | None, error: Any) -> None:
        """Say what is wrong with a field that nobody sees above the form."""
        unseen = field in self.fields and self.fields[field].widget.is_hidden
        super().add_error(None if unseen else field, error)

    def add_refusal(self, refusal: Refusal) -> None:
        """Say what a rule refused beside the field it is about, else above the form."""
        for name, messages in refusal.fields.items():
            self.add_error(name if name in self.fields else None, messages)
        if not refusal.fields:
            name = self.FIELD_OF.get(refusal.type, "")
            text = str(refusal.detail or refusal.title)
            self.add_error(name if name in self.fields else None, text)

    def shop(self) -> Umkm | Unlisted:
        """Where it was bought."""
        raise NotImplementedError

    def record(self, asn: Asn) -> Purchase:
        """Hand over to the rule."""
        return record_purchase(asn=asn, **self.common())

    def common(self) -> dict[str, Any]:
        """What the rules take, with the key and what it stands for."""
        said = {name: self.cleaned_data[name] for name in self.SAID}
        key = str(self.cleaned_data["client_key"])
        return {
            **said,
            "umkm": self.shop(),
            "client_key": key,
            "fingerprint": self._fingerprint(),
        }

    def _fingerprint(self) -> str:
        """SHA-256 of what was said, the key apart."""
        said = {name: _plain(value) for name, value in self.cleaned_data.items()}
        del said["client_key"]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


class ListedShopForm(PurchaseForm):
    """A purchase at a shop that is listed."""

    umkm = forms.ModelChoiceField(
        queryset=Umkm.objects.all(),
        to_field_name="public_id",
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": UmkmUnknown.title},
    )

    def shop(self) -> Umkm:
        umkm: Umkm = self.cleaned_data["umkm"]
        return umkm


class UnlistedShopForm(PurchaseForm):
    """A purchase at a shop that is not listed: named with its place in the same form."""

    name = forms.CharField(
        label=_("Name of the shop"),
        max_length=120,
        help_text=_("As people call it, such as Warung Bu Sri. No phone number, RT or RW."),
    )
    region = PlaceChoiceField(
        label=_("Where is it?"), help_text=_("The kelurahan the shop stands in.")
    )
    field_order = ("client_key", "name", "region")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].offer()

    def shop(self) -> Unlisted:
        return Unlisted(self.cleaned_data["name"], self.cleaned_data["region"])


class CorrectionForm(PurchaseForm):
    """All that a purchase should have said; its day stays."""

    SAID = ("amount", "payment", "note", "reason")

    day = None
    reason = forms.CharField(
        label=_("What was wrong?"),
        max_length=200,
        help_text=_("Such as: the amount was mistyped, or it was at another shop."),
    )

    def __init__(self, *args: Any, purchase: Purchase, **kwargs: Any) -> None:
        self.purchase = purchase
        said = {
            "amount": grouped(purchase.amount),
            "payment": purchase.payment,
            "note": purchase.note,
        }
        kwargs["initial"] = {**said, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    def correct(self, asn: Asn) -> Purchase:
        """Hand over to the rule."""
        return correct_purchase(asn=asn, purchase=self.purchase, **self.common())

    def _fingerprint(self) -> str:
        """The key stands for the correction of this purchase, and of no other."""
        said = f"{self.purchase.public_id} {super()._fingerprint()}"
        return hashlib.sha256(said.encode()).hexdigest()


class ListedCorrectionForm(CorrectionForm, ListedShopForm):
    """It was at a shop that is listed."""


class UnlistedCorrectionForm(CorrectionForm, UnlistedShopForm):
    """It was at a shop that is not listed."""


class ProposalForm(forms.Form):
    """A shop that is missing: its name and its place, and nothing of who names it."""

    name = forms.CharField(
        label=_("Name of the shop"),
        max_length=120,
        help_text=_("As people call it, such as Warung Bu Sri. No phone number, RT or RW."),
    )
    region = PlaceChoiceField(
        label=_("Where is it?"), help_text=_("The kelurahan the shop stands in.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].offer()

    def clean_name(self) -> str:
        """Told along with what else is wrong: nobody is sent back twice."""
        name: str = self.cleaned_data["name"]
        try:
            registry.check_name(name)
        except NameNotAllowed as refusal:
            raise forms.ValidationError(str(refusal.detail or refusal.title)) from refusal
        return name

    def propose(self) -> Umkm | None:
        """The shop now known by this name, or None with what is wrong beside the field."""
        try:
            return registry.propose_umkm(**self.cleaned_data)
        except Refusal as refusal:
            self.add_error("name", str(refusal.detail or refusal.title))
            return None


class VoidForm(forms.Form):
    """Why a purchase is taken back."""

    reason = forms.CharField(
        label=_("Why do you take it back?"),
        max_length=200,
        help_text=_("Such as: the amount was mistyped, or it was recorded twice."),
    )


def _start() -> dict[str, Any]:
    return {
        "client_key": uuid.uuid4(),
        "day": timezone.localdate(),
        "payment": Purchase.Payment.CASH,
    }


def _grouped_by_kecamatan(places: Any) -> list[tuple[Any, list[tuple[str, str]]]]:
    inside = [place for place in places if place.level == Region.Level.KELURAHAN]
    groups = groupby(inside, key=lambda place: place.parent)
    found: list[tuple[Any, list[tuple[str, str]]]] = [
        (f"Kec. {parent}", [(place.pk, place.name) for place in group]) for parent, group in groups
    ]
    outside = [(place.pk, place.name) for place in places if place not in inside]
    return [*found, (_("Elsewhere"), outside)] if outside else found


def _plain(value: Any) -> Any:
    """A cleaned value as JSON holds it."""
    if isinstance(value, Umkm):
        return str(value.public_id)
    if isinstance(value, Region):
        return value.pk
    return (
        value.isoformat()
        if isinstance(value, date)
        else value
        if isinstance(value, int)
        else str(value)
    )


class NipField(forms.CharField):
    """A NIP as people write it; what reaches the rules is a `Nip`."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 30}
        super().__init__(label="NIP", max_length=30, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return parse_nip(super().clean(value), today=timezone.localdate())
        except NipNotValid as refused:
            raise forms.ValidationError(REASONS[refused.reason]) from None


class AskForCodeForm(forms.Form):
    """The NIP of somebody who wants an account."""

    nip = NipField()


class ActivationForm(forms.Form):
    """The code from the mail or the paper, and the account it is to make."""

    nip = NipField()
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}
        ),
    )
    username = forms.CharField(
        label=_("Sign-in name"),
        help_text=_("You choose it. Letters, digits and @/./+/-/_ only; not your NIP."),
        max_length=150,
        validators=list(User._meta.get_field("username").validators),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("A new password"),
        help_text=_("At least ten characters."),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, User(username=self.cleaned_data.get("username", "")))
        return password
