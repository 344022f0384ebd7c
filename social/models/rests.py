"""That a channel rests: its platform asked for it, or does not answer as it should."""

from django.db import models
from django.utils import timezone

from social.models.channels import Channel


class ChannelRest(models.Model):
    """How a channel has fared since it last sent something; there is none while all is well.

    From `social.breaker.OPENS_AFTER` failures on, one post at a time tries whether it is over.
    """

    channel = models.OneToOneField(Channel, on_delete=models.PROTECT, related_name="rest")
    failures = models.PositiveIntegerField(default=0, help_text="In a row, none about one post.")
    rest_until = models.DateTimeField(null=True, help_text="Nothing is sent before.")
    reason = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"Rest of channel {self.channel_id} after {self.failures} failures"

    @property
    def is_on(self) -> bool:
        """Whether nothing is sent now."""
        return self.rest_until is not None and self.rest_until > timezone.now()
