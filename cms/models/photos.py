"""Pictures, with what a reader who cannot see them is told and who allowed their use."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class Photo(AbstractImage):
    """A picture of a shop, a product or a promotion; no receipts and nothing personal."""

    alt = models.CharField(
        _("alternative text"),
        max_length=200,
        help_text=_("What the picture shows, for readers who cannot see it."),
    )
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    consent_note = models.CharField(
        _("consent"),
        max_length=200,
        blank=True,
        help_text=_("Who allowed the picture to be used, when, and for what."),
    )

    drawn_design = models.PositiveSmallIntegerField(
        default=0,
        db_index=True,
        editable=False,
        help_text="Which DESIGN of cms.pictures its renditions follow; 0: they wait to be drawn.",
    )

    admin_form_fields = (
        "title",
        "file",
        "alt",
        "credit",
        "consent_note",
        "collection",
        *(name for name in Image.admin_form_fields if name.startswith("focal_point")),
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Whatever is written, the file or the focal point may be another: draw it again."""
        if kwargs.get("update_fields") is None:
            self.drawn_design = 0
        super().save(*args, **kwargs)

    @property
    def default_alt_text(self) -> str:
        return self.alt


class PhotoRendition(AbstractRendition):
    """One size and format of a photo."""

    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)
