"""The ASN's own pages. They translate between forms and rules and need no JavaScript."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Refusal
from core.money import grouped, rupiah
from core.throttling import may_report
from marketplace import consents, favourites, marks, nearby, proposals, registry
from marketplace.errors import (
    CorrectionTooLate,
    PurchaseKeyReused,
    PurchaseUnknown,
    PurchaseVoided,
    UmkmUnknown,
)
from marketplace.forms import (
    CorrectionForm,
    ListedCorrectionForm,
    ListedShopForm,
    ProposalForm,
    PurchaseForm,
    UnlistedCorrectionForm,
    UnlistedShopForm,
    VoidForm,
)
from marketplace.models import Asn, Purchase, Umkm
from marketplace.personnel import activated_asn
from marketplace.purchases import (
    may_be_voided,
    own_purchase,
    recorded_under,
    similar_to,
    void_purchase,
)
from marketplace.story import story_of

logger = logging.getLogger(__name__)

AsnView = Callable[..., HttpResponseBase]


def asn_only(view: AsnView) -> AsnView:
    """For an ASN who activated their account: others are told kindly, strangers asked to sign in.

    Personal pages: no cache may keep them.
    """

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        asn = activated_asn(request.user)
        if asn is None:
            return render(request, "marketplace/not_asn.html", status=403)
        return view(request, asn=asn, **kwargs)

    return guarded


def agreed_only(view: AsnView) -> AsnView:
    """For who agreed to take part: others are led to the text first, and back.

    What was typed and sent is not thrown away: the rule refuses it, and the form says so.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *, asn: Asn, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" or consents.stands(asn):
            return view(request, asn=asn, **kwargs)
        asked = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('marketplace:consent')}?{asked}")

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
@agreed_only
def record(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/belanja/catat/: at the shop of ?umkm=, at one searched for by ?q=, or at one not listed.

    ?lagi= is an own purchase to begin from; what is to be recorded is still only shown.
    """
    if request.method == "POST":
        return _record(request, asn)
    if "lagi" in request.GET:
        return _begin_again(request, asn)
    umkm = _asked_shop(request)
    if umkm is not None:
        form: PurchaseForm = ListedShopForm(initial={"umkm": umkm.public_id})
        return _show_form(request, asn, form, umkm=umkm)
    words = _words(request.GET.get("q"))
    return _show_form(request, asn, UnlistedShopForm(initial={"name": words}), words=words)


@require_POST
@asn_only
def not_now(request: HttpRequest, *, asn: Asn, public_id: UUID) -> HttpResponse:
    """/belanja/<id>/nanti/: not to be asked again whether this purchase is to be repeated."""
    favourites.not_now(asn=asn, purchase=own_or_404(asn, public_id))
    return redirect("marketplace:record")


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def propose(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/usulkan/: name a shop that a search did not find, without a purchase.

    Nothing links the name to the person.
    """
    if request.method != "POST":
        said = {"name": _words(request.GET.get("q")), "region": request.GET.get("place")}
        return render(request, "marketplace/propose.html", {"form": ProposalForm(initial=said)})
    form = ProposalForm(request.POST)
    status = 400
    if form.is_valid():
        if not may_report(request):
            form.add_error(None, _("That is a lot at once. Please try again in an hour."))
            status = 429
        elif umkm := form.propose():
            return render(request, "marketplace/proposed.html", {"umkm": umkm.standing})
    return render(request, "marketplace/propose.html", {"form": form}, status=status)


@require_safe
@asn_only
def purchase(request: HttpRequest, *, asn: Asn, public_id: UUID) -> HttpResponse:
    """/belanja/<id>/: one own purchase, with the way to take it back."""
    return _show_purchase(request, asn, own_or_404(asn, public_id), VoidForm())


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def void(request: HttpRequest, *, asn: Asn, public_id: UUID) -> HttpResponse:
    """/belanja/<id>/batal/: take it back, with a reason."""
    found = own_or_404(asn, public_id)
    if request.method != "POST":
        return _show_purchase(request, asn, found, VoidForm(), asking=True)
    form = VoidForm(request.POST)
    if form.is_valid():
        try:
            void_purchase(asn=asn, purchase=found, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            messages.error(request, str(refusal.detail or refusal.title))
        else:
            messages.success(request, _("Taken back. It no longer counts anywhere."))
        return redirect("marketplace:purchase", public_id=public_id)
    return _show_purchase(request, asn, found, form, asking=True, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
@agreed_only
def correct(request: HttpRequest, *, asn: Asn, public_id: UUID) -> HttpResponse:
    """/belanja/<id>/perbaiki/: replace it by what it should have said, at this shop or another.

    The shop is that of ?umkm=, one searched for by ?q=, or else the one that was recorded.
    """
    found = own_or_404(asn, public_id)
    if request.method == "POST":
        return _correct(request, asn, found)
    if hasattr(found, "void") or not may_be_voided(found, today=timezone.localdate()):
        refusal = PurchaseVoided if hasattr(found, "void") else CorrectionTooLate
        messages.error(request, str(refusal.title))
        return redirect("marketplace:purchase", public_id=public_id)
    umkm = _asked_shop(request) if {"umkm", "q"} & request.GET.keys() else found.umkm.standing
    words = _words(request.GET.get("q"))
    form: CorrectionForm = (
        ListedCorrectionForm(purchase=found, initial={"umkm": umkm.public_id})
        if umkm
        else UnlistedCorrectionForm(purchase=found, initial={"name": words})
    )
    return _show_form(request, asn, form, umkm=umkm, words=words)


def _words(asked: str | None) -> str:
    return (asked or "").replace("\0", "").strip()[:100]  # no database takes a NUL


def _record(request: HttpRequest, asn: Asn) -> HttpResponse:
    listed = bool(request.POST.get("umkm"))
    form = (ListedShopForm if listed else UnlistedShopForm)(request.POST)
    status = 400
    if form.is_valid():
        try:
            return _thank(request, form.record(asn))
        except PurchaseKeyReused:
            _offer_again(request, asn, form)
        except Refusal as refusal:
            form.add_refusal(refusal)
        except OperationalError as error:
            status = _busy(form, error)
    umkm = _shop(request.POST.get("umkm", "")) if listed else None
    return _show_form(request, asn, form, umkm=umkm, status=status)


def _begin_again(request: HttpRequest, asn: Asn) -> HttpResponse:
    """The form with shop, amount and payment way of an own purchase, for the person to send."""
    try:
        before = own_or_404(asn, UUID(request.GET["lagi"]))
    except ValueError as error:
        raise Http404 from error
    umkm = _if_open(request, before.umkm.standing)
    if umkm is None:
        return _show_form(request, asn, UnlistedShopForm())
    said = {"umkm": umkm.public_id, "amount": grouped(before.amount), "payment": before.payment}
    return _show_form(request, asn, ListedShopForm(initial=said), umkm=umkm)


def _correct(request: HttpRequest, asn: Asn, found: Purchase) -> HttpResponse:
    listed = bool(request.POST.get("umkm"))
    kind = ListedCorrectionForm if listed else UnlistedCorrectionForm
    form: CorrectionForm = kind(request.POST, purchase=found)
    status = 400
    if form.is_valid():
        try:
            right = form.correct(asn)
        except (PurchaseKeyReused, PurchaseVoided):  # this form was sent before
            messages.error(request, str(PurchaseVoided.title))
            return redirect("marketplace:purchase", public_id=found.public_id)
        except Refusal as refusal:
            form.add_refusal(refusal)
        except OperationalError as error:
            status = _busy(form, error)
        else:
            messages.success(request, _("Corrected. The earlier entry no longer counts."))
            return redirect("marketplace:purchase", public_id=right.public_id)
    umkm = _shop(request.POST.get("umkm", "")) if listed else None
    return _show_form(request, asn, form, umkm=umkm, status=status)


def _busy(form: PurchaseForm, error: OperationalError) -> int:
    """A lock or a statement took too long, and all is undone: what was typed stays."""
    logger.warning("busy", exc_info=error)
    form.add_error(None, _("The system is busy; please try again shortly."))
    return 503


def _thank(request: HttpRequest, recorded: Purchase) -> HttpResponse:
    spent = {"amount": rupiah(recorded.amount), "shop": recorded.umkm.name}
    messages.success(request, _("Recorded: %(amount)s at %(shop)s. Thank you!") % spent)
    return redirect("marketplace:purchase", public_id=recorded.public_id)


def _offer_again(request: HttpRequest, asn: Asn, form: PurchaseForm) -> None:
    """A form gone back to and changed: say what stands, and let it be sent anew."""
    stands = recorded_under(asn=asn, client_key=str(form.cleaned_data["client_key"]))
    form.renew_key()
    form.add_error(
        None,
        _("This form has already recorded %(amount)s. Send it again to record another purchase.")
        % {"amount": rupiah(stands.amount if stands else 0)},
    )


def _show_form(
    request: HttpRequest,
    asn: Asn,
    form: PurchaseForm,
    *,
    umkm: Umkm | None = None,
    words: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "umkm": umkm, "words": words, "address": request.path}
    context["agreed"] = consents.stands(asn)
    name = "correct" if isinstance(form, CorrectionForm) else "record"
    if umkm is not None:
        context["own_shop"] = marks.is_own_shop(umkm, user_id=asn.user_id)
    elif not form.is_bound:
        context |= _shops_to_choose(asn, words)
        if name == "record" and not words:
            context |= _to_repeat(context["likely"])
    return render(request, f"marketplace/{name}.html", context, status=status)


def _shops_to_choose(asn: Asn, words: str) -> dict[str, Any]:
    if words:
        home = asn.home_on(timezone.localdate())
        return {"found": nearby.shops_named(words, home=home.region if home else None)}
    return {"likely": favourites.likely(asn)}


def _to_repeat(likely: favourites.Likely) -> dict[str, Any]:
    """The purchase that is due again, as a form that one button sends; its key is its own."""
    if likely.repeat is None:
        return {}
    umkm, usual = likely.repeat.umkm, likely.repeat.usual
    said = {"umkm": umkm.public_id, "amount": usual.amount, "payment": usual.payment}
    form = ListedShopForm(initial=said, auto_id=False)
    return {"repeat": likely.repeat, "repeat_form": form}


def _show_purchase(
    request: HttpRequest,
    asn: Asn,
    found: Purchase,
    form: VoidForm,
    *,
    asking: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "purchase": found,
        "outcome": proposals.outcome_of(found),
        "similar": similar_to(asn=asn, purchase=found),
        "story": story_of(found),
        "form": form,
        "asking": asking,
        "voidable": may_be_voided(found, today=timezone.localdate()),
    }
    return render(request, "marketplace/purchase.html", context, status=status)


def own_or_404(asn: Asn, public_id: UUID) -> Purchase:
    """One of this ASN's purchases; another person's does not exist."""
    try:
        return own_purchase(asn=asn, public_id=public_id)
    except PurchaseUnknown as unknown:
        raise Http404 from unknown


def _asked_shop(request: HttpRequest) -> Umkm | None:
    """The shop of ?umkm=; one that is closed or unknown is said and left aside."""
    if not (asked := request.GET.get("umkm")):
        return None
    return _if_open(request, _shop(asked))


def _if_open(request: HttpRequest, umkm: Umkm | None) -> Umkm | None:
    if umkm is None or umkm.status == Umkm.Status.CLOSED:
        messages.info(request, _("That shop is no longer listed. Look for another one."))
        return None
    return umkm


def _shop(public_id: str) -> Umkm | None:
    try:
        return registry.find_umkm(UUID(public_id)).standing
    except (ValueError, ValidationError, UmkmUnknown):
        return None
