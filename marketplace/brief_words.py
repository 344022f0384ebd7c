"""The figures of the mayor's page in words, in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.text import get_text_list
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.money import rupiah, rupiah_short
from marketplace.brief import Brief
from marketplace.goals import Progress
from marketplace.models import Evidence, Lens, Region
from marketplace.models.purchases import Ring
from marketplace.releases import Figure, Part, Parts, Sum, TakingPart
from marketplace.rounding import at_least, percent

MOST_PERCENT = 1_000
"""From here on a part of another month says nothing that its rupiah do not say."""

MILLION, BILLION, TRILLION = 10**6, 10**9, 10**12


@dataclass(frozen=True)
class Bar:
    """A block of a lens: the names of its keys, its rupiah."""

    names: tuple[str, ...]
    amount: int


@dataclass(frozen=True)
class Scale:
    """In what a chart counts rupiah, so that its numbers stay short."""

    size: int
    name: str
    digits: int

    def write(self, amount: int) -> str:
        """`1234567890` as `1.234` in millions, or `1,2` in billions."""
        return number_format(
            round(amount / self.size, self.digits), self.digits, force_grouping=True
        )


def span(first: date, last: date) -> str:
    """The month, or the first and the last of several."""
    return " – ".join(dict.fromkeys([date_format(first, "F Y"), date_format(last, "F Y")]))


def span_short(first: date, last: date) -> str:
    """The same where room is short: `Okt`, `Sep–Okt`."""
    return "–".join(dict.fromkeys([date_format(first, "M"), date_format(last, "M")]))


def not_shown() -> str:
    """Withheld and empty look alike."""
    return _("Not shown")


def step(now: Figure, then: Figure | None, month: date) -> str:
    """What lies between two months: said, not judged."""
    name = date_format(month, "F Y")
    if then is None:
        return _("Beside %(month)s: not shown") % {"month": name}
    said = {"month": name, "then": rupiah_short(then.amount)}
    between = now.amount - then.amount
    if not between:
        return _("As much as in %(month)s (%(then)s)") % said
    said["between"] = rupiah_short(abs(between)) + _of(abs(between), then.amount)
    if between > 0:
        return _("%(between)s more than in %(month)s (%(then)s)") % said
    return _("%(between)s below %(month)s (%(then)s)") % said


def _of(between: int, then: int) -> str:
    part = percent(between, then) if then > 0 else MOST_PERCENT
    if part >= MOST_PERCENT:
        return ""
    return f" ({number_format(part, force_grouping=True)}%)" if part else " (<1%)"


def took_part(people: TakingPart) -> str:
    """The rate with what it is a rate of."""
    employed = number_format(people.employed, force_grouping=True)
    if people.rate is None:
        return _("%(buyers)s of %(employed)s ASN (mean over the days) took part.") % {
            "buyers": at_least(people.buyers).capitalize(),
            "employed": employed,
        }
    return _("At least %(rate)d%% of %(employed)s ASN (mean over the days) took part.") % {
        "rate": people.rate,
        "employed": employed,
    }


def beside_the_rate(people: TakingPart | None) -> list[str]:
    """The quartiles of a buyer, and the people of the year, where they are told."""
    if people is None or people.quartiles is None:
        said = [_("Median and middle half of the buyers: not shown")]
    else:
        low, middle, high = (rupiah(amount) for amount in people.quartiles)
        half = {"low": low, "middle": middle, "high": high}
        said = [_("Middle half of the buyers: %(low)s–%(high)s each; median %(middle)s.") % half]
    if people is not None and people.year_buyers:
        year = {"buyers": at_least(people.year_buyers), "year": people.month.year}
        said.append(_("In %(year)d so far %(buyers)s different people.") % year)
    return said


def people_rows(columns: Sequence[TakingPart | None]) -> list[tuple[str, list[str]]]:
    """The table of who took part, a column a month."""
    return [
        (_("ASN employed"), [_number(each.employed) if each else not_shown() for each in columns]),
        (_("Took part"), [at_least(each.buyers) if each else not_shown() for each in columns]),
        (_("Rate"), [_rate(each) for each in columns]),
        (_("Reached the band"), [at_least(e.reached) if e else not_shown() for e in columns]),
        (
            _("For the first time"),
            [at_least(e.first_timers) if e else not_shown() for e in columns],
        ),
    ]


def bars(lens: Lens, parts: Parts | None, kinds: dict[str, tuple[str, str]]) -> list[Bar]:
    """The blocks of a lens: rings as they follow one another, others by money."""
    if parts is None:
        return []
    ordered: Iterable[Part]
    if lens == Lens.RING:
        ordered = sorted(parts.parts, key=lambda part: min(map(Ring.values.index, part.keys)))
    else:
        ordered = sorted(parts.parts, key=lambda part: (-part.amount, min(part.keys)))
    return [
        Bar(tuple(_name(lens, key, kinds) for key in _in_order(lens, part.keys)), part.amount)
        for part in ordered
    ]


def listed(names: Sequence[str], *, most: int) -> str:
    """So many names, and how many more there are."""
    if len(names) <= most:
        return get_text_list(list(names), _("and"))
    rest = len(names) - most
    more = ngettext("%(number)d more", "%(number)d more", rest) % {"number": rest}
    return get_text_list([*names[:most], more], _("and"))


def others(figure: Figure, names: dict[str, str]) -> list[str]:
    """The places a joint sum is of beside its own; a kecamatan's own kelurahan are not others."""
    own = f"{figure.place.code}."
    return sorted(names[code] for code in figure.places if not f"{code}.".startswith(own))


def scale_for(most: int) -> Scale:
    """Millions, billions or trillions, as the largest has it."""
    if most >= TRILLION:
        return Scale(TRILLION, _("trillion rupiah"), 1)
    if most >= 10 * BILLION:
        return Scale(BILLION, _("billion rupiah"), 1)
    return Scale(MILLION, _("million rupiah"), 0 if most >= 10 * MILLION else 1)


def goal_line(each: Progress) -> str:
    """How far a goal is."""
    if not each.told:
        return _("Of it nothing is told alone yet.")
    said = {"amount": rupiah_short(each.amount), "goal": rupiah_short(each.goal.amount)}
    said["percent"] = number_format(each.percent, force_grouping=True)
    if each.rough:
        return _("About %(amount)s of %(goal)s (%(percent)s%%)") % said
    if each.at_least:
        return _("At least %(amount)s of %(goal)s (%(percent)s%%)") % said
    return _("%(amount)s of %(goal)s (%(percent)s%%)") % said


def goal_name(each: Progress) -> str:
    """Its name and whose it is."""
    whose = _("the whole city") if each.who.level == Region.Level.CITY else each.who.name
    return f"{each.goal.name} · {whose}"


def year_note(year: Sum) -> str:
    """Which months a year to date is of."""
    return _("%(months)d of %(closed)d closed months") % {
        "months": year.months,
        "closed": year.closed,
    }


def foot(brief: Brief, *, page: str, data: str) -> list[tuple[str, str]]:
    """What every label and every rounding means, a head and a sentence each."""
    units = get_text_list([rupiah(unit) for unit in brief.units], _("and"))
    return [
        (
            _("measured"),
            _(
                "counted from what ASN recorded, whole months; this one was closed on %(day)s and"
                " changes no more. Late entries count in the month in which they are booked, so"
                " months are compared as they stood on their days of closing."
            )
            % {"day": date_format(brief.closed_on, "j F Y")},
        ),
        (
            _("declared"),
            _("as the ASN wrote it down, with a receipt or without, or as a till or shop did."),
        ),
        (
            _("estimated"),
            _(
                "LM3 = (round 1 + 2 + 3) / round 1, from what shops answer in a yearly survey;"
                " the range holds the middle half of the answers."
            ),
        ),
        (
            _("Rounding"),
            _(
                "the city's sum and those from homes and to shops are exact, others are rounded to"
                " %(unit)s, each on its own: they need not add up. Counts are rounded down to"
                " fives."
            )
            % {"unit": units or _("a hundredth of the city's month")},
        ),
        (
            _("Not shown"),
            _(
                "what may not be told alone stands in a joint sum or is left out; where nobody"
                " bought it looks the same."
            ),
        ),
        (_("More"), _("all figures: %(page)s · as data: %(data)s") % {"page": page, "data": data}),
    ]


def _in_order(lens: Lens, keys: Iterable[str]) -> list[str]:
    """As they follow one another, where they do."""
    known = {Lens.RING: Ring.values, Lens.EVIDENCE: Evidence.Kind.values}
    return sorted(keys, key=known[lens].index if lens in known else str)


def _name(lens: Lens, key: str, kinds: dict[str, tuple[str, str]]) -> str:
    if lens == Lens.CATEGORY:
        if key not in kinds:
            return key or _("Without a kind")
        return kinds[key][(get_language() or "id").startswith("en")]
    labels = dict(Ring.choices) if lens == Lens.RING else dict(Evidence.Kind.choices)
    return str(labels.get(key, key))


def _number(count: int) -> str:
    return number_format(count, force_grouping=True)


def _rate(people: TakingPart | None) -> str:
    if people is None or people.rate is None:
        return not_shown()
    return _("at least %(rate)s%%") % {"rate": people.rate}
