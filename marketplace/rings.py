"""How near a buyer and a shop are."""

from marketplace.models import Home, Region, Umkm
from marketplace.models.purchases import Ring

OWN_KELURAHAN = (Ring.RT, Ring.RW, Ring.KELURAHAN)
"""The rings that lie in the kelurahan where the buyer lived on the day."""


def ring_between(*, home: Home, umkm: Umkm) -> Ring:
    """The nearest ring that holds both: RT, RW, kelurahan, kecamatan, city, else outside.

    An RT or RW that is not known is no match: nearness is never guessed.
    """
    if Region.Level.OUTSIDE in (home.region.level, umkm.region.level):
        return Ring.OUTSIDE
    if home.region_id != umkm.region_id:
        near = home.region.parent_id == umkm.region.parent_id
        return Ring.KECAMATAN if near else Ring.CITY
    if home.rw is None or home.rw != umkm.rw:
        return Ring.KELURAHAN
    return Ring.RW if home.rt is None or home.rt != umkm.rt else Ring.RT
