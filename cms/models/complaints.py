"""What readers say is wrong with a page."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

LONGEST_WORDS = 500
LONGEST_NOTE = 200


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Chainable conditions over complaints."""

    def open(self) -> "ComplaintQuerySet":
        """Nobody has looked after them yet."""
        return self.filter(state=Complaint.State.OPEN)

    def below(self, page: Page) -> "ComplaintQuerySet":
        """About this page or a page under it."""
        return self.filter(page__path__startswith=page.path)


class Complaint(models.Model):
    """One report about the page of a shop or a product.

    It holds no person, no address of a browser and no moment, only the day.
    """

    class Kind(models.TextChoices):
        CLOSED = "closed", _("The shop has closed")
        FACTS = "facts", _("Address, hours or contact are wrong")
        PRICE = "price", _("The price is different")
        PICTURE = "picture", _("The picture is wrong or not theirs")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="complaints")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    words = models.CharField(_("words"), max_length=LONGEST_WORDS, blank=True)
    day = models.DateField(_("day"), help_text=_("Calendar day in TIME_ZONE."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    note = models.CharField(
        _("note"),
        max_length=LONGEST_NOTE,
        blank=True,
        help_text=_("What an editor did about it."),
    )

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.CheckConstraint(
                name="complaint_done_with_a_note",
                condition=models.Q(state="open", note="")
                | (models.Q(state="done") & ~models.Q(note="")),
            )
        ]
        indexes = [
            models.Index(
                name="open_complaints",
                fields=["page"],
                condition=models.Q(state="open"),
            )
        ]

    def __str__(self) -> str:
        return f"Complaint {self.pk}"
