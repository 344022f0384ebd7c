"""Pictures lent to a platform that fetches them itself: a signed address for an hour.

It shows the frozen bytes that were signed, and only while their post is on its way: claimed by a
worker, or waiting for the platform to be done with its pictures.
"""

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import F, Q
from django.urls import reverse

from social.models import Post, PostMedia

LENT_FOR = timedelta(hours=1)
PREPARING = "processing"
"""The reason with which a post waits for its pictures."""

_signer = signing.TimestampSigner(salt="social.lending", sep=".")


def address_of(picture: PostMedia) -> str:
    """Where a platform fetches it; nobody guesses it, and it ends."""
    token = _signer.sign(picture.public_id.hex)
    address = reverse("social:lent-picture", kwargs={"token": token})
    return settings.BASE_URL.rstrip("/") + quote(address)


def lent(token: str) -> PostMedia | None:
    """The picture with its bytes, while it may be seen."""
    try:
        public_id = UUID(_signer.unsign(token, max_age=LENT_FOR))
    except (signing.BadSignature, ValueError):
        return None
    on_its_way = Q(post__state=Post.State.CLAIMED) | Q(
        post__state=Post.State.WAITING, post__reason=PREPARING
    )
    found = PostMedia.objects.filter(on_its_way, public_id=public_id, version=F("post__version"))
    return found.defer(None).first()
