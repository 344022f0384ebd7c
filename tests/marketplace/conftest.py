"""A small city and a person in it, for the marketplace's tests."""

import pytest

from marketplace.models import Asn, Umkm
from tests.marketplace.city import City, small_city
from tests.marketplace.factories import AsnFactory, UmkmFactory


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
