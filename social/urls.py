"""The city's news: /kabar/, its pictures and its feeds."""

from django.urls import path

from social import feeds, views

app_name = "social"

urlpatterns = [
    path("", views.NewsList.as_view(), name="news"),
    path("atom.xml", feeds.atom, name="atom"),
    path("feed.json", feeds.json_feed, name="json-feed"),
    path("gambar/<uuid:public_id>.jpg", views.picture, name="picture"),
    path("kiriman/<str:token>.jpg", views.lent_picture, name="lent-picture"),
    path("<uuid:public_id>/", views.NewsPost.as_view(), name="post"),
]
