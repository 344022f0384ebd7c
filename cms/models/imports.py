"""Files of shops and products: what each brought, row by row, so that it can be taken back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportRun(models.Model):
    """One file that somebody brought.

    Its bytes stay until they are read; afterwards the lines say all that was in them.
    """

    class Kind(models.TextChoices):
        UMKM = "umkm", "UMKM"
        PRODUCT = "product", _("Products")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Being read")
        CHECKED = "checked", _("Checked")
        RUNNING = "running", _("Running")
        DONE = "done", _("Finished")
        UNDOING = "undoing", _("Being taken back")
        UNDONE = "undone", _("Taken back")
        FAILED = "failed", _("Not readable")

    MOVING = (State.UPLOADED, State.RUNNING, State.UNDOING)
    """States in which a worker has something to do."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("None: an operator, by command."),
    )
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the file."))
    content = models.BinaryField(null=True, help_text=_("The file, until it has been read."))
    kind = models.CharField(max_length=7, choices=Kind, blank=True)
    state = models.CharField(_("status"), max_length=8, choices=State, default=State.UPLOADED)
    refusal = models.JSONField(null=True, blank=True, help_text=_("Why it could not be read."))
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text=_("How often a worker has begun to read it.")
    )
    has_merged_cells = models.BooleanField(default=False)
    publishes = models.BooleanField(
        default=False, help_text=_("Whether its pages go live at once, or wait as drafts.")
    )
    created_at = models.DateTimeField(_("brought"), auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True, help_text=_("When a worker last moved it."))
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["touched_at"],
                name="import_moving",
                condition=Q(state__in=["uploaded", "running", "undoing"]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="import_holds_its_file_until_read",
                condition=Q(state="uploaded", content__isnull=False)
                | (~Q(state="uploaded") & Q(content__isnull=True)),
            ),
            models.CheckConstraint(
                name="import_says_why_it_failed",
                condition=Q(state="failed", refusal__isnull=False)
                | (~Q(state="failed") & Q(refusal__isnull=True)),
            ),
            models.CheckConstraint(
                name="import_read_is_of_a_kind",
                condition=Q(state__in=["uploaded", "failed"]) | ~Q(kind=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    @property
    def is_moving(self) -> bool:
        return self.state in self.MOVING


class ImportLineQuerySet(models.QuerySet["ImportLine"]):
    def waiting(self) -> "ImportLineQuerySet":
        """Lines that are still to be carried into the catalogue, in the order of the file."""
        actions = [ImportLine.Action.CREATE, ImportLine.Action.CHANGE]
        return self.filter(outcome=ImportLine.Outcome.WAITING, action__in=actions).order_by("row")

    def standing(self) -> "ImportLineQuerySet":
        """Lines that were carried and not taken back, the last first."""
        return self.filter(outcome=ImportLine.Outcome.APPLIED).order_by("-row")


class ImportLine(models.Model):
    """One row of a file: what it says, what it leads to, and what stood there before."""

    class Action(models.TextChoices):
        CREATE = "create", _("New")
        CHANGE = "change", _("Changed")
        SAME = "same", _("Unchanged")
        REFUSE = "refuse", _("Refused")

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPLIED = "applied", _("Carried over")
        UNDONE = "undone", _("Taken back")
        UNPUBLISHED = "unpublished", _("Taken from view")
        KEPT = "kept", _("Kept")

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(help_text=_("Its number in the file."))
    name = models.CharField(max_length=300, help_text=_("What it is about, for its readers."))
    action = models.CharField(max_length=7, choices=Action)
    outcome = models.CharField(max_length=11, choices=Outcome, default=Outcome.WAITING)
    values = models.JSONField(default=dict, help_text=_("What it says, by field."))
    before = models.JSONField(default=dict, help_text=_("What the page said, where it differs."))
    after = models.JSONField(default=dict, help_text=_("What the page is to say there."))
    reasons = models.JSONField(default=list, help_text=_("Why it is refused, by column."))
    page = models.ForeignKey(
        "wagtailcore.Page", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revision_before = models.BigIntegerField(null=True, blank=True)
    revision_after = models.BigIntegerField(
        null=True, blank=True, help_text=_("The page stands as it was left while this is its last.")
    )
    was_live = models.BooleanField(default=False, help_text=_("As the import left it."))

    objects = ImportLineQuerySet.as_manager()

    class Meta:
        ordering = ["run", "row"]
        indexes = [models.Index(fields=["run", "outcome", "row"], name="import_line_by_outcome")]
        constraints = [
            models.UniqueConstraint(fields=["run", "row"], name="import_line_once_a_row"),
            models.CheckConstraint(
                name="import_line_refused_says_why",
                condition=~Q(action="refuse") | ~Q(reasons=[]),
            ),
            models.CheckConstraint(
                name="import_line_refused_is_never_carried",
                condition=Q(action__in=["create", "change"]) | Q(outcome="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"Row {self.row} of import {self.run_id}"
