"""What may be said about others, as plain values; only `marketplace.releases` makes them."""

from dataclasses import dataclass
from datetime import date

from marketplace.models import Lens, Region

SEES_RATES = "marketplace.view_turnout"
"""The right to read how many take part in each agency: rates, never a person."""


@dataclass(frozen=True)
class Figure:
    """What may be said of one place over one release: its own sum, or a joint one.

    `amount` is exact rupiah, net of what was taken back. `places` are the codes it stands for: the
    asked place alone, or all those it is joint with. Counts are rounded down to a multiple of five
    and missing where they would not be distinct. `first_month` to `month` is usually one month.
    """

    place: Region
    first_month: date
    month: date
    amount: int
    purchases: int
    places: tuple[str, ...]
    whole: bool
    buyers: int | None = None
    shops: int | None = None
    lens: Lens = Lens.HOME


@dataclass(frozen=True)
class Sum:
    """A place over several months: the sum of those in which it stands alone.

    `amount` is None while there is none. `months` of the `closed` months of the period are in it:
    where they differ, the sum is a least one. A release over the edge of a period is not in it.
    """

    place: Region
    first_month: date
    last_month: date
    amount: int | None
    months: int
    closed: int

    @property
    def year(self) -> int:
        """The calendar year of the first month."""
        return self.first_month.year


@dataclass(frozen=True)
class Part:
    """A block of a lens: the keys that stand in it, one or several; counts rounded down."""

    keys: tuple[str, ...]
    amount: int
    purchases: int
    buyers: int
    shops: int


@dataclass(frozen=True)
class Parts:
    """A lens over one release. Rupiah are rounded to `unit`, each on its own: need not add up."""

    lens: Lens
    first_month: date
    month: date
    unit: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class KeyMonth:
    """One key of a lens over one release: its own sum, or a joint one where it is not `whole`."""

    first_month: date
    month: date
    amount: int
    whole: bool


@dataclass(frozen=True)
class TakingPart:
    """How many of the ASN employed took part in a release; of people rounded down to fives.

    `agencies` are the codes it stands for, empty for the city. `rate` is whole percent, at least,
    of `employed`, the mean over the days. `quartiles` are rupiah of a buyer, of the city alone.
    """

    agencies: tuple[str, ...]
    first_month: date
    month: date
    closed_on: date
    employed: int
    buyers: int
    rate: int | None
    reached: int
    first_timers: int
    quartiles: tuple[int, int, int] | None
    year_buyers: int | None


@dataclass(frozen=True)
class Takings:
    """About what a shop received in one release, rounded to `unit`; None where it is not told."""

    first_month: date
    month: date
    amount: int | None
    unit: int | None


@dataclass(frozen=True)
class Live:
    """What the city's counter says of a month that is not released, as of the day of its last step.

    `amount` is whole rupiah, rounded down to a million; a month with less has no counter.
    """

    month: date
    amount: int
    day: date
