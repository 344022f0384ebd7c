from django.urls import path
from django.views.i18n import set_language

from core import views

app_name = "core"
urlpatterns = [
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("problems/<slug:name>", views.problem_type, name="problem"),
    path("bahasa/", set_language, name="language"),
]
