"""What programs of other offices may be let in to: declared here, and named by the views.

A view that is open to them says `client_scope = Scope.CATALOG`; every other refuses them, whatever
scopes they have. Only reading is let in to, and nothing that is about a person has a scope.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """One kind of answers without personal data; docs/roles.md lists the routes of each."""

    CATALOG = "catalog:read", _("Shops, products, collections and places")
    POSTS = "posts:read", _("Promotions and published posts")
    FIGURES = "figures:read", _("Released figures")
