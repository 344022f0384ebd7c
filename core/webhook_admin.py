"""Webhooks in Wagtail's admin, for administrators: endpoints, their secrets, what was delivered."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm, URLField
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from core import outbound, webhooks
from core.models import WebhookDelivery, WebhookEndpoint
from core.secret_page import secret_page

SECRET_PAGE = "core/admin/webhook_secret.html"


class WebhookForm(ModelForm):
    """Where to, and of what."""

    url = URLField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Starts with https://. What happens is sent there by POST, signed."),
        assume_scheme="https",
        max_length=500,
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["url", "stream", "events"]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            outbound.check_url(url)
        except outbound.AddressRefused as error:
            said = _("Only https addresses on port 443, without a password in them.")
            raise ValidationError(said) from error
        return url


class AddWebhook(generic.CreateView):
    """A new endpoint; its secret is shown in the answer and nowhere else."""

    def form_valid(self, form: Any) -> HttpResponse:
        endpoint = form.save(commit=False)
        secret = webhooks.add_endpoint(endpoint, by=_person(self.request))
        return _show_secret(self.request, endpoint, secret)


class ChangeWebhook(generic.EditView):
    """Named by its server: an address may be long, and hold a token."""

    def get_page_subtitle(self) -> str:
        return self.object.host


class DeleteWebhook(generic.DeleteView):
    """Named in the same way; nothing on the site uses one."""

    def get_page_subtitle(self) -> str:
        return self.object.host

    def get_usage_url(self) -> None:
        return None

    @property
    def confirmation_message(self) -> str:
        return _(
            "Nothing is sent there any more, and the list of what was sent goes, too."
            " To pause it, switch it off instead."
        )


class OnEndpoint(View):
    """One act on one endpoint, for who may change it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm("core.change_webhookendpoint"):
            raise PermissionDenied
        self.endpoint = get_object_or_404(WebhookEndpoint, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class Rotate(OnEndpoint):
    """A new secret beside the old one."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        secret = webhooks.rotate_secret(self.endpoint, by=_person(request))
        return _show_secret(request, self.endpoint, secret)


class SwitchOn(OnEndpoint):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        webhooks.switch_on(self.endpoint, by=_person(request))
        return redirect("webhooks:deliveries", pk)


class SwitchOff(OnEndpoint):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        webhooks.switch_off(self.endpoint, by=_person(request))
        return redirect("webhooks:deliveries", pk)


class SendAgain(OnEndpoint):
    def post(self, request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
        found = get_object_or_404(WebhookDelivery, pk=delivery, endpoint=self.endpoint)
        webhooks.send_again(found, by=_person(request))
        messages.success(request, _("It is sent again within seconds."))
        return redirect("webhooks:deliveries", pk)


class AgainColumn(Column):
    """The button that sends a delivery again."""

    cell_template_name = "core/admin/webhook_again.html"


class LogColumn(Column):
    """The way to what an endpoint was told."""

    cell_template_name = "core/admin/webhook_log.html"


class Deliveries(generic.IndexView):
    """What one endpoint was told, the newest first."""

    model = WebhookDelivery
    permission_policy = ModelPermissionPolicy(WebhookEndpoint)
    any_permission_required = ["change"]
    template_name = "core/admin/webhook_deliveries.html"
    page_title = gettext_lazy("Deliveries")
    header_icon = "mail"
    default_ordering = "-number"
    is_searchable = False
    paginate_by = 50
    columns = [
        Column("number", label=gettext_lazy("Number")),
        Column("event", label=gettext_lazy("Event")),
        Column("get_state_display", label=gettext_lazy("State")),
        Column("attempt", label=gettext_lazy("Attempts")),
        Column(
            "status",
            label=gettext_lazy("Answer"),
            accessor=lambda delivery: delivery.status or delivery.reason or "–",
        ),
        DateColumn("at", label=gettext_lazy("Last tried")),
        Column(
            "next_at",
            label=gettext_lazy("Next try"),
            accessor=lambda delivery: _next_try(delivery),
        ),
        AgainColumn("again", label=""),
    ]

    @cached_property
    def endpoint(self) -> WebhookEndpoint:
        return get_object_or_404(WebhookEndpoint, pk=self.kwargs["pk"])

    def get_base_queryset(self) -> QuerySet[WebhookDelivery]:
        return self.endpoint.deliveries.all()

    def get_index_url(self) -> str:
        return reverse("webhooks:deliveries", args=[self.endpoint.pk])

    def get_index_results_url(self) -> None:
        return None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("webhooks:index"), "label": _("Webhooks")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.endpoint.host},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(endpoint=self.endpoint, **kwargs)


class WebhookViewSet(ModelViewSet):
    """Under "Settings", for who may change webhooks."""

    model = WebhookEndpoint
    name = "webhooks"
    url_prefix = "webhooks"
    menu_label = gettext_lazy("Webhooks")
    icon = "link-external"
    add_to_settings_menu = True
    copy_view_enabled = False
    add_view_class = AddWebhook
    edit_view_class = ChangeWebhook
    delete_view_class = DeleteWebhook
    add_to_reference_index = False
    list_display = [
        "url",
        Column("get_stream_display", label=gettext_lazy("Stream")),
        Column(
            "active",
            label=gettext_lazy("State"),
            accessor=lambda endpoint: _("on") if endpoint.active else _("off"),
        ),
        DateColumn("failing_since", label=gettext_lazy("Failing since")),
        LogColumn("log", label=gettext_lazy("Log")),
    ]

    def get_form_class(self, for_update: bool = False) -> type[WebhookForm]:  # noqa: FBT001, FBT002
        return WebhookForm

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("<int:pk>/deliveries/", Deliveries.as_view(), name="deliveries"),
            path("<int:pk>/rotate/", Rotate.as_view(), name="rotate"),
            path("<int:pk>/on/", SwitchOn.as_view(), name="on"),
            path("<int:pk>/off/", SwitchOff.as_view(), name="off"),
            path("<int:pk>/again/<int:delivery>/", SendAgain.as_view(), name="again"),
        ]


def _next_try(delivery: WebhookDelivery) -> str:
    """The moment of it in the city's time; what is delivered or given up has none."""
    if delivery.state != WebhookDelivery.State.WAITING:
        return "–"
    return date_format(timezone.localtime(delivery.next_at), "SHORT_DATETIME_FORMAT")


def _person(request: HttpRequest) -> AbstractBaseUser:
    return cast(AbstractBaseUser, request.user)


def _show_secret(request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    facts = {"endpoint": endpoint, "icon": "link-external"}
    return secret_page(request, SECRET_PAGE, secret=secret, **facts)
