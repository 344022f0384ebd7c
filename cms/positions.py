"""Where shops lie on the map: which are nearest to one of them, and links to maps elsewhere."""

from dataclasses import dataclass
from urllib.parse import quote

from cms.models.search import SearchEntry
from cms.models.umkm import UmkmPage
from cms.search import by_distance
from core.keyset import Key, ordered_by
from core.sql import Sql, fetch


@dataclass(frozen=True)
class MapLinks:
    """Ways to a position that leave the site, followed only when somebody presses them."""

    website: str
    app: str


def map_links(page: UmkmPage) -> MapLinks | None:
    """OpenStreetMap, and the map app of a phone; None without a position of its own."""
    if page.latitude is None or page.longitude is None:
        return None
    north, east = page.latitude, page.longitude
    return MapLinks(
        website=f"https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=18/{north}/{east}",
        app=f"geo:{north},{east}?q={north},{east}({quote(page.title)})",
    )


def nearest(*, to: UmkmPage, most: int) -> list[int]:
    """The keys of the other shops' pages in a shop's kecamatan, the nearest first; unknown last.

    A shop without a position of its own lies in the middle of its kelurahan.
    """
    facts = (SearchEntry.Kind.SHOP, to.region.parent_id, to.pk)
    start = to.region if to.latitude is None else to
    order = ordered_by([*by_distance(start), Key(Sql("page_id"), nullable=False)])
    text = f"""
        SELECT page_id FROM cms_searchentry
        WHERE kind = %s AND kecamatan_id = %s AND page_id <> %s
        ORDER BY {order.text} LIMIT %s
    """
    return [key for (key,) in fetch(Sql(text, (*facts, *order.params, most)))]
