"""The catalogue under /api/v1/."""

from django.urls import path

from cms.api import catalogue, changes, collections, drafts, suggest

urlpatterns = [
    path("catalog/umkm", catalogue.UmkmList.as_view(), name="api-catalog-umkm-list"),
    path("catalog/umkm/<uuid:public_id>", catalogue.UmkmDetail.as_view(), name="api-catalog-umkm"),
    path("catalog/products", catalogue.ProductList.as_view(), name="api-catalog-product-list"),
    path(
        "catalog/products/<uuid:public_id>",
        catalogue.ProductDetail.as_view(),
        name="api-catalog-product",
    ),
    path("catalog/collections", collections.CollectionList.as_view(), name="api-collection-list"),
    path(
        "catalog/collections/<slug:slug>",
        collections.CollectionDetail.as_view(),
        name="api-collection",
    ),
    path("catalog/draft", drafts.Draft.as_view(), name="api-catalog-draft"),
    path("catalog/suggest", suggest.Suggest.as_view(), name="api-catalog-suggest"),
    path("catalog/changes", changes.Changes.as_view(), name="api-catalog-changes"),
    path("umkm", catalogue.UmkmListBefore.as_view(), name="api-umkm-list"),
    path("umkm/<uuid:public_id>", catalogue.UmkmDetailBefore.as_view(), name="api-umkm"),
    path("products", catalogue.ProductListBefore.as_view(), name="api-product-list"),
    path("products/<uuid:public_id>", catalogue.ProductDetailBefore.as_view(), name="api-product"),
]
