"""What the demo's people are invited to do together: goals, a weekday, and last year's survey."""

from datetime import date, timedelta

from django.utils import timezone

from accounts.models import User
from core.calendar import first_of_month, months_before
from marketplace import counter, multiplier
from marketplace.models import CampaignDay, CollectiveGoal, LocalSurvey, Region, Umkm
from marketplace.multiplier import Answer, Share

ASKED_SHOPS = 24


def load_together() -> None:
    """Goals of the city and of two places, a campaign, a survey; nothing a second time."""
    today = timezone.localdate()
    if not CollectiveGoal.objects.exists():
        _load_goals(first_of_month(today))
    if not CampaignDay.objects.exists():
        CampaignDay.objects.create(
            name="Selasa Belanja Tetangga",
            invitation="Mampir ke warung sebelah, sapa pemiliknya, bawa pulang lauk malam ini.",
            first_day=first_of_month(today),
            last_day=today + timedelta(days=90),
            weekdays=[2],
        )
    if not LocalSurvey.objects.exists():
        _load_survey(today.year - 1)
    counter.step()


def _load_goals(month: date) -> None:
    """The city's year, and a quarter of the first kecamatan and its first kelurahan."""
    year = date(month.year, 1, 1)
    CollectiveGoal.objects.create(
        name="Malang belanja dekat rumah",
        amount=8_000_000_000,
        first_month=year,
        last_month=date(month.year, 12, 1),
    )
    kelurahan = Region.objects.kelurahan().order_by("code").first()
    if kelurahan is None:
        return
    for place, amount in ((kelurahan.parent, 600_000_000), (kelurahan, 60_000_000)):
        CollectiveGoal.objects.create(
            name="Tiga bulan bersama tetangga",
            region=place,
            amount=amount,
            first_month=months_before(month, 2),
            last_month=month,
        )


def _load_survey(year: int) -> None:
    """Answers of some shops, in ranges that differ a little, closed with their result."""
    clerk = User.objects.order_by("pk").first()
    if clerk is None:
        return
    asked = Umkm.objects.listed().order_by("pk")[:ASKED_SHOPS]
    answers = [
        Answer(
            umkm=shop,
            near=Share(40 + number * 7 % 30, 55 + number * 7 % 30),
            again=Share(30 + number * 11 % 25, 45 + number * 11 % 25),
            answered_on=date(year, 11, 15),
        )
        for number, shop in enumerate(asked)
    ]
    survey = multiplier.open_survey(year, by=clerk)
    multiplier.enter_answers(survey, answers, by=clerk)
    multiplier.close_survey(survey, by=clerk)
