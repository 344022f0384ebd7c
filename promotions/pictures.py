"""The picture of a promotion, and that it is posted only where whoever may allow it did.

The desk knows nothing of photos: it is told which pictures are barred, and why. A beat task looks
every few seconds, so that a consent that is taken back stops what waits, and one that is given
lets it go on.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from cms.models import Photo, ProductPage, UmkmPage
from cms.photo_rights import may_be_posted
from promotions.captions import LANGUAGE
from promotions.errors import PhotoNotAllowed
from promotions.models import Promotion
from social import barring
from social.messages import DraftMedia

SIZE = "max-1600x1600|format-jpeg"
FROM_PHOTO = "photo:"
"""How a picture of the desk names the photo that it was taken from, before its key."""


def media_of(promotion: Promotion) -> list[DraftMedia]:
    """The picture of its posts, if it has one. Raises `PhotoNotAllowed`."""
    photo = photo_of(promotion)
    if photo is None:
        return []
    rendition = photo.get_rendition(SIZE)
    with rendition.file.open("rb") as file:
        content = file.read()
    return [
        DraftMedia(
            content=content,
            filename=photo.filename,
            alt=photo.alt or photo.title,
            source_ref=source_of(photo),
        )
    ]


def photo_of(promotion: Promotion) -> Photo | None:
    """The chosen one, else the first of its products, then of its shops, that may be posted.

    Raises `PhotoNotAllowed` where there is a photo and none may be.
    """
    photos = [promotion.photo] if promotion.photo else _photos_shown(promotion)
    allowed = next((photo for photo in photos if may_be_posted(photo)), None)
    if allowed is None and photos:
        raise PhotoNotAllowed(_not_allowed(photos[0]))
    return allowed


def refuse_unless_allowed(photo: Photo | None) -> None:
    """Raise `PhotoNotAllowed` for a photo that nobody allowed to be posted."""
    if photo is not None and not may_be_posted(photo):
        raise PhotoNotAllowed(_not_allowed(photo))


def follow_consent() -> int:
    """Bar from the desk what may no longer be posted, and let go what may again.

    Returns how many posts were stopped. A photo that was deleted is nobody's to allow.
    """
    known = barring.sources_known(FROM_PHOTO)
    photos = Photo.objects.in_bulk([int(source.removeprefix(FROM_PHOTO)) for source in known])
    allowed = {source_of(photo) for photo in photos.values() if may_be_posted(photo)}
    barring.let_go(allowed)
    with translation.override(LANGUAGE):  # people of the desk read it, whoever's task this is
        reason = _("Nobody is recorded to allow this photo on the city's social media.")
    return barring.bar(known - allowed, reason=reason)


def source_of(photo: Photo) -> str:
    """What the desk calls the photo that a picture was taken from."""
    return f"{FROM_PHOTO}{photo.pk}"


def _not_allowed(photo: Photo) -> str:
    said = _(
        "The photo “%(photo)s” may not be posted: nobody is recorded to allow it on the city's "
        "social media. Record the permission with the photo, or choose another."
    )
    return said % {"photo": photo.title}


def _photos_shown(promotion: Promotion) -> list[Photo]:
    products = [product.page_id for product in promotion.products]
    shops = [shop.page_id for shop in promotion.shops]
    pages = [*_in_order(ProductPage, products), *_in_order(UmkmPage, shops)]
    return [page.photo for page in pages if page.photo]


def _in_order(
    model: type[ProductPage] | type[UmkmPage], keys: list[int | None]
) -> list[ProductPage | UmkmPage]:
    found = model.objects.select_related("photo").in_bulk([key for key in keys if key])
    return [found[key] for key in keys if key in found]
