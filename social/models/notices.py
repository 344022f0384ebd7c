"""What a person of the desk should know, and to whom it was brought."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

LONGEST_SUBJECT = 100
LONGEST_WORDS = 500


class Kind(models.TextChoices):
    """What happened. The words are kept in the database: a released one never changes."""

    UNCLEAR = "unclear", _("Unclear whether a post is out")
    FAILED = "failed", _("A post failed")
    MISSED = "missed", _("A post missed its window")
    CHANNEL_BLOCKED = "channel-blocked", _("A channel is blocked")
    TOKEN_EXPIRING = "token-expiring", _("A channel's key is about to expire")
    TOKEN_DEAD = "token-dead", _("A channel's key no longer works")
    STOPPED = "stopped", _("All sending is stopped")
    WAITING_FOR_APPROVAL = "waiting-for-approval", _("A post waits for approval")
    STILL_WAITING = "still-waiting", _("A post still waits for approval")
    WINDOW_CLOSING = "window-closing", _("A post waits for approval and its window is closing")
    NOT_TAKEN_BACK = "not-taken-back", _("A channel did not take a post back")
    POST_GONE = "post-gone", _("A published post is gone from its channel")


class Notice(models.Model):
    """That something happened which a person should know, until it is settled.

    While it is open there is one per kind and subject: told again, it stays that one.
    """

    kind = models.CharField(max_length=30, choices=Kind)
    subject = models.CharField(
        max_length=LONGEST_SUBJECT, help_text="What it is about: a post's id, a channel's slug."
    )
    words = models.CharField(max_length=LONGEST_WORDS)
    url = models.CharField(max_length=500, blank=True, help_text="Where to go, on this site.")
    opened_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="social_notice_kind_known", condition=Q(kind__in=Kind.values)
            ),
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(settled_at=None),
                name="social_notice_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Notice {self.pk}: {self.kind}"  # reaches logs: no wording


class MailChoice(models.Model):
    """Which notices a person of the desk wants by mail; no row: all of them."""

    class Which(models.TextChoices):
        ALL = "all", _("All notices")
        URGENT = "urgent", _("Only what is urgent")
        NONE = "none", _("None")

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    which = models.CharField(max_length=10, choices=Which)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="social_mail_choice_known", condition=Q(which__in=["all", "urgent", "none"])
            ),
        ]

    def __str__(self) -> str:
        return f"Mail choice {self.pk}: {self.which}"


class NoticeDelivery(models.Model):
    """That a notice is brought to one person by mail, or to the desk's chat or webhook."""

    class Way(models.TextChoices):
        MAIL = "mail", _("E-mail")
        TELEGRAM = "telegram", "Telegram"
        WEBHOOK = "webhook", _("Webhook")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    way = models.CharField(max_length=10, choices=Way)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, help_text="Delivered or given up.")
    reason = models.CharField(max_length=100, blank=True, help_text="Why it did not arrive.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "way", "person"],
                nulls_distinct=False,
                name="social_notice_delivered_once",
            ),
            models.CheckConstraint(
                name="social_notice_mailed_to_a_person",
                condition=Q(way="mail", person__isnull=False) | ~Q(way="mail") & Q(person=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(done_at=None), name="social_notice_to_deliver"
            ),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk} by {self.way}"
