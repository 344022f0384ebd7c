"""A city small enough to hold in the head."""

from dataclasses import dataclass

from marketplace.models import OUTSIDE, Region

SMALL_CITY = "35.73"


@dataclass(frozen=True)
class City:
    """One city, two kecamatan of three kelurahan each, and everywhere outside."""

    city: Region
    kecamatan: tuple[Region, ...]
    kelurahan: tuple[Region, ...]
    outside: Region


def small_city() -> City:
    """Make the small city; kelurahan 0 to 2 lie in the first kecamatan, 3 to 5 in the second."""
    city = Region.objects.create(code=SMALL_CITY, level=Region.Level.CITY, name="Kota Kecil")
    districts = [_kecamatan(city, number) for number in (1, 2)]
    villages = [_kelurahan(district, number) for district in districts for number in (1, 2, 3)]
    outside = Region.objects.create(
        code=OUTSIDE, level=Region.Level.OUTSIDE, name="Luar Kota Kecil"
    )
    return City(city, tuple(districts), tuple(villages), outside)


def _kecamatan(city: Region, number: int) -> Region:
    return Region.objects.create(
        code=f"{city.code}.0{number}",
        level=Region.Level.KECAMATAN,
        name=f"Kecamatan {number}",
        parent=city,
    )


def _kelurahan(district: Region, number: int) -> Region:
    return Region.objects.create(
        code=f"{district.code}.100{number}",
        level=Region.Level.KELURAHAN,
        name=f"{district.name} Kelurahan {number}",
        parent=district,
    )
