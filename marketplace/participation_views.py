"""/partisipasi/: an ASN's own part, and the goal they may choose. Nobody else's stands here."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import charts
from core.errors import Refusal
from core.money import grouped
from marketplace import consents, neighbourhood, own_goal
from marketplace import participation as part
from marketplace.models import Asn
from marketplace.participation import Participation, Period, PeriodSpent, RingSpent
from marketplace.participation_forms import GoalForm
from marketplace.rings import OWN_KELURAHAN
from marketplace.views import asn_only

PERIOD_NAMES = {
    Period.DAY: gettext_lazy("Today"),
    Period.WEEK: gettext_lazy("This week"),
    Period.MONTH: gettext_lazy("This month"),
}
PERIOD_MARKS = {Period.DAY: "j", Period.WEEK: "j/n", Period.MONTH: "M"}
"""How a period is written under its bar."""


@require_safe
@asn_only
def participation(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/partisipasi/: the own part, exact and live, by ?period=; nobody else's stands here."""
    return _show(request, asn, period=_asked_period(request))


@require_POST
@asn_only
def goal(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/partisipasi/tujuan/: choose a goal of one's own, or have none any more."""
    if "drop" in request.POST:
        own_goal.drop_goal(asn)
        messages.success(request, _("You have no goal any more. Every purchase still counts."))
        return redirect("marketplace:participation")
    form = GoalForm(request.POST)
    if form.is_valid():
        try:
            own_goal.set_goal(asn, amount=form.cleaned_data["amount"])
        except Refusal as refusal:
            form.add_error("amount", str(refusal.detail or refusal.title))
        else:
            messages.success(request, _("Your goal is noted. Only you see it."))
            return redirect("marketplace:participation")
    return _show(request, asn, period=Period.MONTH, form=form, status=400)


def _show(
    request: HttpRequest,
    asn: Asn,
    *,
    period: Period,
    form: GoalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    mine = part.participation(asn, period=period, today=timezone.localdate())
    monthly = mine.goal.monthly if mine.goal else None
    context: dict[str, Any] = {
        "mine": mine,
        "form": form or GoalForm(initial={"amount": grouped(monthly) if monthly else ""}),
        "of_weeks": part.ACTIVE_OF_WEEKS,
        "agreed": consents.stands(asn),
        "names": PERIOD_NAMES,
        "current_name": PERIOD_NAMES[period],
        "periods": [_point(spent, mine) for spent in mine.periods],
        "rings": _ring_points(mine.rings),
        "current_rings": _ring_points(mine.current_rings),
        "around": neighbourhood.neighbourhood(asn, today=mine.today),
        "near_share": sum(near.share for near in mine.rings if near.ring in OWN_KELURAHAN),
    }
    return render(request, "marketplace/participation.html", context, status=status)


def _asked_period(request: HttpRequest) -> Period:
    asked = request.GET.get("period", "")
    return Period(asked) if asked in set(Period) else Period.MONTH


def _point(spent: PeriodSpent, mine: Participation) -> charts.Point:
    label = date_format(spent.starts, PERIOD_MARKS[mine.period])
    return charts.Point(label, spent.amount, now=spent is mine.current)


def _ring_points(rings: tuple[RingSpent, ...]) -> list[charts.Point]:
    return [
        charts.Point(str(near.ring.label), near.amount, mark=mark)
        for mark, near in enumerate(rings, start=1)
    ]
