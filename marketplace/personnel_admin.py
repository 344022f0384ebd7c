"""Personnel files in Wagtail's admin, for administrators: bring, look, start or drop, follow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse_lazy
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.viewsets.base import ViewSet

from accounts.desk import DeskPage, menu_item_for
from accounts.models import User
from core import audit
from core.sheet_forms import SheetForm
from core.spreadsheets import MIME
from marketplace.models import Agency, Asn, PersonnelLine, PersonnelRun, Region
from marketplace.personnel_file import runs
from marketplace.personnel_file.lines import Kept, opened
from marketplace.personnel_file.reasons import told
from marketplace.personnel_file.template import template
from marketplace.tasks import carry_personnel

RIGHT = "marketplace.add_personnelrun"
PER_PAGE = 50
RUNS_SHOWN = 20
REFRESH_SECONDS = 3

Leads = PersonnelLine.Leads
HEADINGS: dict[str, str | Promise] = {
    "nip": "NIP",
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "agency_code": "OPD",
    "home_kelurahan": gettext_lazy("Home"),
    "left_on": gettext_lazy("Last day"),
}


class PersonnelPage(DeskPage):
    """Any page of personnel files; no cache may keep one."""

    right = RIGHT
    header_icon = "group"
    breadcrumbs_items = [
        *DeskPage.breadcrumbs_items,
        {"url": reverse_lazy("personnel:list"), "label": gettext_lazy("Personnel")},
    ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer


class PersonnelFiles(PersonnelPage):
    """Bring a file, take a template, or look what became of files."""

    template_name = "marketplace/admin/personnel.html"
    page_title = gettext_lazy("Personnel from a file")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SheetForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        file = form.cleaned_data["file"]
        run = runs.bring_file(content=file.read(), file_name=file.name, by=self.person)
        hand_over(run)
        return redirect("personnel:run", run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        brought = PersonnelRun.objects.defer("content").select_related("by")[:RUNS_SHOWN]
        return super().get_context_data(**{"form": SheetForm(), "runs": brought, **kwargs})


class PersonnelRunPage(PersonnelPage):
    """One file: what it would change, how far it is, what became of it."""

    template_name = "marketplace/admin/personnel_run.html"

    @cached_property
    def run(self) -> PersonnelRun:
        return get_object_or_404(PersonnelRun.objects.defer("content"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.run.file_name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self._lines(), PER_PAGE).get_page(self.request.GET.get("p"))
        waiting = self.run.lines.filter(is_waiting=True).count()
        return super().get_context_data(
            run=self.run,
            refusal=told(self.run.refusal) if self.run.refusal else "",
            boxes=self._boxes(),
            leads=self.leads,
            page=page,
            rows=told_lines(page, by=self.person, run=self.run),
            narrowed=f"leads={self.leads}",
            refresh=REFRESH_SECONDS if self.run.is_moving else None,
            waiting=waiting,
            total=self.run.counts.get(runs.ALL, 0),
            done=self.run.counts.get(runs.ALL, 0) - waiting,
            **kwargs,
        )

    @property
    def leads(self) -> str:
        """What somebody wants to see only, or all."""
        asked = self.request.GET.get("leads", "")
        return asked if asked in Leads.values else ""

    def _lines(self) -> Any:
        """None while the file moves: nobody reads rows that change, and each look is logged."""
        if self.run.is_moving:
            return PersonnelLine.objects.none()
        lines = self.run.lines.order_by("row")
        return lines.filter(leads_to__contains=[self.leads]) if self.leads else lines

    def _boxes(self) -> list[tuple[str, Any, int]]:
        """What the rows lead to, each with its number; what there is none of is left out."""
        counts = self.run.counts
        every = [("", _("All"), counts.get(runs.ALL, 0))]
        return every + [(each.value, each.label, counts[each]) for each in Leads if each in counts]


class Step(PersonnelPage):
    """A step that a person takes."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(PersonnelRun, pk=pk)
        try:
            hand_over(self.take(run))
        except runs.NotNow:
            messages.warning(request, _("This import has moved on meanwhile."))
        return redirect("personnel:run", run.pk)

    def take(self, run: PersonnelRun) -> PersonnelRun:
        raise NotImplementedError


class Start(Step):
    """Let what was shown be written; a worker does it."""

    def take(self, run: PersonnelRun) -> PersonnelRun:
        return runs.start(run, by=self.person)


class Drop(Step):
    """Forget the file."""

    def take(self, run: PersonnelRun) -> PersonnelRun:
        return runs.drop(run, by=self.person)


class Template(PersonnelPage, View):
    """The file to begin with."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        if form not in MIME:
            raise Http404
        disposition = {"Content-Disposition": f'attachment; filename="templat-pegawai.{form}"'}
        return HttpResponse(template(form), content_type=MIME[form], headers=disposition)


def hand_over(run: PersonnelRun) -> None:
    """Let a worker know; if it never hears of it, beat finds the run."""
    if run.is_moving:
        transaction.on_commit(lambda: carry_personnel.delay(run.pk), robust=True)


# --- What a row is told as -----------------------------------------------------------------------


@dataclass(frozen=True)
class ToldLine:
    """A line with its words."""

    line: PersonnelLine
    kept: Kept
    leads_to: list[str]
    reasons: list[str]
    changes: list[tuple[str | Promise, str, str, str]]


def told_lines(lines: Iterable[PersonnelLine], *, by: User, run: PersonnelRun) -> list[ToldLine]:
    """Lines as an administrator reads them; that they were looked at is told to each person."""
    kept = [(line, opened(line)) for line in lines]
    _note_look([said.asn for _line, said in kept if said.asn], by=by, run=run)
    names: dict[str, str] = dict(Region.objects.places().values_list("code", "name"))
    agencies = dict(Agency.objects.values_list("code", "abbreviation"))
    return [_told(line, said, names, agencies) for line, said in kept]


def _note_look(keys: list[int], *, by: User, run: PersonnelRun) -> None:
    seen = Asn.objects.filter(pk__in=keys, user__isnull=False).select_related("user")
    audit.record_each(
        [(asn, asn.user, {}) for asn in seen],
        actor=by,
        action="asn.row_seen",
        purpose=f"personnel file {run.pk}",
    )


def _told(
    line: PersonnelLine, said: Kept, names: Mapping[str, str], agencies: Mapping[str, str]
) -> ToldLine:
    changes = [
        (
            HEADINGS[what],
            _shown(what, before, names, agencies),
            _shown(what, after, names, agencies),
            _day(since) if since else "",
        )
        for what, before, after, since in said.changes
    ]
    labels = [str(Leads(each).label) for each in line.leads_to]
    return ToldLine(line, said, labels, [told(reason) for reason in line.reasons], changes)


def _shown(what: str, value: str, names: Mapping[str, str], agencies: Mapping[str, str]) -> str:
    if not value:
        return "–"
    if what == "left_on":
        return _day(value)
    if what == "agency_code":
        return agencies.get(value, value)
    return _home(value, names) if what == "home_kelurahan" else value


def _home(line: str, names: Mapping[str, str]) -> str:
    code, rw, rt = line.split("/")
    parts = [names.get(code, code), f"RW {rw}" if rw else "", f"RT {rt}" if rt else ""]
    return ", ".join(part for part in parts if part)


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "j F Y")


# --- Where it hangs ------------------------------------------------------------------------------


class PersonnelViewSet(ViewSet):
    """Personnel, under its own menu item, for administrators."""

    name = "personnel"
    url_prefix = "pegawai"
    menu_label = gettext_lazy("Personnel")
    icon = "group"
    menu_order = 295
    menu_item_class = menu_item_for(RIGHT)
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", PersonnelFiles.as_view(), name="list"),
            path("templat.<slug:form>", Template.as_view(), name="template"),
            path("<int:pk>/", PersonnelRunPage.as_view(), name="run"),
            path("<int:pk>/mulai/", Start.as_view(), name="start"),
            path("<int:pk>/buang/", Drop.as_view(), name="drop"),
        ]

    def get_menu_url(self) -> str:
        return str(reverse_lazy("personnel:list"))
