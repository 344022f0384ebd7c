"""The certificate: what exactly a second person has looked at, and what they said."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from social.models.posts import Post

# The message's row is locked first, as a new contributor's trigger does: a person who becomes one
# at the same moment is either seen here, or waits until this certificate stands, which
# `approval.covers` then refuses.
SIGNED_BY_A_SECOND_PERSON = """
    PERFORM 1 FROM social_message
        WHERE id = (SELECT message_id FROM social_post WHERE id = NEW.post_id)
        FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM social_messagecontributor c JOIN social_post p USING (message_id)
        WHERE p.id = NEW.post_id AND c.user_id = NEW.signer_id
    ) THEN
        RAISE EXCEPTION 'social: user % contributed to post %', NEW.signer_id, NEW.post_id;
    END IF;
    RETURN NEW;
"""


class Approval(models.Model):
    """A second person's word on one version of a post, over the digest of all that is sent.

    Kept for good. A trigger refuses a signer who contributed to the message, superusers
    included. `suggested_wording` stays the signer's until the author takes it over.
    """

    class Decision(models.TextChoices):
        APPROVED = "approved", _("Approved")
        CHANGES_ASKED = "changes-asked", _("Changes asked for")

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="approvals")
    decision = models.CharField(max_length=20, choices=Decision)
    version = models.PositiveIntegerField(help_text=_("The version of the post it is about."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 by social.approval.digest."))
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=1_000, blank=True)
    suggested_wording = models.TextField(blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="social_approval_decision_known",
                condition=Q(decision__in=["approved", "changes-asked"]),
            ),
            models.CheckConstraint(
                name="social_approval_changes_with_reason",
                condition=~Q(decision="changes-asked", reason=""),
            ),
            models.CheckConstraint(
                name="social_approval_window_in_order",
                condition=Q(window_from__lt=F("window_until")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="social_approval_insert_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
            pgtrigger.Trigger(
                name="social_approval_by_second_person",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=SIGNED_BY_A_SECOND_PERSON,
            ),
        ]

    def __str__(self) -> str:
        return f"Approval {self.pk} of post {self.post_id}: {self.decision}"
