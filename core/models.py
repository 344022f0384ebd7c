"""Tables that every app writes to: answers given, looks taken, changes others may want."""

from urllib.parse import urlsplit

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7


class IdempotencyRecord(models.Model):
    """The first answer to one `Idempotency-Key`, written in the transaction of its effect.

    Kept for IDEMPOTENCY_DAYS; one key belongs to one user and one family of routes.
    """

    pk = models.CompositePrimaryKey("user_id", "family", "key")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    family = models.CharField(max_length=50, help_text=_("First path segment after /api/v1/."))
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text=_("SHA-256 of route and body."))
    status = models.PositiveSmallIntegerField()
    body = models.TextField(help_text=_("The answer as JSON text."))
    location = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"Idempotency record of {self.family} ({self.status})"


class SelfCheck(models.Model):
    """What a check that the system makes of itself found last: one row per check."""

    name = models.CharField(max_length=50, primary_key=True)
    differences = models.PositiveIntegerField(help_text="Rows that are not as they must be.")
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Check of {self.name}"


class AuditSeal(models.Model):
    """A link of the audit log's hash chain: some entries, bound to all links before.

    `digest` is the SHA-256 of the link before and of these entries (core/audit_chain.py).
    """

    number = models.BigIntegerField(primary_key=True, help_text="From 1, without gaps.")
    entries = models.PositiveIntegerField(help_text="How many entries it binds.")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="audit_seal_append_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"Seal {self.number}"


class AuditEntry(models.Model):
    """Who did or saw what about whom, when and why. Never changed, never deleted.

    Only its seal is written later, once. Ids of people are plain numbers without foreign keys: an
    entry outlives the user it speaks of.
    `subject_user` may read the entry; `detail` holds ids and field names, no personal data.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    actor_roles = models.CharField(
        max_length=200, blank=True, help_text="What the actor was then, with spaces between."
    )
    action = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=100, blank=True)
    subject_id = models.CharField(max_length=64, blank=True)
    subject_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    purpose = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    seal = models.ForeignKey(AuditSeal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="audit_by_subject"),
            models.Index(fields=["action", "at"], name="audit_by_action"),
            models.Index(fields=["subject_user", "-at"], name="audit_about_a_person"),
            models.Index(fields=["id"], condition=Q(seal=None), name="audit_not_sealed"),
        ]
        triggers = [
            pgtrigger.Protect(name="audit_entry_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="audit_entry_append_only",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["seal"]),
            ),
            pgtrigger.Protect(
                name="audit_entry_sealed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__seal__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M}"


class OutboxEvent(models.Model):
    """A change that others may want, written in the transaction of the change.

    `number` is given afterwards by the one relay, per stream and without gaps; once given, it
    never changes. An event carries no personal data: readers look up what they may see. It is kept
    for at least 90 days: that long a reader may be away and still miss nothing.
    """

    class Stream(models.TextChoices):
        CATALOGUE = "catalogue", _("Catalogue")
        POSTS = "posts", _("Posts")
        PURCHASES = "purchases", _("Purchases")

    stream = models.CharField(max_length=20, choices=Stream)
    number = models.BigIntegerField(null=True, editable=False)
    event = models.CharField(max_length=100)
    public_id = models.UUIDField()
    version = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="outbox_number_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(number=None), name="outbox_not_numbered"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="outbox_kept_90_days",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(
                    "OLD.number IS NULL OR OLD.created_at > now() - interval '90 days'"
                ),
            ),
            pgtrigger.Protect(
                name="outbox_numbered_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__number__isnull=False),
            ),
            pgtrigger.Protect(
                name="outbox_only_numbered",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "stream", "event", "public_id", "version", "created_at"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.public_id}"


class OutboxPosition(models.Model):
    """How far one reader has read one stream; moved in the transaction of what the reader did."""

    reader = models.CharField(max_length=100)
    stream = models.CharField(max_length=20, choices=OutboxEvent.Stream)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reader", "stream"], name="outbox_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reader} in {self.stream}: {self.number}"


class WebhookEndpoint(models.Model):
    """An address that is told of the changes of one stream, by signed calls.

    How far it has been told is an `OutboxPosition`, which it has while it is active.
    """

    class Stream(models.TextChoices):
        CATALOGUE = "catalogue", _("Catalogue")
        POSTS = "posts", _("Posts")

    sealed_columns = ("secret", "old_secret")

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    url = models.URLField(_("address"), max_length=500, help_text="https://…")
    stream = models.CharField(_("stream"), max_length=20, choices=Stream, default=Stream.CATALOGUE)
    events = models.CharField(
        _("events"),
        max_length=500,
        blank=True,
        help_text=_("Names with commas, such as umkm.changed, umkm.closed. Empty: every event."),
    )
    active = models.BooleanField(_("active"), default=True, editable=False)
    secret = models.CharField(max_length=500, editable=False, help_text=_("Encrypted."))
    old_secret = models.CharField(max_length=500, blank=True, editable=False)
    rotated_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return f"Webhook {self.public_id}"  # an address may hold a token

    @property
    def host(self) -> str:
        """The server it lies on."""
        return urlsplit(self.url).hostname or ""

    @property
    def reader(self) -> str:
        """Its name among the outbox's readers."""
        return f"webhook:{self.public_id}"

    def wants(self, event: str) -> bool:
        """Whether it is told of this event."""
        names = {name.strip() for name in self.events.split(",") if name.strip()}
        return not names or event in names


class WebhookDelivery(models.Model):
    """One event for one endpoint: what is sent, how often it was tried and what was answered."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Given up")

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries"
    )
    number = models.BigIntegerField(_("number"))
    event = models.CharField(_("event"), max_length=100)
    body = models.TextField(help_text=_("The JSON that is signed and sent, the same each time."))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    at = models.DateTimeField(_("last tried"), null=True)
    next_at = models.DateTimeField(_("next try"), default=timezone.now)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "number"], name="webhook_delivery_once"),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at"],
                condition=Q(state="waiting"),
                name="webhook_delivery_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.number}: {self.state}"
