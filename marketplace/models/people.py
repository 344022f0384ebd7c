"""Civil servants (ASN), and the buyer without any fact to which their purchases belong."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from marketplace.models.agencies import Agency
from marketplace.models.regions import Region

Dated = TypeVar("Dated", "Home", "Posting", "Workplace")

IN_FORCE = "valid_from <= %s DESC, abs(valid_from - %s)"
"""How SQL orders the dated rows of one person, with the day asked for twice: the first is that of
`in_force`."""


class Buyer(models.Model):
    """A random id without any fact. Purchases belong to it; only `Asn` says who it is.

    Erasing a person removes the `Asn`; the buyer, its money and every total stay.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    def __str__(self) -> str:
        return "Buyer"


class Asn(models.Model):
    """A civil servant as the personnel office knows them, and the link to their buyer.

    The NIP is encrypted at rest and looked up by a keyed hash; it reveals birth date and sex and
    is shown masked only.
    """

    class Kind(models.TextChoices):
        PNS = "pns", "PNS"
        PPPK = "pppk", "PPPK"

    named_by_user = True
    """For core.audit: an entry about their user does not name this row."""

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    nip_encrypted = models.TextField()
    nip_digest = models.CharField(max_length=64, unique=True)
    nip_key_version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True, help_text=_("The address in the personnel file."))
    phone = models.CharField(max_length=20, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="asn",
        help_text=_("Empty until the person activates."),
    )
    buyer = models.OneToOneField(Buyer, on_delete=models.PROTECT, related_name="asn")
    left_on = models.DateField(null=True, blank=True, help_text=_("Last day employed."))
    sign_in_closed_at = models.DateTimeField(
        null=True, help_text="Set where leaving closed it: coming back opens no other."
    )
    home_in_file = models.CharField(
        max_length=40,
        blank=True,
        db_default="",
        help_text="What the personnel file said last: only another word of it is a move.",
    )
    consented_to = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="Digest of the text they agreed to; empty: no consent stands.",
    )

    class Meta:
        verbose_name = "ASN"
        verbose_name_plural = "ASN"

    def __str__(self) -> str:
        return f"ASN {self.public_id}"  # reaches logs and tracebacks: no name, no NIP

    def home_on(self, day: date) -> "Home | None":
        """Where they lived on `day`; a day before the first row takes the first row."""
        return in_force(self.homes.select_related("region"), day)

    def posting_on(self, day: date) -> "Posting | None":
        """The agency they served in on `day`; a day before the first row takes the first row."""
        return in_force(self.postings.all(), day)

    def workplace_on(self, day: date) -> "Workplace | None":
        """Where they worked on `day`, if they have said so."""
        return in_force(self.workplaces.select_related("region"), day)


class FormerNip(models.Model):
    """A number by which the personnel office once knew somebody, until it was corrected.

    An import finds the person by it. Nobody signs in or activates with it: it may have been a
    colleague's, typed in the wrong row.
    """

    asn = models.ForeignKey(Asn, on_delete=models.CASCADE, related_name="former_nips")
    nip_encrypted = models.TextField()
    nip_digest = models.CharField(max_length=64, unique=True)
    nip_key_version = models.PositiveSmallIntegerField()
    corrected_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Former NIP of ASN {self.asn_id}"


class Home(models.Model):
    """Where an ASN lives from a day on: kelurahan with RW and RT, or outside the city."""

    asn = models.ForeignKey(Asn, on_delete=models.CASCADE, related_name="homes")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    rw = models.PositiveSmallIntegerField(null=True, blank=True)
    rt = models.PositiveSmallIntegerField(null=True, blank=True)
    valid_from = models.DateField()
    by_person = models.BooleanField(
        default=False, db_default=False, help_text="Said by the person, not by the personnel file."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="home_once_a_day", fields=["asn", "valid_from"]),
            models.CheckConstraint(
                name="home_rt_lies_in_an_rw",
                condition=Q(rt__isnull=True) | Q(rw__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Home of ASN {self.asn_id}"


class Workplace(models.Model):
    """The kelurahan where an ASN works from a day on."""

    asn = models.ForeignKey(Asn, on_delete=models.CASCADE, related_name="workplaces")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="workplace_once_a_day", fields=["asn", "valid_from"]),
        ]

    def __str__(self) -> str:
        return f"Workplace of ASN {self.asn_id}"


class Posting(models.Model):
    """The agency an ASN serves in from a day on."""

    asn = models.ForeignKey(Asn, on_delete=models.CASCADE, related_name="postings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="postings")
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="posting_once_a_day", fields=["asn", "valid_from"]),
        ]

    def __str__(self) -> str:
        return f"Posting of ASN {self.asn_id}"


def in_force(rows: Iterable[Dated], day: date) -> Dated | None:
    """The last of dated rows that had begun by `day`, else the first one."""
    oldest_first = sorted(rows, key=lambda row: row.valid_from)
    begun = [row for row in oldest_first if row.valid_from <= day]
    return begun[-1] if begun else next(iter(oldest_first), None)
