"""Files of shops and products in the admin: bring, look, start, follow, take back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import PagePermissionTester

from accounts.desk import DeskPage
from accounts.models import User
from cms.imports import runs
from cms.imports.checking import bring_file
from cms.imports.filling import LISTED
from cms.imports.planning import HEADINGS
from cms.imports.reasons import told
from cms.imports.templates import template
from cms.models import ImportLine, ImportRun, UmkmIndexPage
from cms.tasks import carry_import
from core.sheet_forms import SheetForm
from core.spreadsheets import MIME
from marketplace.models import Category, Region

PER_PAGE = 50
RUNS_SHOWN = 20
REFRESH_SECONDS = 3


def rights(person: User) -> PagePermissionTester | None:
    """What this person may do in the catalogue; None while there is none."""
    catalogue = UmkmIndexPage.objects.first()
    return catalogue.permissions_for_user(person) if catalogue else None


def may_import(person: User) -> bool:
    """Whoever may add pages to the catalogue may bring a file of them."""
    tester = rights(person)
    return bool(tester and tester.can_add_subpage())


class ImportPage(DeskPage):
    """Any page of the imports, for who may add to the catalogue."""

    header_icon = "upload"
    breadcrumbs_items = [
        *DeskPage.breadcrumbs_items,
        {"url": reverse_lazy("imports:list"), "label": gettext_lazy("Import")},
    ]

    def may_open(self, person: User) -> bool:
        return may_import(person)


class Imports(ImportPage):
    """Bring a file, take a template, or look at what was brought before."""

    template_name = "cms/admin/imports.html"
    page_title = gettext_lazy("Bring shops and products from a file")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SheetForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        file = form.cleaned_data["file"]
        run = bring_file(content=file.read(), file_name=file.name, by=self.person)
        hand_over(run)
        return redirect("imports:run", run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs_brought = ImportRun.objects.defer("content").select_related("by")[:RUNS_SHOWN]
        context = {"form": SheetForm(), "runs": runs_brought, "kinds": ImportRun.Kind, **kwargs}
        return super().get_context_data(**context)


class ImportRunPage(ImportPage):
    """One file: its dry run, how far it is, what became of it."""

    template_name = "cms/admin/import_run.html"

    @cached_property
    def run(self) -> ImportRun:
        return get_object_or_404(ImportRun.objects.defer("content"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.run.file_name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self._lines(), PER_PAGE).get_page(self.request.GET.get("p"))
        tester = rights(self.person)
        return super().get_context_data(
            run=self.run,
            refusal=told(self.run.refusal) if self.run.refusal else "",
            tally=runs.tally(self.run),
            boxes=self._boxes(),
            action=self.action,
            page=page,
            rows=told_lines(self.run, page),
            narrowed=urlencode({"action": self.action}),
            refresh=REFRESH_SECONDS if self.run.is_moving else None,
            may_publish=bool(tester and tester.can_publish_subpage()),
            **kwargs,
        )

    @property
    def action(self) -> str:
        """One outcome that there is, or all of them."""
        asked = self.request.GET.get("action", "")
        return asked if asked in ImportLine.Action.values else ""

    def _lines(self) -> Any:
        lines = self.run.lines.order_by("row")
        return lines.filter(action=self.action) if self.action else lines

    def _boxes(self) -> list[tuple[str, Any, int]]:
        """What the rows lead to, each with its number."""
        counted = runs.tally(self.run).actions
        every = [("", _("All"), counted.total())]
        return every + [(each.value, each.label, counted[each]) for each in ImportLine.Action]


class Step(ImportPage):
    """A step that a person takes; the worker does the rest."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ImportRun, pk=pk)
        try:
            hand_over(self.take(run))
        except runs.NotNow:
            messages.warning(request, _("This import has moved on meanwhile."))
        return redirect("imports:run", run.pk)

    def take(self, run: ImportRun) -> ImportRun:
        raise NotImplementedError


class Start(Step):
    """Let a checked file become pages."""

    def take(self, run: ImportRun) -> ImportRun:
        tester = rights(self.person)
        may_publish = bool(tester and tester.can_publish_subpage())
        publishes = may_publish and self.request.POST.get("publish") == "yes"
        return runs.start_import(run, by=self.person, publishes=publishes)


class Undo(Step):
    """Take a finished import back."""

    def take(self, run: ImportRun) -> ImportRun:
        return runs.undo_import(run, by=self.person)


class Template(ImportPage, View):
    """The file to begin with."""

    def get(self, request: HttpRequest, kind: str, form: str) -> HttpResponse:
        if kind not in ImportRun.Kind.values or form not in MIME:
            raise Http404
        name = "templat-umkm" if kind == ImportRun.Kind.UMKM else "templat-produk"
        disposition = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
        return HttpResponse(template(kind, form), content_type=MIME[form], headers=disposition)


def hand_over(run: ImportRun) -> None:
    """Let a worker know; if it never hears of it, beat finds the run."""
    if run.is_moving:
        transaction.on_commit(lambda: carry_import.delay(run.pk), robust=True)


# --- What a row is told as -----------------------------------------------------------------------


@dataclass(frozen=True)
class ToldLine:
    """A line with its words: why it is refused, or what changes from what to what."""

    line: ImportLine
    reasons: list[str]
    changes: list[tuple[str, Any, Any]]


def told_lines(run: ImportRun, lines: Iterable[ImportLine]) -> list[ToldLine]:
    """Lines as their reader reads them."""
    names: dict[Any, str] = dict(Region.objects.kelurahan().values_list("code", "name"))
    names.update(Category.objects.values_list("slug", "name"))
    return [_told(run, line, names) for line in lines]


def _told(run: ImportRun, line: ImportLine, names: Mapping[Any, str]) -> ToldLine:
    headings = HEADINGS[run.kind]
    changes = [
        (headings.get(key, key), _shown(key, old, names), _shown(key, line.after[key], names))
        for key, old in line.before.items()
        if key in line.after  # lines of before there was one have none
    ]
    return ToldLine(line, [told(reason) for reason in line.reasons], changes)


def _shown(key: str, value: Any, names: Mapping[Any, str]) -> Any:
    if key in LISTED:
        return LISTED[key].told(value) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if key in ("category_id", "region_id"):
        return names.get(value, value)
    return "–" if value in (None, "") else value


# --- Where it hangs ------------------------------------------------------------------------------


class ImportMenuItem(MenuItem):
    """Shown to who may open it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_import(request.user)


class ImportViewSet(ViewSet):
    """Import, under its own menu item."""

    name = "imports"
    url_prefix = "impor"
    menu_label = gettext_lazy("Import")
    icon = "upload"
    menu_order = 125
    menu_item_class = ImportMenuItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Imports.as_view(), name="list"),
            path("templat/<slug:kind>.<slug:form>", Template.as_view(), name="template"),
            path("<int:pk>/", ImportRunPage.as_view(), name="run"),
            path("<int:pk>/mulai/", Start.as_view(), name="start"),
            path("<int:pk>/batalkan/", Undo.as_view(), name="undo"),
        ]

    def get_menu_url(self) -> str:
        return str(reverse_lazy("imports:list"))
