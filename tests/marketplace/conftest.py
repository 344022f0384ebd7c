"""A small city, a person in it and what they bought, for the marketplace's tests."""

from pathlib import Path

import pytest
from pytest_django import Settings

from marketplace.models import Asn, Purchase, Umkm
from tests.marketplace import photos
from tests.marketplace.city import City, small_city
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory


@pytest.fixture
def city(db: None) -> City:
    return small_city()


@pytest.fixture
def asn(city: City) -> Asn:
    """Lives in RW 3, RT 2 of the first kelurahan."""
    return AsnFactory(home__region=city.kelurahan[0], home__rw=3, home__rt=2)


@pytest.fixture
def warung(city: City) -> Umkm:
    """A listed shop in RW 3, RT 2 of the first kelurahan."""
    return UmkmFactory(name="Warung Bu Tik", region=city.kelurahan[0], rw=3, rt=2)


@pytest.fixture
def bought(asn: Asn, warung: Umkm) -> Purchase:
    return PurchaseFactory(asn=asn, umkm=warung)


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the photos of receipts lie in this test."""
    photos.keep_receipts_in(settings, tmp_path / "receipts")
    return tmp_path / "receipts"
