"""What an administrator types of a channel's pace and of the city's quiet times."""

import re
from datetime import time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from social.models import Channel, ChannelPace, Holiday, QuietTime, Weekday
from social.models.pace import LONGEST_GAP
from social.pace import PaceSettings

CLOCK = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)", re.ASCII)
MOST_SLOTS = 24


class ClockInput(forms.TimeInput):
    """The browser's own field for a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClocksField(forms.CharField):
    """Times of day in one line: 08.00, 12.30."""

    def clean(self, value: Any) -> Any:
        """The times, in order."""
        typed = [one for one in re.split(r"[\s,;]+", super().clean(value)) if one]
        read = [CLOCK.fullmatch(one) for one in typed]
        if len(typed) > MOST_SLOTS or not all(read):
            raise forms.ValidationError(_("Write times like 08.00, 12.30."))
        return sorted({time(int(one[1]), int(one[2])) for one in read if one})


class PaceForm(forms.Form):
    """Quiet hours, the gap, and a line of slots for each day of the week."""

    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=ClockInput)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=ClockInput)
    gap_minutes = forms.IntegerField(
        label=_("Shortest gap between two posts, in minutes"),
        min_value=0,
        max_value=LONGEST_GAP,
        initial=0,
    )
    keeps_city_times = forms.BooleanField(
        label=_("Keep the city's holidays and quiet times"), required=False, initial=True
    )

    def __init__(self, channel: Channel, data: Any = None) -> None:
        super().__init__(data, initial=_initial(channel))
        for day in Weekday:
            field = ClocksField(label=day.label, required=False, max_length=200)
            self.fields[f"slots_{day.value}"] = field

    def slot_fields(self) -> list[forms.BoundField]:
        """A line for each day of the week, for the template."""
        return [self[f"slots_{day.value}"] for day in Weekday]

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, which are not the same."""
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (begins is None) != (ends is None):
            self.add_error("quiet_until", _("Quiet hours need both times."))
        elif begins is not None and begins == ends:
            self.add_error("quiet_until", _("Quiet hours may not last all day: pause the channel."))
        return cleaned

    def settings(self) -> PaceSettings:
        """What was typed, for the rule."""
        said = self.cleaned_data
        hours = (said["quiet_from"], said["quiet_until"]) if said["quiet_from"] else None
        return PaceSettings(
            quiet_hours=hours,
            gap=timedelta(minutes=said["gap_minutes"]),
            keeps_city_times=said["keeps_city_times"],
            slots=[(day.value, at) for day in Weekday for at in said[f"slots_{day.value}"]],
        )


class HolidayForm(forms.ModelForm):
    """Days without posts."""

    prefix = "holiday"

    class Meta:
        model = Holiday
        fields = ["name", "first", "last"]
        labels = {"name": _("Holiday"), "first": _("First day"), "last": _("Last day")}
        widgets = {"first": DayInput, "last": DayInput}

    def clean(self) -> dict[str, Any]:
        """In order, told beside the field."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return cleaned


class QuietTimeForm(forms.ModelForm):
    """A time of the week without posts."""

    prefix = "quiet"

    class Meta:
        model = QuietTime
        fields = ["name", "weekday", "begins", "ends"]
        labels = {
            "name": _("Quiet time"),
            "weekday": _("Day"),
            "begins": _("From"),
            "ends": _("Until"),
        }
        widgets = {"begins": ClockInput, "ends": ClockInput}

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["weekday"].choices = [("", _("every day")), *Weekday.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """In order, told beside the field; over midnight it is two."""
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("It has to end later on the same day."))
        return cleaned


def _initial(channel: Channel) -> dict[str, Any]:
    pace = ChannelPace.objects.filter(channel=channel).first() or ChannelPace()
    said: dict[str, Any] = {
        name: getattr(pace, name)
        for name in ("quiet_from", "quiet_until", "gap_minutes", "keeps_city_times")
    }
    for slot in channel.slots.all():
        name = f"slots_{slot.weekday}"
        clock = slot.at.strftime("%H.%M")
        said[name] = f"{said[name]}, {clock}" if name in said else clock
    return said
