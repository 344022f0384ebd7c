"""How a collection or a story is seen where its address is shared: by its photo."""

from dataclasses import dataclass

from django.conf import settings

from cms.models.photos import Photo
from cms.pictures import UNREADABLE
from cms.share_pictures import HEIGHT, WIDTH

SPEC = f"fill-{WIDTH}x{HEIGHT}|format-jpeg"


@dataclass(frozen=True)
class SharedPhoto:
    """A JPEG of a photo, at a full address."""

    address: str
    width: int
    height: int
    alt: str


def shared_photo(photo: Photo | None) -> SharedPhoto | None:
    """The photo as other sites show it; None without one, or where its file cannot be read."""
    if photo is None:
        return None
    try:
        rendition = photo.get_rendition(SPEC)
    except UNREADABLE:
        return None  # cms.pictures has logged it: the page shows the photo, too
    address = f"{settings.BASE_URL.rstrip('/')}{rendition.url}"
    return SharedPhoto(address, rendition.width, rendition.height, photo.alt)
