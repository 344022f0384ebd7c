"""The pages of the channels: which there are, how each stands, how one is connected."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import Refusal
from social import (
    breaker,
    budgets,
    connecting,
    desk,
    health,
    receiving,
    retiring,
    signing,
    signing_in,
)
from social.admin.channel_forms import ChannelForm, CredentialsForm, NameForm
from social.admin.views import MANAGE, DeskPage, DeskView, words_of
from social.channels import ADAPTERS, Capabilities, adapter_of, format_of, is_connected
from social.channels.sign_in import Account
from social.credentials import known_of
from social.models import Channel, ChannelHealth
from social.reasons import told


class ChannelsPage(DeskPage):
    """A page below the list of channels."""

    breadcrumbs_items = [
        *DeskPage.breadcrumbs_items,
        {"url": reverse_lazy("social_desk_channels:list"), "label": gettext_lazy("Channels")},
    ]
    header_icon = "site"


class Channels(DeskPage):
    """The channels: where posts go, and whether they do."""

    template_name = "social/admin/channels.html"
    page_title = gettext_lazy("Channels")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each channel with what its platform can do."""
        channels = [
            {
                "channel": channel,
                "capabilities": adapter_of(channel).capabilities,
                "format": format_of(channel),
                "is_connected": is_connected(channel),
            }
            for channel in Channel.objects.select_related("health", "rest").order_by(
                F("retired_at").asc(nulls_first=True), "name", "pk"
            )
        ]
        may_manage = self.request.user.has_perm(MANAGE)
        return super().get_context_data(channels=channels, may_manage=may_manage, **kwargs)


class ChannelPage(ChannelsPage):
    """One channel: how it stands, what it takes, what it costs."""

    template_name = "social/admin/channel.html"

    def get_page_title(self) -> str:
        """Its name."""
        return self.channel.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """All that may be shown of it."""
        self.channel = channel = _channel(self.kwargs["slug"])
        found = _health_of(channel)
        return super().get_context_data(
            channel=channel,
            capabilities=adapter_of(channel).capabilities,
            needs=adapter_of(channel).needs,
            format=format_of(channel),
            facts=connecting.facts_of(channel),
            is_connected=is_connected(channel),
            health=found,
            is_ending=found is not None and health.is_ending(found),
            rest=breaker.rest_of(channel),
            gauges=[(one, budgets.used(channel, one)) for one in budgets.limits_of(channel)],
            can_be_tested=health.tells_health(channel),
            may_manage=self.request.user.has_perm(MANAGE),
            **kwargs,
        )


class ChoosePlatform(ChannelsPage):
    """Which platform a new channel is on."""

    any_of = (MANAGE,)
    template_name = "social/admin/choose_platform.html"
    page_title = gettext_lazy("New channel")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """All that are installed."""
        platforms = [(key, adapter.capabilities) for key, adapter in ADAPTERS.items()]
        return super().get_context_data(platforms=platforms, **kwargs)


class AddChannel(ChannelsPage):
    """Connect one more account: its name at the desk, and what its platform needs."""

    any_of = (MANAGE,)
    template_name = "social/admin/add_channel.html"

    def get_page_title(self) -> str:
        """Which platform it is."""
        return _("New channel: %(platform)s") % {"platform": self.capabilities.label}

    @property
    def platform(self) -> str:
        """The platform in the address. Raises Http404 for one that is not installed."""
        platform: str = self.kwargs["platform"]
        if platform not in ADAPTERS:
            raise Http404
        return platform

    @property
    def capabilities(self) -> Capabilities:
        return ADAPTERS[self.platform].capabilities

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, empty or with its errors."""
        kwargs.setdefault("form", ChannelForm(self.platform))
        kwargs.setdefault("credentials", CredentialsForm(self.platform, known={}))
        kwargs["platform"] = self.platform
        can_sign_in = signing_in.signs_in(self.platform) is not None
        return super().get_context_data(
            capabilities=self.capabilities, can_sign_in=can_sign_in, **kwargs
        )

    def post(self, request: HttpRequest, platform: str) -> HttpResponse:
        """Connect it, or show what is wrong; no secret is shown again."""
        form = ChannelForm(self.platform, request.POST)
        credentials = CredentialsForm(self.platform, request.POST, known={})
        if form.is_valid() and credentials.is_valid():
            try:
                channel = connecting.connect_channel(
                    platform=self.platform,
                    **form.cleaned_data,
                    brought=credentials.cleaned_data,
                    by=self.person,
                )
            except Refusal as refusal:
                credentials.tell(refusal)
            else:
                return _tested(request, channel)
        context = self.get_context_data(form=form, credentials=credentials)
        return self.render_to_response(context, status=422)


class SignIn(AddChannel):
    """Send somebody to the platform to sign in: the next page has the link that leads there.

    A link, not a redirect: the policy of our forms lets them lead to no other site.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, platform: str) -> HttpResponse:
        """Begin, for a new channel or one that is there."""
        wanted = self._wanted(request)
        if isinstance(wanted, ChannelForm):
            return self.render_to_response(self.get_context_data(form=wanted), status=422)
        try:
            server = request.POST.get("address", "").strip()
            address = signing_in.begin(request.session, wanted, server=server)
        except Refusal as refusal:
            messages.error(request, words_of(refusal))
            return redirect("social_desk_channels:choose")
        context = self.get_context_data(address=address)
        return self.response_class(request, "social/admin/sign_in.html", context)

    def _wanted(self, request: HttpRequest) -> signing_in.Wanted | ChannelForm:
        """What is to be connected, or the form that says what is wrong with it."""
        platform, slug = self.platform, request.POST.get("channel", "")
        if slug:
            channel = get_object_or_404(Channel.objects.in_use(), slug=slug, platform=platform)
            return signing_in.Wanted(platform=platform, channel=channel.slug)
        form = ChannelForm(platform, request.POST)
        if not form.is_valid():
            return form
        return signing_in.Wanted(platform=platform, **form.cleaned_data)


class SignedIn(DeskView):
    """Where a platform sends somebody back to, with a code or without."""

    http_method_names = ["get"]
    any_of = (MANAGE,)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Connect the account, or ask which one."""
        said = request.GET
        try:
            pending = signing_in.finish(
                request.session, state=said.get("state", ""), code=said.get("code", "")
            )
            if len(pending.accounts) == 1:
                return _connected(request, pending.wanted, pending.accounts[0], by=self.person)
        except Refusal as refusal:
            messages.error(request, words_of(refusal))
            return redirect("social_desk_channels:choose")
        signing_in.keep_choice(request.session, pending)
        return redirect("social_desk_channels:account")


class ChooseAccount(ChannelsPage):
    """Which of several accounts is the city's."""

    any_of = (MANAGE,)
    template_name = "social/admin/choose_account.html"
    page_title = gettext_lazy("Which account?")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Their names."""
        return super().get_context_data(
            names=signing_in.names_to_choose(self.request.session), **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Connect the one that was chosen."""
        number = request.POST.get("account", "")
        try:
            wanted, account = signing_in.chosen(
                request.session, int(number) if number.isdecimal() else -1
            )
            return _connected(request, wanted, account, by=self.person)
        except Refusal as refusal:
            messages.error(request, words_of(refusal))
            return redirect("social_desk_channels:choose")


class ChangeChannel(ChannelsPage):
    """Another name, other credentials."""

    any_of = (MANAGE,)
    template_name = "social/admin/change_channel.html"
    page_title = gettext_lazy("Change channel")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Two forms: what it is called, and what it needs."""
        channel = _channel_in_use(self.kwargs["slug"])
        kwargs.setdefault("form", NameForm(instance=channel))
        if "credentials" not in kwargs:
            known = known_of(channel)
            kwargs["credentials"] = CredentialsForm(channel.platform, known=known)
        capabilities = adapter_of(channel).capabilities
        return super().get_context_data(
            channel=channel,
            platform=channel.platform,
            capabilities=capabilities,
            can_sign_in=signing_in.signs_in(channel.platform) is not None,
            **kwargs,
        )

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Keep other credentials, or show what is wrong."""
        channel = _channel_in_use(slug)
        known = known_of(channel)
        credentials = CredentialsForm(channel.platform, request.POST, known=known)
        if credentials.is_valid():
            try:
                connecting.change_credentials(
                    channel, brought=credentials.cleaned_data, by=self.person
                )
            except Refusal as refusal:
                credentials.tell(refusal)
            else:
                return _tested(request, channel)
        return self.render_to_response(self.get_context_data(credentials=credentials), status=422)


class RenameChannel(DeskView):
    """Another name at the desk."""

    http_method_names = ["post"]
    any_of = (MANAGE,)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Rename, or leave it as it is."""
        channel = _channel(slug)
        form = NameForm(request.POST, instance=channel)
        if form.is_valid():
            connecting.rename_channel(channel, name=form.cleaned_data["name"], by=self.person)
        else:
            messages.error(request, str(form.errors["name"][0]))
        return _to_channel(channel)


class ToggleChannel(DeskView):
    """Pause a channel, or resume it: the address says which."""

    http_method_names = ["post"]
    any_of = (MANAGE,)
    paused = False

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Two rules, one door each."""
        channel = _channel(slug)
        if self.paused:
            desk.pause_channel(channel, by=self.person)
        else:
            try:
                desk.resume_channel(channel, by=self.person)
            except Refusal as refusal:
                messages.error(request, str(refusal.title))
        return _to_channel(channel)


class AskForFigures(DeskView):
    """Ask a platform for figures, where that costs, or stop asking: the address says which."""

    http_method_names = ["post"]
    any_of = (MANAGE,)
    wanted = False

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Back to the channel."""
        channel = _channel(slug)
        receiving.ask_for_figures(channel, by=self.person, wanted=self.wanted)
        return _to_channel(channel)


class AskForSigners(DeskView):
    """Ask for one signature of each post, or for two: the address says which."""

    http_method_names = ["post"]
    any_of = (MANAGE,)
    number = 1

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Back to the channel."""
        channel = _channel(slug)
        signing.ask_for_signers(channel, by=self.person, number=self.number)
        return _to_channel(channel)


class TestChannel(DeskView):
    """Ask the platform now how the account stands; nothing is posted."""

    http_method_names = ["post"]
    any_of = (MANAGE,)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Ask, and show what was said."""
        return _tested(request, _channel_in_use(slug))


class RetireChannel(ChannelsPage):
    """Give an account up: first what that would stop, then the act."""

    any_of = (MANAGE,)
    template_name = "social/admin/retire_channel.html"
    page_title = gettext_lazy("Retire channel")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The posts that would be held or given back, and those that forbid it for now."""
        channel = _channel_in_use(self.kwargs["slug"])
        return super().get_context_data(
            channel=channel,
            waiting=retiring.waiting_on(channel).select_related("channel"),
            under_way=retiring.under_way_on(channel).select_related("channel"),
            **kwargs,
        )

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Retire it, or say what has to be settled first."""
        channel = _channel_in_use(slug)
        try:
            retiring.retire_channel(channel, by=self.person)
        except Refusal as refusal:
            messages.error(request, str(refusal.title))
            return redirect("social_desk_channels:retire", slug)
        messages.success(request, _("%s is no longer used.") % channel.name)
        return _to_channel(channel)


def _connected(
    request: HttpRequest, wanted: signing_in.Wanted, account: Account, *, by: User
) -> HttpResponse:
    """The channel's page, once what the sign-in gave is kept. Raises `Refusal`."""
    return _tested(request, connecting.connect_account(wanted, account, by=by))


def _tested(request: HttpRequest, channel: Channel) -> HttpResponse:
    """Its page, with what its platform says of the account just now."""
    found = health.look_after(channel)
    if found is None:
        messages.success(request, _("Saved."))
    elif found.fault:
        messages.warning(request, _("The platform was not reached: %s") % told(found.fault))
    elif found.problem:
        messages.error(request, str(told(found.problem)))
    else:
        messages.success(request, _("%s answers: the channel can post.") % found.account)
    return _to_channel(channel)


def _health_of(channel: Channel) -> ChannelHealth | None:
    return ChannelHealth.objects.filter(channel=channel).first()


def _channel(slug: str) -> Channel:
    return get_object_or_404(Channel, slug=slug)


def _channel_in_use(slug: str) -> Channel:
    return get_object_or_404(Channel.objects.in_use(), slug=slug)


def _to_channel(channel: Channel) -> HttpResponse:
    return redirect(reverse("social_desk_channels:page", kwargs={"slug": channel.slug}))
