"""Where posts go: one account of the city on one platform."""

from django.db import models
from django.utils.translation import gettext_lazy as _

SITE = "site"
BY_HAND = "by-hand"


class Channel(models.Model):
    """One account of the city on one platform.

    `platform` is a key of `social.channels.ADAPTERS`: free text here, so that a new platform
    needs no migration. `credentials` is encrypted JSON, read and written by
    `social.credentials` only.
    """

    sealed_columns = ("credentials",)

    platform = models.CharField(max_length=30)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    credentials = models.TextField(blank=True, editable=False)
    paused = models.BooleanField(default=False)
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name", "pk"]
        permissions = [("manage_channel", _("Can connect, pause and resume channels"))]

    def __str__(self) -> str:
        return self.name
