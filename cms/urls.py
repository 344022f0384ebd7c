from django.urls import path, re_path

from cms import open_data_views, reports, views

app_name = "cms"
urlpatterns = [
    path("bagikan/<uuid:public_id>.jpg", views.share_picture, name="share-picture"),
    path("laporkan/<uuid:public_id>/", reports.report_page, name="report"),
    path("laporkan/<uuid:public_id>/terima-kasih/", reports.reported, name="reported"),
    path("data.json", open_data_views.catalogue, name="open-data-catalogue"),
    path("data/", open_data_views.dictionary, name="open-data"),
    re_path(
        r"^data/(?P<slug>[a-z]+)\.(?P<ending>csv|json)$",
        open_data_views.dataset,
        name="open-dataset",
    ),
    path("umkm/saran.html", views.suggestions, name="suggestions"),
    path("umkm/baru.atom", views.new_products, name="new-products"),
]
