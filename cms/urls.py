from django.urls import path

from cms import reports, views

app_name = "cms"
urlpatterns = [
    path("bagikan/<uuid:public_id>.jpg", views.share_picture, name="share-picture"),
    path("laporkan/<uuid:public_id>/", reports.report_page, name="report"),
    path("laporkan/<uuid:public_id>/terima-kasih/", reports.reported, name="reported"),
    path("umkm/saran.html", views.suggestions, name="suggestions"),
    path("umkm/baru.atom", views.new_products, name="new-products"),
]
