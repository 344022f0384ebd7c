"""Who signs in, the tokens of the apps they use, and the programs of other offices."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7

MOST_PER_MINUTE = 10_000

# A NIP has 18 digits, a NIK 16. Sign-in names stand in logs, lists and addresses.
not_a_personal_number = RegexValidator(
    r"\d{16}",
    message=_("A sign-in name must not hold a NIP or another personal number."),
    inverse_match=True,
)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)

    def create_user(
        self, username: str, email: str = "", password: str | None = None, **facts: object
    ) -> "User":
        user = self.model(username=username, email=self.normalize_email(email), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, username: str, email: str = "", password: str | None = None, **facts: object
    ) -> "User":
        return self.create_user(
            username, email, password, is_staff=True, is_superuser=True, **facts
        )


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in name and an e-mail address; no NIP, name, home or agency."""

    username = models.CharField(
        _("sign-in name"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator(), not_a_personal_number],
    )
    email = models.EmailField(_("e-mail"), blank=True)
    is_staff = models.BooleanField(_("works here"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_name_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.username

    def get_short_name(self) -> str:
        return self.username


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> "ApiTokenQuerySet":
        """Neither revoked nor expired, and of a user who may sign in."""
        return self.filter(
            revoked_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True
        )


class ApiToken(models.Model):
    """A token of one app of one user: only its digest is kept, and it expires."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80, help_text=_("What the owner calls the app or phone."))
    prefix = models.CharField(max_length=12, help_text=_("How it begins, to tell it from others."))
    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the token."))
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.WRITE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"Token {self.prefix}…"


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def standing(self) -> "ApiClientQuerySet":
        """Those that nobody revoked: they work, or did until they expired."""
        return self.filter(revoked_at__isnull=True)


class ApiClient(models.Model):
    """A program of another office: what it may read, how much, until when, and who answers for it.

    It is nobody: no answer about a person is for it, whoever owns it. Revoked, it stays so.
    """

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80, help_text=_("What the program is called."))
    organisation = models.CharField(_("organisation"), max_length=150)
    contact = models.EmailField(
        _("contact"), help_text=_("An address of the organisation, not of one person.")
    )
    owner = models.ForeignKey(
        User,
        on_delete=models.CASCADE,
        related_name="clients",
        verbose_name=_("owner"),
        help_text=_("Who answers for it. Without sign-in or role as integrator it stops."),
    )
    scopes = ArrayField(models.CharField(max_length=30), verbose_name=_("scopes"))
    requests_per_minute = models.PositiveIntegerField(_("requests per minute"), default=600)
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["organisation", "name", "pk"]
        permissions = [("own_apiclient", _("Can answer for API clients of their own"))]
        constraints = [
            models.CheckConstraint(name="client_has_a_scope", condition=Q(scopes__len__gte=1)),
            models.CheckConstraint(
                name="client_limit_in_range",
                condition=Q(requests_per_minute__gte=1, requests_per_minute__lte=MOST_PER_MINUTE),
            ),
        ]

    def __str__(self) -> str:
        return f"Client {self.public_id}"


class ApiClientSecret(models.Model):
    """A secret of one client, kept as a digest only.

    A row of its own, so that a new one works beside those before it until they end.
    """

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="secrets")
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret.")
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    ends_at = models.DateTimeField(
        _("works until"), null=True, help_text="Set once another takes its place."
    )

    class Meta:
        verbose_name = _("secret")
        verbose_name_plural = _("secrets")
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(ends_at=None), name="client_has_one_newest_secret"
            ),
        ]

    def __str__(self) -> str:
        return f"Secret {self.prefix}…"
