"""/toko-saya/: what the owner of a shop reads of it, once a month is closed."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace import own_shops
from marketplace.errors import NotYourShop


@require_safe
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """/toko-saya/: the shops that are linked to this account."""
    shops = own_shops.shops_of(request.user)  # type: ignore[arg-type]
    return render(request, "marketplace/own_shops.html", {"shops": shops})


@require_safe
@never_cache
@login_required
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """/toko-saya/<id>/: one of them; another owner's reads as none."""
    try:
        shop = own_shops.own_shop(request.user, public_id)  # type: ignore[arg-type]
    except NotYourShop as unknown:
        raise Http404 from unknown
    return render(request, "marketplace/own_shop.html", {"shop": shop})
