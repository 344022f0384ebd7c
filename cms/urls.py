from django.urls import path

from cms import views

app_name = "cms"
urlpatterns = [
    path("bagikan/<uuid:public_id>.jpg", views.share_picture, name="share-picture"),
    path("umkm/baru.atom", views.new_products, name="new-products"),
]
