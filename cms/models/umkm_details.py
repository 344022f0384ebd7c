"""What an UMKM page lists beside its facts: when it is open, where it sells online, its badges."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from cms.badge_numbers import BadgeKind, checked_number, expiry_said_by


class Weekday(models.IntegerChoices):
    """The days of a week as `date.weekday()` counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class OpeningHours(Orderable):
    """On which days of the week a shop is open, and from when to when, in the city's time.

    Days may run over the end of the week (Friday to Monday). `closes` not after `opens`: it closes
    on the next day; the same time: open around the clock.
    """

    page = ParentalKey("cms.UmkmPage", on_delete=models.CASCADE, related_name="hours")
    first_day = models.PositiveSmallIntegerField(
        _("from day"), choices=Weekday, default=Weekday.MONDAY
    )
    last_day = models.PositiveSmallIntegerField(
        _("to day"), choices=Weekday, default=Weekday.SUNDAY
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    panels = [
        FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        FieldRowPanel([FieldPanel("opens"), FieldPanel("closes")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("opening hours")
        constraints = [
            models.CheckConstraint(
                name="opening_hours_on_days_of_a_week",
                condition=Q(first_day__lte=6, last_day__lte=6),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day}-{self.last_day} {self.opens:%H.%M}-{self.closes:%H.%M}"


class ShopLink(Orderable):
    """Where a shop sells or shows itself online."""

    class Kind(models.TextChoices):
        TOKOPEDIA = "tokopedia", "Tokopedia"
        SHOPEE = "shopee", "Shopee"
        BLIBLI = "blibli", "Blibli"
        GOFOOD = "gofood", "GoFood"
        GRABFOOD = "grabfood", "GrabFood"
        SHOPEEFOOD = "shopeefood", "ShopeeFood"
        INSTAGRAM = "instagram", "Instagram"
        FACEBOOK = "facebook", "Facebook"
        TIKTOK = "tiktok", "TikTok"
        WEBSITE = "website", _("Website")
        OTHER = "other", _("Online shop")

    page = ParentalKey("cms.UmkmPage", on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(_("where"), max_length=12, choices=Kind, default=Kind.OTHER)
    url = models.URLField(_("address"), help_text="https://…")

    panels = [FieldRowPanel([FieldPanel("kind"), FieldPanel("url")])]

    class Meta(Orderable.Meta):
        verbose_name = _("online shop")
        constraints = [
            models.UniqueConstraint(name="shop_link_once_per_page", fields=["page", "url"])
        ]

    def __str__(self) -> str:
        return self.url


class Badge(Orderable):
    """A permit or certificate of a shop. Visitors see it only when an office has checked it.

    The number stays with the editors, but for those a buyer looks up (P-IRT, halal).
    """

    page = ParentalKey("cms.UmkmPage", on_delete=models.CASCADE, related_name="badges")
    kind = models.CharField(_("kind"), max_length=5, choices=BadgeKind)
    number = models.CharField(_("number"), max_length=30)
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("Empty: it does not expire.")
    )
    checked_by_office = models.CharField(
        _("checked by"),
        max_length=80,
        blank=True,
        help_text=_("The office that checked it, never a person: Diskopindag, BPOM …"),
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("kind"), FieldPanel("number"), FieldPanel("valid_until")]),
        FieldRowPanel([FieldPanel("checked_by_office"), FieldPanel("checked_on")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("badge")
        constraints = [
            models.UniqueConstraint(
                name="badge_once_per_page_and_number", fields=["page", "kind", "number"]
            ),
            models.CheckConstraint(
                name="badge_check_names_office_and_day",
                condition=Q(checked_by_office="", checked_on__isnull=True)
                | (~Q(checked_by_office="") & Q(checked_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def clean(self) -> None:
        super().clean()
        self.number = checked_number(self.kind, self.number)
        if self.valid_until is None:
            self.valid_until = expiry_said_by(self.kind, self.number)
        if bool(self.checked_by_office) != (self.checked_on is not None):
            raise ValidationError({"checked_by_office": _("Name both the office and the day.")})
