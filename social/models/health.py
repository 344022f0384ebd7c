"""How each channel's account stood when its platform was asked last."""

from django.db import models
from django.utils import timezone

from social.models.channels import Channel


class ChannelHealth(models.Model):
    """The last answer of a channel's platform; one row a channel, written over each time.

    A platform that is not reached changes `checked_at` and `fault` only: what it said last stands.
    """

    channel = models.OneToOneField(Channel, on_delete=models.PROTECT, related_name="health")
    checked_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=60, blank=True, help_text="Why it was not reached.")
    account = models.CharField(max_length=200, blank=True)
    problem = models.CharField(max_length=60, blank=True)
    expires_at = models.DateTimeField(null=True)
    gauges = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Health of channel {self.channel_id}"

    @property
    def is_expired(self) -> bool:
        """Whether the platform no longer takes the key, by the end it named."""
        return self.expires_at is not None and self.expires_at <= timezone.now()
