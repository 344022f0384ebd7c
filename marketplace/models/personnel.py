"""Files of the personnel office: what each would change, encrypted, for a day at most."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PersonnelRun(models.Model):
    """One file of the personnel office that an administrator brought.

    Its bytes stay, encrypted, until they are read; its lines until they are carried over or a day
    is over. Afterwards only counts are left, and where a row was refused and why.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Being read")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Running")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Not readable")
        DROPPED = "dropped", _("Dropped")

    MOVING = (State.UPLOADED, State.RUNNING)
    """States in which a worker has something to do."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True, help_text="Encrypted, until it has been read.")
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    refusal = models.JSONField(null=True, help_text="Why it could not be read.")
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="How often a worker has begun to read it."
    )
    counts = models.JSONField(default=dict, help_text="Rows by what they lead to.")
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True, help_text="When a worker last moved it.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["touched_at"],
                name="personnel_run_moving",
                condition=Q(state__in=["uploaded", "running"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="personnel_run_holds_its_file_until_read",
                condition=Q(state="uploaded", content__isnull=False)
                | (~Q(state="uploaded") & Q(content__isnull=True)),
            ),
            models.CheckConstraint(
                name="personnel_run_says_why_it_failed",
                condition=Q(state="failed", refusal__isnull=False)
                | (~Q(state="failed") & Q(refusal__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"Personnel file {self.pk}"

    @property
    def is_moving(self) -> bool:
        return self.state in self.MOVING


class PersonnelLine(models.Model):
    """One row of such a file: what it leads to, and encrypted what it says and changes."""

    class Leads(models.TextChoices):
        """What a row leads to, also to several at once."""

        CREATED = "created", _("New")
        RETURNED = "returned", _("Comes back")
        RENUMBERED = "renumbered", _("Number corrected")
        POSTED = "posted", _("Other agency")
        MOVED = "moved", _("Other home")
        CHANGED = "changed", _("Name or contact")
        LEAVES = "leaves", _("Leaves")
        SAME = "same", _("Unchanged")
        REFUSED = "refused", _("Refused")

    run = models.ForeignKey(PersonnelRun, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(help_text="Its number in the file.")
    leads_to = models.JSONField(default=list)
    is_waiting = models.BooleanField(default=False, help_text="Still to be carried over.")
    sealed = models.TextField(blank=True, help_text="Its cells and what changes, encrypted.")
    reasons = models.JSONField(default=list, help_text="Why it is refused, by column.")

    class Meta:
        ordering = ["run", "row"]
        indexes = [
            models.Index(
                fields=["run", "row"],
                name="personnel_line_waiting",
                condition=Q(is_waiting=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "row"], name="personnel_line_once_a_row"),
        ]

    def __str__(self) -> str:
        return f"Row {self.row} of personnel file {self.run_id}"
