"""Where an ASN lives and works, said by themselves from a day on."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.forms import PlaceChoiceField


class WorkplaceForm(forms.Form):
    """The kelurahan where one works, from a day on."""

    TITLE: ClassVar[Any] = _("My workplace")

    region = PlaceChoiceField(label=_("In which kelurahan?"))
    valid_from = forms.DateField(
        label=_("From when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Today or later. What you bought before stays where it was."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"valid_from": timezone.localdate()})
        self.fields["region"].offer()  # type: ignore[attr-defined]
        self.fields["valid_from"].widget.attrs["min"] = timezone.localdate().isoformat()


class HomeForm(WorkplaceForm):
    """The kelurahan where one lives, with RW and RT if one likes."""

    TITLE = _("My home")

    rw = forms.IntegerField(label="RW", min_value=1, max_value=999, required=False)
    rt = forms.IntegerField(
        label="RT",
        min_value=1,
        max_value=999,
        required=False,
        help_text=_("They tell you how near you bought, and show in no figure."),
    )
    field_order = ("region", "rw", "rt", "valid_from")
