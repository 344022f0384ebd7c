"""The notices that concern a person, and who stands in while they are away."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.sidebar import MenuItem as Component
from wagtail.admin.viewsets.base import ViewSet

from accounts.models import User
from core.errors import Refusal
from social import mail_choices, notices, reminding
from social.admin.menu import DeskMenuItem, counted
from social.admin.pace_forms import DayInput
from social.admin.views import APPROVE, DeskPage, DeskView, first_error, words_of
from social.models import Absence, Kind, MailChoice

MOST = 100


class AwayForm(forms.Form):
    """From when until when, and who is reminded meanwhile."""

    substitute = forms.ModelChoiceField(
        label=gettext_lazy("Substitute"), queryset=User.objects.none()
    )
    first = forms.DateField(label=gettext_lazy("First day"), widget=DayInput)
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput)

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(data)
        others = notices.concerned(Kind.WAITING_FOR_APPROVAL).exclude(pk=person.pk)
        self.fields["substitute"].queryset = others  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """In order, told beside the field."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return cleaned


class MailForm(forms.Form):
    """Which notices come by mail."""

    which = forms.ChoiceField(
        label=gettext_lazy("By mail I want"),
        choices=MailChoice.Which.choices,
    )


class Notices(DeskPage):
    """What is open and this person can do something about."""

    template_name = "social/admin/notices.html"
    page_title = gettext_lazy("Notices")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The notices, what comes by mail, and one's own absences."""
        person = self.person
        mine = Absence.objects.filter(person=person, last__gte=timezone.localdate())
        return super().get_context_data(
            notices=notices.open_for(person)[:MOST],
            absences=mine.select_related("substitute"),
            may_sign=person.has_perm(APPROVE),
            mail_form=MailForm(initial={"which": mail_choices.choice_of(person)}),
            urgent=[kind.label for kind in Kind if kind in mail_choices.URGENT],
            form=kwargs.pop("form", None) or AwayForm(person),
            **kwargs,
        )


class BeAway(Notices):
    """Say that one is away."""

    any_of = (APPROVE,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, or show what is wrong."""
        form = AwayForm(self.person, request.POST)
        if form.is_valid():
            try:
                reminding.be_away(self.person, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, words_of(refusal))
            else:
                messages.success(request, _("Saved. Your substitute is reminded meanwhile."))
                return redirect("social_notices:notices")
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ChooseMail(DeskView):
    """Say which notices come by mail: for oneself alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it; what is no choice changes nothing."""
        form = MailForm(request.POST)
        if form.is_valid():
            mail_choices.choose(self.person, MailChoice.Which(form.cleaned_data["which"]))
            messages.success(request, _("Saved."))
        else:
            messages.error(request, first_error(form))
        return redirect("social_notices:notices")


class ComeBack(DeskView):
    """Take one's own absence back."""

    any_of = (APPROVE,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Gone already is gone."""
        reminding.come_back(self.person, pk)
        return redirect("social_notices:notices")


class NoticesMenuItem(DeskMenuItem):
    """The notices, with how many are open that this person can do something about."""

    def render_component(self, request: HttpRequest) -> Component:
        """Made anew for each request: the item itself is everybody's."""
        shown = super().render_component(request)
        number = notices.open_for(cast(User, request.user)).count()
        shown.label = counted(self.label, number)
        return shown


class NoticeViewSet(ViewSet):
    """What the people of the desk should know."""

    name = "social_notices"
    url_prefix = "media-sosial/pemberitahuan"
    icon = "info-circle"
    menu_label = gettext_lazy("Notices")
    menu_name = "social-notices"
    menu_item_class = NoticesMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, and one's own absence."""
        return [
            path("", Notices.as_view(), name="notices"),
            path("surel/", ChooseMail.as_view(), name="mail"),
            path("pergi/", BeAway.as_view(), name="away"),
            path("<int:pk>/kembali/", ComeBack.as_view(), name="back"),
        ]
