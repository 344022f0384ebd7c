"""The work queue of proposed shops: thin doors to the rules, each with its own right.

A proposal is looked up by its place and name; one that is gone was decided by somebody else.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse_lazy
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.viewsets.base import ViewSet

from accounts.desk import DeskPage, menu_item_for
from accounts.models import User
from cms.admin.forms import ListForm, MergeForm, RefuseForm
from cms.proposals import list_proposal, may_list
from core.errors import Refusal
from marketplace import nearby, proposals
from marketplace.errors import UmkmNotProposed
from marketplace.models import Region, Umkm

PER_PAGE = 25
DECIDE = "marketplace.change_umkm"


class ProposalsPage(DeskPage):
    """A page below the registry, for who may decide what it holds."""

    right = DECIDE
    header_icon = "help"
    breadcrumbs_items = [
        *DeskPage.breadcrumbs_items,
        {"url": reverse_lazy("umkm_registry:index"), "label": gettext_lazy("UMKM registry")},
    ]


class Queue(ProposalsPage):
    """What waits, often named first, narrowed by kecamatan."""

    template_name = "cms/admin/proposals.html"
    page_title = gettext_lazy("Proposed shops")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of the queue, each shop with its address."""
        places = list(_places())
        within = next((one for one in places if one.pk == self.request.GET.get("within")), None)
        page = Paginator(proposals.waiting(within=within), PER_PAGE).get_page(
            self.request.GET.get("p")
        )
        return super().get_context_data(
            page=page,
            proposed=[_row(umkm) for umkm in page],
            places=places,
            within=within,
            narrowed=urlencode({"within": within.pk}) if within else "",
            may_list=may_list(self.person),
            **kwargs,
        )


class Decision(ProposalsPage):
    """One decision on one proposal: a form, a rule, and back to the queue with what came of it."""

    form_class: type[Form]
    done: str | Promise = ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        queue = {"url": reverse_lazy("umkm_proposals:queue"), "label": Queue.page_title}
        return [*self.breadcrumbs_items, queue, {"url": "", "label": self.get_page_title()}]

    def get_page_subtitle(self) -> str:
        return self.umkm.name

    @cached_property
    def umkm(self) -> Umkm:
        """The proposed shop, or `UmkmNotProposed`."""
        return proposals.at_address(self.kwargs["address"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form."""
        try:
            return self.render_to_response(self.get_context_data(form=self.make_form()))
        except UmkmNotProposed:
            return self._already_decided()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide, or show what is wrong; a second editor is told that it is done."""
        try:
            form = self.make_form(request.POST)
            if form.is_valid():
                try:
                    self.decide(form)
                except UmkmNotProposed:
                    raise
                except Refusal as refusal:
                    form.add_error(None, str(refusal.detail or refusal.title))
                else:
                    messages.success(request, self.done % {"name": self.umkm.name})
                    return redirect("umkm_proposals:queue")
            return self.render_to_response(self.get_context_data(form=form), status=422)
        except UmkmNotProposed:
            return self._already_decided()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The shop in question beside the form."""
        return super().get_context_data(umkm=self.umkm, **kwargs)

    def make_form(self, data: Any = None) -> Form:
        """The decision's form; the proposal has to be there for it."""
        _found = self.umkm
        return self.form_class(data)

    def decide(self, form: Any) -> None:
        """The rule behind the button."""
        raise NotImplementedError

    def _already_decided(self) -> HttpResponse:
        messages.warning(
            self.request,
            _("Somebody has already decided about this shop. Nothing was changed now."),
        )
        return redirect("umkm_proposals:queue")


class ListIt(Decision):
    """Give it a page, for who may publish one."""

    template_name = "cms/admin/list_proposal.html"
    page_title = gettext_lazy("List this shop")
    done = gettext_lazy("“%(name)s” is listed. Photo, hours and products can be added to its page.")

    def may_open(self, person: User) -> bool:
        return super().may_open(person) and may_list(person)

    def make_form(self, data: Any = None) -> Form:
        return ListForm(self.umkm, data)

    def decide(self, form: ListForm) -> None:
        list_proposal(self.kwargs["address"], form.listing(), actor=self.person)


class Merge(Decision):
    """Say which listed shop was meant."""

    template_name = "cms/admin/merge_proposal.html"
    page_title = gettext_lazy("Merge with a listed shop")
    form_class = MergeForm
    done = gettext_lazy("“%(name)s” is merged. Its purchases keep the place where they were made.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Listed shops by the words searched for; at first those that share a word of the name."""
        asked = self.request.GET.get("q")
        words = (asked or "").replace("\0", "").strip()[:100]
        found = (
            nearby.shops_named(words, home=self.umkm.region)
            if words
            else nearby.shops_alike(self.umkm)
        )
        return super().get_context_data(words=words, found=found, **kwargs)

    def decide(self, form: MergeForm) -> None:
        proposals.merge(self.kwargs["address"], into=form.cleaned_data["into"], actor=self.person)


class Refuse(Decision):
    """Do not list it, and say why."""

    template_name = "cms/admin/refuse_proposal.html"
    page_title = gettext_lazy("Do not list this shop")
    form_class = RefuseForm
    done = gettext_lazy("“%(name)s” is not listed. Whoever bought there reads your reason.")

    def decide(self, form: RefuseForm) -> None:
        proposals.refuse(
            self.kwargs["address"], reason=form.cleaned_data["reason"], actor=self.person
        )


class Proposals(ViewSet):
    """The queue, below the registry, and one address per decision."""

    name = "umkm_proposals"
    url_prefix = "umkm-registry/usulan"
    menu_label = gettext_lazy("Proposed shops")
    icon = "help"
    menu_order = 291
    menu_item_class = menu_item_for(DECIDE)
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Queue.as_view(), name="queue"),
            path("<str:address>/daftarkan/", ListIt.as_view(), name="list"),
            path("<str:address>/gabungkan/", Merge.as_view(), name="merge"),
            path("<str:address>/tolak/", Refuse.as_view(), name="refuse"),
        ]


def _places() -> Any:
    """What the queue can be narrowed to: each kecamatan, and everywhere outside the city."""
    levels = Q(level__in=[Region.Level.KECAMATAN, Region.Level.OUTSIDE])
    return Region.objects.filter(levels).order_by("level", "name", "code")


def _row(umkm: Any) -> dict[str, Any]:
    return {
        "umkm": umkm,
        "band": proposals.Band(umkm.band),
        "address": proposals.address_of(umkm),
    }
