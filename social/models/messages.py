"""What is said at once on several channels, and everyone who had a hand in it."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7

# The same row as the trigger of a certificate locks: of a signer and a contributor who come at
# the same moment, the second sees the first. (A foreign key locks only at the commit.)
ONE_AT_A_TIME = """
    PERFORM 1 FROM social_message WHERE id = NEW.message_id FOR NO KEY UPDATE;
    RETURN NEW;
"""


class Message(models.Model):
    """One thing to say, with one post per channel.

    `source` is a label for people; `source_ref` is opaque here: whoever composed the message
    finds it again by it.
    """

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    source = models.CharField(max_length=200, blank=True)
    source_ref = models.CharField(max_length=100, blank=True, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    contributors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="MessageContributor", related_name="+"
    )

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"Message {self.public_id}"


class MessageContributor(models.Model):
    """That a person wrote or changed something of a message, for good: they sign none of it."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="contributions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="social_contributor_once"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="social_contributor_insert_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
            pgtrigger.Trigger(
                name="social_contributor_one_at_a_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ONE_AT_A_TIME,
            ),
        ]

    def __str__(self) -> str:
        return f"Contributor {self.user_id} of message {self.message_id}"
