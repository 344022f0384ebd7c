"""Pictures, with what a reader who cannot see them is told and who allowed their use."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image


def photo_field(label: Any, **options: Any) -> models.ForeignKey[Any, Any]:
    """A photo that a page may show; the page stays when the photo goes."""
    return models.ForeignKey(
        "cms.Photo",
        verbose_name=label,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        **options,
    )


class AllowedUse(models.TextChoices):
    """For what a picture may be used."""

    SITE = "site", _("On this site")
    SOCIAL = "social", _("On this site and the city's social media")
    ANY = "any", _("Anywhere the city speaks, print too")


class Photo(AbstractImage):
    """A picture of a shop, a product or a promotion; no receipts and nothing personal."""

    alt = models.CharField(
        _("alternative text"),
        max_length=200,
        help_text=_("What the picture shows, for readers who cannot see it."),
    )
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    allowed_by = models.CharField(
        _("allowed by"),
        max_length=80,
        blank=True,
        help_text=_("The office or role that may allow it (owner of the shop, city photographer)."),
    )
    allowed_use = models.CharField(_("allowed use"), max_length=6, choices=AllowedUse, blank=True)
    allowed_on = models.DateField(_("allowed on"), null=True, blank=True)
    consent_note = models.CharField(
        _("consent"),
        max_length=200,
        blank=True,
        help_text=_("Where the permission is kept, until when it holds. No names of people."),
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
        "allowed_by",
        "allowed_use",
        "allowed_on",
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
    def rights_recorded(self) -> bool:
        """Whether it is known who allowed which use, and when."""
        return bool(self.allowed_by and self.allowed_use and self.allowed_on)

    @property
    def default_alt_text(self) -> str:
        return self.alt


class PhotoRendition(AbstractRendition):
    """One size and format of a photo."""

    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)
