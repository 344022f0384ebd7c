"""The auditor's forms: what a look is for, and a decision with its reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.models import Decision


class PurposeForm(forms.Form):
    """What somebody looks for, before they see anything."""

    purpose = forms.CharField(
        label=_("What do you look at it for?"),
        max_length=200,
        help_text=_("Written down with each look; the people whose purchases you see read it."),
    )


class DecisionForm(forms.Form):
    """Whether a marked purchase counts."""

    verdict = forms.ChoiceField(
        label=_("Decision"), choices=Decision.Verdict.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The person reads it beside their purchase. It cannot be changed later."),
    )
