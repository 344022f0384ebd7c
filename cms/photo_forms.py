"""The form of a photo, wherever Wagtail takes one: the library, a chooser, many at once."""

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from cms.photo_uploads import kept_copy


class PhotoField(WagtailImageField):
    """Wagtail's checks of extension, real type and bytes, before anything is decoded."""

    def check_image_pixel_size(self, f: File) -> None:
        """Left to `kept_copy`: Wagtail decodes first, and a cut-off file ends in its 500."""


class PhotoForm(BaseImageForm):
    file = PhotoField(label=_("File"), widget=BaseImageForm.Meta.widgets["file"])

    def clean_file(self) -> object:
        """A new file is kept as a copy drawn from its pixels."""
        file = self.cleaned_data["file"]
        if not isinstance(file, UploadedFile):
            return file
        file.seek(0)
        return kept_copy(file.read(), name=file.name or "")
