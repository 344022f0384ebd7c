"""Whether a photo is large and sharp enough to be shown large. Advice only: no photo is refused."""

from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageStat

from cms.models.photos import Photo
from cms.pictures import UNREADABLE

SMALLEST = (720, 480)
"""Pixels: below it a cover is drawn larger than it is."""
MEASURED_EDGE = 800
SHARP = 30.0
"""Variance of the Laplacian, at `MEASURED_EDGE`, below which edges are soft: one is out of focus,
or shows nothing but a plain colour."""
LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


@dataclass(frozen=True)
class PhotoQuality:
    """What keeps a photo from looking good."""

    tiny: bool = False
    blurry: bool = False
    unreadable: bool = False


def quality_of(photo: Photo) -> PhotoQuality:
    """Measured on the file itself."""
    try:
        with photo.open_file() as file, Image.open(file) as image:
            grey = image.convert("L")
    except UNREADABLE:
        return PhotoQuality(unreadable=True)
    tiny = photo.width < SMALLEST[0] or photo.height < SMALLEST[1]
    return PhotoQuality(tiny=tiny, blurry=sharpness(grey) < SHARP)


def sharpness(grey: Image.Image) -> float:
    """The variance of the Laplacian: high where there are crisp edges. Size makes no difference."""
    measured = grey.copy()
    measured.thumbnail((MEASURED_EDGE, MEASURED_EDGE))
    inside = (1, 1, max(measured.width - 1, 2), max(measured.height - 1, 2))  # edges are copied
    variance: float = ImageStat.Stat(measured.filter(LAPLACIAN).crop(inside)).var[0]
    return variance
