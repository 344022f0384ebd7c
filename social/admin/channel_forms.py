"""What is typed about a channel. A secret goes in and never comes out, not even after a mistake."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from social.channels import ADAPTERS, Credential, Format
from social.models import Channel

LONGEST = 4_000
RESERVED = ("baru", "masuk")
"""Short names that would stand where other pages have their addresses."""

KEPT = _("Kept. Leave it empty to keep it so.")


class NameForm(forms.ModelForm):
    """How the desk calls it."""

    class Meta:
        model = Channel
        fields = ["name"]
        labels = {"name": _("Name")}
        help_texts = {"name": _("As the people of the desk call it.")}


class ChannelForm(NameForm):
    """Name and address of a new channel, with what its platform needs."""

    class Meta(NameForm.Meta):
        fields = ["name", "slug"]
        labels = {"name": _("Name"), "slug": _("Short name in addresses")}
        help_texts = {**NameForm.Meta.help_texts, "slug": _("It stays, also in counted links.")}

    def __init__(self, platform: str, data: Any = None) -> None:
        label = ADAPTERS[platform].capabilities.label
        super().__init__(data, initial={"name": label, "slug": free_slug(platform)})
        if formats := ADAPTERS[platform].capabilities.formats:
            self.fields["format"] = _choice_of(formats)

    def clean_slug(self) -> str:
        """One that is the address of no other page."""
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED:
            raise ValidationError(_("Choose another short name."))
        return slug


class CredentialsForm(forms.Form):
    """One field for each thing the platform needs; `known` is what is stored already."""

    def __init__(self, platform: str, data: Any = None, *, known: Mapping[str, str]) -> None:
        super().__init__(data)
        self.needs = ADAPTERS[platform].needs
        for need in self.needs:
            self.fields[need.name] = _field_of(need, known.get(need.name, ""))

    def tell(self, refusal: Refusal) -> None:
        """Show beside each field what the rule says of it."""
        for name, messages in refusal.fields.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


def free_slug(platform: str) -> str:
    """The platform's own name, with a number where it is taken."""
    taken = set(Channel.objects.filter(slug__startswith=platform).values_list("slug", flat=True))
    numbered = (f"{platform}-{number}" for number in range(2, len(taken) + 3))
    return platform if platform not in taken else next(one for one in numbered if one not in taken)


def _choice_of(formats: Sequence[Format]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("It publishes"),
        choices=[(one.name, format_lazy("{}: {}", one.label, one.help)) for one in formats],
        initial=formats[0].name,
        help_text=_("It stays so. The same account may have one channel for each."),
        widget=forms.RadioSelect,
    )


def _field_of(need: Credential, stored: str) -> forms.CharField:
    quiet = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    widget = forms.PasswordInput(quiet) if need.secret else forms.TextInput(quiet)
    is_kept = need.secret and bool(stored)
    words = [part for part in (need.help, KEPT if is_kept else "") if part]
    return forms.CharField(
        label=need.label
        if need.required
        else format_lazy(_("{label} (optional)"), label=need.label),
        help_text=format_lazy(" ".join("{}" for _word in words), *words),
        required=need.required and not is_kept,
        initial="" if need.secret else stored,
        max_length=LONGEST,
        widget=widget,
        validators=[RegexValidator(rf"\A(?:{need.pattern})\Z", _("This does not look right."))],
    )
