from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from core import views

app_name = "core"
# The language is nobody's secret: its form stands on every page and asks for no cookie.
urlpatterns = [
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("problems/<slug:name>", views.problem_type, name="problem"),
    path("data-saya/dilihat/", views.looks, name="looks"),
    path("bahasa/", csrf_exempt(set_language), name="language"),
]
