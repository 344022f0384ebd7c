"""What a photo may be used for, by what is recorded of who allowed it."""

from cms.models.photos import AllowedUse, Photo

POSTED = frozenset({AllowedUse.SOCIAL.value, AllowedUse.ANY.value})


def may_be_posted(photo: Photo) -> bool:
    """Whether it is recorded who allowed it on the city's social media, and when."""
    return photo.rights_recorded and photo.allowed_use in POSTED
