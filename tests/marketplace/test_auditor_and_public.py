"""A purchase moves what the auditor reads by exactly itself, and nothing that the public reads."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from marketplace import closing
from marketplace.models import Asn, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import PurchaseFactory, UserFactory
from tests.marketplace.months import AUGUST, after, neighbours, shop, shops_in

AUDIT = "/api/v1/audit/circulation"


@pytest.fixture
def released(city: City) -> City:
    """August: six people of kelurahan 0 and two of kelurahan 1; closed."""
    shops = shops_in(city.kelurahan[0])
    for number, count in enumerate((6, 2)):
        shop(neighbours(city.kelurahan[number], count), shops, day=date(2026, 8, 14))
    with after(AUGUST):
        closing.close_month(AUGUST)
    return city


@pytest.fixture
def auditor(db: None) -> APIClient:
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="view_circulationcell"))
    client = APIClient()
    client.force_authenticate(user)
    return client


def public_bytes(city: City) -> list[bytes]:
    """What the API says to everybody, of the city and of each place."""
    places = [city.city, *city.kecamatan, *city.kelurahan, city.outside]
    addresses = [f"/api/v1/circulation/regions/{place.code}" for place in places]
    return [
        bytes(APIClient().get(address, query).content)
        for address in ["/api/v1/circulation", *addresses]
        for query in ({}, {"year": "2026"}, {"month": "2026-08"})
    ]


def test_the_auditors_sum_grows_by_the_purchase_and_is_back_on_its_void(
    released: City, auditor: APIClient, asn: Asn, warung: Umkm
) -> None:
    asked = {"home": released.kelurahan[0].code, "shop": warung.region_id, "purpose": "Uji"}

    def sum_now(**more: str) -> int:
        return int(auditor.get(AUDIT, {**asked, **more}).json()["amount"])

    public, before = public_bytes(released), sum_now()
    purchase = PurchaseFactory(asn=asn, umkm=warung, amount=27_500)
    day = purchase.day

    assert sum_now() - before == 27_500
    assert sum_now(day=f"{day}") == sum_now(month=f"{day:%Y-%m}", ring="rt") == 27_500
    assert sum_now(day=f"{day}", ring="city") == 0
    assert public_bytes(released) == public

    void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    assert sum_now() == before
    assert public_bytes(released) == public
