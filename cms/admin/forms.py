"""What an editor says about a proposed shop."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cms.forms import with_kecamatan
from cms.models import Complaint, UmkmPage
from cms.models.complaints import LONGEST_NOTE
from cms.models.registered import LONGEST_NAME
from cms.proposals import Listing
from marketplace.contacts import holds_contact
from marketplace.models import Category, Region, Umkm


def no_contacts(words: str) -> None:
    """What editors note is read by others and kept: nobody's number or door stands in it."""
    if holds_contact(words):
        raise forms.ValidationError(_("Please leave out phone numbers, RT and RW."))


class ListForm(forms.Form):
    """The least that a page needs: name and kelurahan as they were named, kind and one sentence."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("The name of the shop, as on its sign."),
    )
    region = forms.ModelChoiceField(label=_("Kelurahan"), queryset=Region.objects.none())
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.all())
    summary = forms.CharField(
        label=_("Summary"),
        max_length=UmkmPage._meta.get_field("summary").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences: what is special here?"),
    )

    def __init__(self, umkm: Umkm, data: Any = None) -> None:
        initial = {"name": umkm.name, "region": umkm.region_id, "category": umkm.category_id}
        super().__init__(data, initial=initial)
        region = self.fields["region"]
        region.queryset = _kelurahan()
        region.label_from_instance = with_kecamatan

    def listing(self) -> Listing:
        """What the form says."""
        return Listing(**self.cleaned_data)


class MergeForm(forms.Form):
    """The listed shop that was meant."""

    into = forms.ModelChoiceField(
        label=_("Listed shop"),
        queryset=Umkm.objects.listed(),
        to_field_name="public_id",
        error_messages={
            "required": _("Choose the shop that was meant."),
            "invalid_choice": _("That shop is no longer listed. Look for another one."),
        },
    )


class RefuseForm(forms.Form):
    """Why it is not listed: whoever bought there reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=Umkm._meta.get_field("refusal_reason").max_length,
        validators=[no_contacts],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown to everyone who recorded a purchase there."),
    )


class SettleForm(forms.Form):
    """Which reports are done, and what was done."""

    ticked = forms.ModelMultipleChoiceField(
        queryset=Complaint.objects.all(),
        error_messages={
            "required": _("Tick the reports that are done."),
            "invalid_choice": _("One of these reports is no longer there."),
        },
    )
    note = forms.CharField(
        label=_("What was done?"),
        max_length=LONGEST_NOTE,
        validators=[no_contacts],
        help_text=_("Such as: price mended, shop called, nothing to mend."),
    )


class CloseForm(forms.Form):
    """Why a shop is closed: kept with what was reported about it."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_NOTE,
        validators=[no_contacts],
        help_text=_("Kept with the reports about it. No names of people."),
    )


def _kelurahan() -> QuerySet[Region]:
    kelurahan = Region.objects.filter(level=Region.Level.KELURAHAN)
    return kelurahan.select_related("parent").order_by("name", "code")
