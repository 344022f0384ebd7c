"""One post on one channel: its states as one table, and the log of its steps."""

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from social.models.channels import BY_HAND, SITE, Channel
from social.models.messages import Message
from social.models.videos import LONGEST_ALT, Video

if TYPE_CHECKING:
    from social.models.media import PostMedia

LONGEST_HEADLINE = 90


class State(models.TextChoices):
    """Where a post stands. The words are kept in the database: a released one never changes."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    WAITING = "waiting", _("Scheduled")
    CLAIMED = "claimed", _("Being sent")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    HELD = "held", _("Held")
    MISSED = "missed", _("Missed")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unclear")


STEPS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.WAITING, State.DRAFT, State.WITHDRAWN}),
    State.WAITING: frozenset(
        {State.CLAIMED, State.HELD, State.MISSED, State.DRAFT, State.WITHDRAWN}
    ),
    State.HELD: frozenset({State.WAITING, State.MISSED, State.DRAFT, State.WITHDRAWN}),
    State.CLAIMED: frozenset({State.PUBLISHED, State.WAITING, State.FAILED, State.UNKNOWN}),
    State.FAILED: frozenset({State.WAITING, State.SUBMITTED, State.DRAFT, State.WITHDRAWN}),
    State.MISSED: frozenset({State.SUBMITTED, State.DRAFT, State.WITHDRAWN}),
    State.UNKNOWN: frozenset({State.PUBLISHED, State.FAILED, State.WAITING}),
    State.PUBLISHED: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}

KEEP_WHAT_WAS_SIGNED = """
    IF ROW(OLD.message_id, OLD.channel_id, OLD.caption, OLD.link, OLD.video_id, OLD.video_alt,
           OLD.window_from, OLD.window_until)
       IS DISTINCT FROM
       ROW(NEW.message_id, NEW.channel_id, NEW.caption, NEW.link, NEW.video_id, NEW.video_alt,
           NEW.window_from, NEW.window_until)
       AND NOT (NEW.state = 'draft' AND NEW.version > OLD.version) THEN
        RAISE EXCEPTION 'social: what a post says changes only as a newer draft';
    END IF;
    IF NEW.state = 'draft' AND OLD.state <> 'draft' AND NEW.version <= OLD.version THEN
        RAISE EXCEPTION 'social: a post that becomes a draft again is a newer version';
    END IF;
    IF NEW.version < OLD.version THEN
        RAISE EXCEPTION 'social: versions only grow';
    END IF;
    RETURN NEW;
"""

SENT_ONLY_WHEN_SIGNED = """
    IF NOT EXISTS (
        SELECT 1 FROM social_approval
        WHERE post_id = NEW.id AND decision = 'approved' AND version = NEW.version
          AND window_from = NEW.window_from AND window_until = NEW.window_until
        GROUP BY digest
        HAVING count(DISTINCT signer_id)
            >= (SELECT signers_needed FROM social_channel WHERE id = NEW.channel_id)
    ) THEN
        RAISE EXCEPTION 'social: post % has no certificate for version %', NEW.id, NEW.version;
    END IF;
    RETURN NEW;
"""


TAKEN_BACK_ONLY_WHEN_GONE = """
    IF NOT EXISTS (
        SELECT 1 FROM social_channel WHERE id = NEW.channel_id AND platform = 'site'
    ) AND NOT EXISTS (
        SELECT 1 FROM social_withdrawal WHERE post_id = NEW.id AND outcome = 'gone'
    ) THEN
        RAISE EXCEPTION 'social: nobody has said that post % is gone from its platform', NEW.id;
    END IF;
    RETURN NEW;
"""


class PostQuerySet(models.QuerySet["Post"]):
    """Conditions on posts that chain."""

    def due(self, *, now: datetime | None = None) -> Self:
        """Posts that a worker may send now, the longest due first."""
        now = now or timezone.now()
        ready = Q(retry_at=None) | Q(retry_at__lte=now)
        return (
            self.filter(ready, state=State.WAITING, send_at__lte=now, window_until__gt=now)
            .filter(channel__paused=False)
            .exclude(channel__platform=BY_HAND)
            .order_by("send_at", "pk")
        )

    def published(self) -> Self:
        """Posts that are out, the latest first."""
        return self.filter(state=State.PUBLISHED).order_by("-published_at", "-pk")

    def on_site(self) -> Self:
        """Published posts of the city's own site."""
        return self.published().filter(channel__platform=SITE)

    def lapsed(self, *, now: datetime | None = None) -> Self:
        """Posts whose worker has not come back within its lease."""
        return self.filter(state=State.CLAIMED, lease_until__lte=now or timezone.now())


class Post(models.Model):
    """What is said on one channel, and where it stands.

    `state` has one writer, `social.states.step`; wording, link and window change only by
    `social.messages.edit_post`, as a newer `version`. Both are held by triggers. `version`
    grows with every edit, so that no earlier certificate fits it.
    """

    State = State

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="posts")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="posts")
    caption = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    video = models.ForeignKey(
        Video, on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    video_alt = models.CharField(max_length=LONGEST_ALT, blank=True, help_text=_("What it shows."))
    window_from = models.DateTimeField(help_text=_("Not sent before this moment."))
    window_until = models.DateTimeField(help_text=_("Not sent at or after this moment."))
    send_at = models.DateTimeField(help_text=_("When it is to go out, inside the window."))
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT, editable=False)
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why it stands there."))
    version = models.PositiveIntegerField(default=1, editable=False)
    claim = models.UUIDField(null=True, editable=False, help_text=_("The worker's own mark."))
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveIntegerField(default=0, editable=False)
    retry_at = models.DateTimeField(null=True, editable=False)
    remote_ids = models.JSONField(default=dict, editable=False)
    permalink = models.URLField(max_length=500, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    gone_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When it was noticed that it stands there no more.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        permissions = [
            ("view_desk", _("Can see the social media desk")),
            ("write_post", _("Can write, submit, move and withdraw posts")),
            ("approve_post", _("Can approve posts of others")),
        ]
        constraints = [
            models.UniqueConstraint(  # one that was taken off a channel may come back as a new post
                name="social_post_per_channel",
                fields=["message", "channel"],
                condition=~Q(state=State.WITHDRAWN),
            ),
            models.CheckConstraint(
                name="social_post_state_known", condition=Q(state__in=State.values)
            ),
            models.CheckConstraint(  # so the window ends after it begins, too
                name="social_post_sent_inside_window",
                condition=Q(send_at__gte=F("window_from"), send_at__lt=F("window_until")),
            ),
            models.CheckConstraint(
                name="social_post_claimed_with_lease",
                condition=Q(
                    Q(state=State.CLAIMED, claim__isnull=False, lease_until__isnull=False),
                    ~Q(state=State.CLAIMED) & Q(claim=None, lease_until=None),
                    _connector=Q.OR,
                ),
            ),
            models.CheckConstraint(
                name="social_post_published_with_time",
                condition=~Q(state=State.PUBLISHED) | Q(published_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "send_at", "id"],
                condition=Q(state=State.WAITING),
                name="social_post_next",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state=State.CLAIMED), name="social_post_lease"
            ),
            models.Index(fields=["state", "-published_at"], name="social_post_news"),
        ]
        triggers = [
            pgtrigger.Protect(name="social_post_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="social_post_begins_as_draft",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state=State.DRAFT.value),
            ),
            pgtrigger.FSM(
                name="social_post_steps",
                field="state",
                transitions=sorted(
                    (before.value, after.value) for before in STEPS for after in STEPS[before]
                ),
            ),
            pgtrigger.Trigger(
                name="social_post_keeps_what_was_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=KEEP_WHAT_WAS_SIGNED,
            ),
            pgtrigger.Trigger(
                name="social_post_sent_only_when_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    new__state__in=[State.WAITING.value, State.CLAIMED.value],
                    old__state__df=pgtrigger.F("new__state"),
                ),
                func=SENT_ONLY_WHEN_SIGNED,
            ),
            pgtrigger.Trigger(
                name="social_post_taken_back_only_when_gone",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(
                    old__state=State.PUBLISHED.value, new__state=State.WITHDRAWN.value
                ),
                func=TAKEN_BACK_ONLY_WHEN_GONE,
            ),
        ]

    def __str__(self) -> str:
        return f"Post {self.public_id}"  # reaches logs: no wording

    @property
    def held_claim(self) -> UUID:
        """The mark of the worker that has it; there is one only while it is claimed."""
        if self.claim is None:
            raise ValueError("This post is not claimed.")
        return self.claim

    @property
    def headline(self) -> str:
        """The first line of the caption, for lists and feeds."""
        first = next((line.strip() for line in self.caption.splitlines() if line.strip()), "")
        return Truncator(first).chars(LONGEST_HEADLINE)

    @property
    def pictures(self) -> list["PostMedia"]:
        """The pictures submitted with the present version, in order, without their bytes."""
        return [one for one in self.media.all() if one.version == self.version]


class PostStep(models.Model):
    """One change of a post, never changed itself: from, to, when, who, why.

    `actor` is null for the engine. A move of `send_at` is a step that stays in its state.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=20, choices=State)
    to_state = models.CharField(max_length=20, choices=State)
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(
                name="social_step_insert_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} -> {self.to_state} of post {self.post_id}"
