"""The API's own description, and who looked at one's data."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from core.api.audit import MyLooks

OPEN = {"permission_classes": [AllowAny], "authentication_classes": []}

urlpatterns = [
    path("me/looks", MyLooks.as_view(), name="api-looks"),
    path("schema/", SpectacularJSONAPIView.as_view(**OPEN), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema", **OPEN), name="docs"),
]
