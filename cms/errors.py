"""What the pages' rules refuse. Each `type` is released: it never changes."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


class CmsError(Refusal):
    """A rule of the pages said no."""


class DraftUnknown(CmsError):
    """The draft's minutes are over, or there never was one; which of the two is nobody's matter."""

    type = "draft-unknown"
    title = _("This preview is over. Please open it again from the editor.")
    status = 404
