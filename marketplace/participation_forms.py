"""What a person tells about their own part."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.forms import RupiahField
from marketplace.letters import Every


class GoalForm(forms.Form):
    """How much a month they would like to spend at small businesses."""

    amount = RupiahField(
        label=_("My goal for a month"),
        help_text=_("Any amount you like. Only you see it, and you may change or drop it."),
    )


class LettersForm(forms.Form):
    """How often they want their own figures by mail."""

    every = forms.ChoiceField(
        label=_("How often?"), choices=Every.choices, widget=forms.RadioSelect
    )
