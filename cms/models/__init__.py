"""What editors edit and visitors see: pages, photos and highlights."""

from cms.models.collections import CollectionIndexPage, CollectionPage, CollectionPick
from cms.models.complaints import Complaint
from cms.models.figures import FiguresPage
from cms.models.highlights import Highlight
from cms.models.home import HomePage
from cms.models.imports import ImportLine, ImportRun
from cms.models.map import MapPage, Outline
from cms.models.photos import Photo, PhotoRendition
from cms.models.product import ProductPage
from cms.models.product_details import Allergen, ProductPicture, Variant
from cms.models.search import SearchEntry, SearchMiss
from cms.models.stories import StoryIndexPage, StoryMention, StoryPage
from cms.models.umkm import UmkmIndexPage, UmkmPage
from cms.models.umkm_details import Badge, OpeningHours, ShopLink, Weekday

__all__ = [
    "Allergen",
    "Badge",
    "CollectionIndexPage",
    "CollectionPage",
    "CollectionPick",
    "Complaint",
    "FiguresPage",
    "Highlight",
    "HomePage",
    "ImportLine",
    "ImportRun",
    "MapPage",
    "OpeningHours",
    "Outline",
    "Photo",
    "PhotoRendition",
    "ProductPage",
    "ProductPicture",
    "SearchEntry",
    "SearchMiss",
    "ShopLink",
    "StoryIndexPage",
    "StoryMention",
    "StoryPage",
    "UmkmIndexPage",
    "UmkmPage",
    "Variant",
    "Weekday",
]
