"""Who may use the marketplace's routes beside everyone."""

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from marketplace import auditing, receipts
from marketplace.errors import NotAsn
from marketplace.personnel import activated_asn


class IsActivatedAsn(IsAuthenticated):
    """Someone who has activated their account as an ASN and is still one: `request.user.asn`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        if activated_asn(request.user) is None:
            raise NotAsn
        return True


class IsAuditor(IsAuthenticated):
    """Someone who may read the rollups; whoever lets them look logs each look."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        may_read = request.user.has_perm("marketplace.view_circulationcell")
        return super().has_permission(request, view) and may_read


class MayLookAtReceipts(IsAuthenticated):
    """Someone who may look at another person's receipt; each look is logged with its purpose."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.has_perm(receipts.LOOKS)


class MayLookAtMarks(IsAuthenticated):
    """Someone who may look at marked purchases; each look is logged with its purpose."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.has_perm(auditing.LOOKS)


class MayDecide(IsAuthenticated):
    """Someone who may decide on a marked purchase."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.has_perm(auditing.DECIDES)
