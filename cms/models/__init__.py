"""What editors edit and visitors see: pages, photos and highlights."""

from cms.models.figures import FiguresPage
from cms.models.highlights import Highlight
from cms.models.home import HomePage
from cms.models.photos import Photo, PhotoRendition
from cms.models.umkm import ProductPage, UmkmIndexPage, UmkmPage

__all__ = [
    "FiguresPage",
    "Highlight",
    "HomePage",
    "Photo",
    "PhotoRendition",
    "ProductPage",
    "UmkmIndexPage",
    "UmkmPage",
]
