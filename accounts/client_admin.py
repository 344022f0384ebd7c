"""Programs of other offices in Wagtail's admin, for administrators: who, what, until when."""

from datetime import datetime, time, timedelta
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import (
    CheckboxSelectMultiple,
    DateField,
    IntegerField,
    ModelChoiceField,
    ModelForm,
    MultipleChoiceField,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets import AdminDateInput
from wagtail.permission_policies import ModelPermissionPolicy

from accounts import clients
from accounts.errors import ClientRevoked
from accounts.models import MOST_PER_MINUTE, ApiClient, ApiClientSecret, User
from accounts.scopes import Scope
from core.secret_page import secret_page

SECRET_PAGE = "accounts/admin/client_secret.html"
CHANGES = "accounts.change_apiclient"


class ClientForm(ModelForm):
    """Who, what, how much and until when."""

    scopes = MultipleChoiceField(
        label=gettext_lazy("Scopes"),
        choices=[(scope.value, f"{scope.label} ({scope.value})") for scope in Scope],
        widget=CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing that is about a person is in any of them."),
    )
    requests_per_minute = IntegerField(
        label=gettext_lazy("Requests per minute"),
        min_value=1,
        max_value=MOST_PER_MINUTE,
        initial=600,
        help_text=gettext_lazy("From all its addresses together."),
    )
    last_day = DateField(label=gettext_lazy("Last day"), widget=AdminDateInput)

    class Meta:
        model = ApiClient
        fields = ["name", "organisation", "contact", "owner", "scopes", "requests_per_minute"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = cast(ModelChoiceField, self.fields["owner"])
        owners.queryset = clients.owners().order_by("username")
        latest = date_format(_last_day(clients.latest_expiry()), "DATE_FORMAT")
        said = _("It works until midnight after this day, which is %(latest)s at the latest.")
        self.fields["last_day"].help_text = said % {"latest": latest}
        if self.instance.pk:
            self.fields["last_day"].initial = _last_day(self.instance.expires_at)

    def clean_last_day(self) -> Any:
        """Keep the midnight that follows, unless the day stayed as it was."""
        day = self.cleaned_data["last_day"]
        if "last_day" not in self.changed_data:
            return day
        if not timezone.localdate() <= day <= _last_day(clients.latest_expiry()):
            raise ValidationError(_("From today to the latest day named below."))
        self.instance.expires_at = _midnight_after(day)
        return day


class AddClient(generic.CreateView):
    """A new client; its secret is shown in the answer and nowhere else."""

    def form_valid(self, form: Any) -> HttpResponse:
        client = form.save(commit=False)
        secret = clients.add_client(client, by=_person(self.request))
        return _show_secret(self.request, client, secret)


class ChangeClient(generic.EditView):
    """Only what was changed is written: a use or an end in the meantime stays."""

    def get_page_subtitle(self) -> str:
        return self.object.name

    def save_instance(self) -> ApiClient:
        names = {"last_day": "expires_at"}
        fields = [names.get(name, name) for name in self.form.changed_data]
        client: ApiClient = self.form.save(commit=False)
        if fields:
            clients.change_client(client, fields=fields, by=_person(self.request))
        return client


class OnClient(View):
    """One act on one client, for who may change it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(CHANGES):
            raise PermissionDenied
        self.client = get_object_or_404(ApiClient.objects.standing(), pk=kwargs["pk"])
        try:
            return super().dispatch(request, *args, **kwargs)
        except ClientRevoked as error:  # meanwhile
            raise Http404 from error


class ReplaceSecret(OnClient):
    """A new secret beside the old one."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        secret = clients.replace_secret(self.client, by=_person(request))
        return _show_secret(request, self.client, secret)


class EndOldSecrets(OnClient):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        clients.end_old_secrets(self.client, by=_person(request))
        messages.success(request, _("Only the newest secret works now."))
        return redirect("clients:secrets", pk)


class Revoke(OnClient):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        clients.revoke(self.client, by=_person(request))
        messages.success(request, _("The client is revoked: it is let in no more."))
        return redirect("clients:secrets", pk)


class SecretsColumn(Column):
    """The way to a client's secrets, and to its end."""

    cell_template_name = "accounts/admin/client_secrets_link.html"


class Secrets(generic.IndexView):
    """How a client's secrets begin, until when they work, and what can be done about them."""

    model = ApiClientSecret
    permission_policy = ModelPermissionPolicy(ApiClient)
    any_permission_required = ["change"]
    template_name = "accounts/admin/client_secrets.html"
    page_title = gettext_lazy("Secrets")
    header_icon = "key"
    default_ordering = "-created_at"
    is_searchable = False
    columns = [
        Column("prefix", label=gettext_lazy("Begins with")),
        DateColumn("created_at", label=gettext_lazy("Made")),
        Column(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda secret: _state_of_secret(secret),
        ),
    ]

    @cached_property
    def client(self) -> ApiClient:
        return get_object_or_404(ApiClient, pk=self.kwargs["pk"])

    def get_base_queryset(self) -> QuerySet[ApiClientSecret]:
        return self.client.secrets.all()

    def get_index_url(self) -> str:
        return reverse("clients:secrets", args=[self.client.pk])

    def get_index_results_url(self) -> None:
        return None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clients:index"), "label": _("API clients")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.client.name},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(client=self.client, **kwargs)


class ClientViewSet(ModelViewSet):
    """Under "Settings", for who may change clients; one that is over is revoked, not deleted."""

    model = ApiClient
    name = "clients"
    url_prefix = "clients"
    menu_label = gettext_lazy("API clients")
    icon = "key"
    add_to_settings_menu = True
    copy_view_enabled = False
    add_view_class = AddClient
    edit_view_class = ChangeClient
    add_to_reference_index = False
    list_display = [
        TitleColumn(
            "name",
            label=gettext_lazy("Name"),
            get_url=lambda client: reverse("clients:edit", args=[client.pk]),
        ),
        "organisation",
        Column("owner", label=gettext_lazy("Owner")),
        Column(
            "state", label=gettext_lazy("State"), accessor=lambda client: state_of_client(client)
        ),
        DateColumn("last_used_at", label=gettext_lazy("Last used")),
        SecretsColumn("to_secrets", label=gettext_lazy("Secrets")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[ClientForm]:  # noqa: FBT001, FBT002
        return ClientForm

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/secrets/", Secrets.as_view(), name="secrets"),
            path("<int:pk>/replace/", ReplaceSecret.as_view(), name="replace"),
            path("<int:pk>/end-old/", EndOldSecrets.as_view(), name="end-old"),
            path("<int:pk>/revoke/", Revoke.as_view(), name="revoke"),
        ]


def state_of_client(client: ApiClient) -> str:
    """Whether it is let in, and until which day."""
    if client.revoked_at is not None:
        return _("revoked")
    day = date_format(_last_day(client.expires_at), "DATE_FORMAT")
    if client.expires_at <= timezone.now():
        return _("expired after %(day)s") % {"day": day}
    return _("until %(day)s") % {"day": day}


def _state_of_secret(secret: ApiClientSecret) -> str:
    if secret.ends_at is None:
        return _("in use")
    ends = date_format(timezone.localtime(secret.ends_at), "SHORT_DATETIME_FORMAT")
    if secret.ends_at <= timezone.now():
        return _("ended %(at)s") % {"at": ends}
    return _("works until %(at)s") % {"at": ends}


def _midnight_after(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _last_day(expiry: datetime) -> Any:
    """The last whole day before a moment."""
    return timezone.localdate(expiry) - timedelta(days=1)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _show_secret(request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
    facts = {"client": client, "subtitle": client.name, "icon": "key"}
    return secret_page(request, SECRET_PAGE, secret=secret, **facts)
