"""Who may do what at the desk's API."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView


class SeesDesk(BasePermission):
    """May look at posts that are not out yet."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm("social.view_desk")


class WritesPosts(BasePermission):
    """May submit posts."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm("social.write_post")


class ActsOnPosts(BasePermission):
    """May hold, move, withdraw and settle posts, as whoever writes or signs them may."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        rights = ("social.write_post", "social.approve_post")
        return any(request.user.has_perm(right) for right in rights)


class ApprovesPosts(BasePermission):
    """May sign posts of others; who contributed to one is refused by the rule."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm("social.approve_post")
