"""Where posts go: one account of the city on one platform."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

SITE = "site"
BY_HAND = "by-hand"


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Conditions on channels that chain."""

    def in_use(self) -> Self:
        """Channels that the city has not given up."""
        return self.filter(retired_at=None)


class Channel(models.Model):
    """One account of the city on one platform. Never deleted: one that is given up is retired.

    `platform` is a key of `social.channels.ADAPTERS`, `format` one of those that the platform
    offers: free text here, so that a new platform needs no migration. What is out was published
    in its format, so that never changes. `credentials` is encrypted JSON, read and written by
    `social.credentials` only.
    """

    sealed_columns = ("credentials",)

    platform = models.CharField(max_length=30)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    credentials = models.TextField(blank=True, editable=False)
    paused = models.BooleanField(default=False)
    format = models.CharField(
        max_length=20, blank=True, editable=False, help_text="One of the platform's formats."
    )
    settings = models.JSONField(default=dict, blank=True)
    signers_needed = models.PositiveSmallIntegerField(
        default=1, help_text="How many second persons sign each post: 1 or 2."
    )
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="social_channel_one_or_two_signers", condition=Q(signers_needed__in=[1, 2])
            ),
            models.CheckConstraint(
                name="social_channel_retired_sends_nothing",
                condition=Q(retired_at=None) | Q(paused=True, credentials=""),
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="social_channel_format_stays", fields=["format"])]
        permissions = [("manage_channel", _("Can connect, pause and resume channels"))]

    def __str__(self) -> str:
        return self.name
