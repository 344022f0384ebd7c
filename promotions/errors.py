"""What promotions refuse. Shown as RFC 9457; a released `type` never changes."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


class PromotionError(Refusal):
    """Any refusal of this app."""


class PromotionNotPublished(PromotionError):
    """Posts say what is public: a draft has none."""

    type = "promotion-not-published"
    title = _("Publish the promotion first.")
    status = 409


class PromotionOver(PromotionError):
    """Its last day has passed, so no post could still go out."""

    type = "promotion-over"
    title = _("The promotion is over.")
    status = 409


class NoChannelChosen(PromotionError):
    """One post is made per channel, and there is none."""

    type = "no-channel-chosen"
    title = _("Choose at least one channel.")
    status = 422


class PhotoNotAllowed(PromotionError):
    """Nobody is recorded to allow its photo on the city's social media."""

    type = "photo-not-allowed"
    title = _("The photo may not be posted.")
    status = 422


class NothingPromoted(PromotionError):
    """Neither a shop nor a product is listed any more, or none was chosen."""

    type = "nothing-promoted"
    title = _("Choose at least one UMKM or product that is listed.")
    status = 422
