"""A checked file becomes pages, whatever breaks off, and can be taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import StringIO
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, Revision

from accounts.models import User
from cms.imports import applying, runs, undoing
from cms.models import ImportLine, ImportRun, ProductPage, UmkmPage
from cms.tasks import carry_import, carry_stale_imports
from core.models import AuditEntry, OutboxEvent
from marketplace.models import Product, Region, Umkm
from tests.cms.factories import ProductPageFactory, UmkmPageFactory
from tests.cms.imports import actions, applied, carried, checked, outcomes, undone
from tests.cms.spreadsheets import PRODUCT_HEADINGS, SHOP_HEADINGS, csv_file
from tests.marketplace.factories import (
    PurchaseFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place")]

Action, Outcome = ImportLine.Action, ImportLine.Outcome
SHOP = ["Keripik Bu Siti", "Kuliner", "Sukun", "Keripik tempe tipis."]
PRODUCT = ["Keripik Bu Siti", "Sukun", "Keripik Tempe", "12.000", "bungkus"]


def shops(number: int) -> list[list[str]]:
    return [[f"Toko {n}", *SHOP[1:]] for n in range(number)]


def test_a_published_import_makes_live_pages_that_are_registered(client: Client) -> None:
    run = applied(SHOP_HEADINGS, SHOP)
    products = applied(PRODUCT_HEADINGS, PRODUCT)

    page = UmkmPage.objects.get(title="Keripik Bu Siti")
    product = ProductPage.objects.get(title="Keripik Tempe")
    assert (run.state, products.state) == (ImportRun.State.DONE, ImportRun.State.DONE)
    assert page.umkm.status == Umkm.Status.LISTED
    assert product.get_parent().pk == page.pk
    assert (product.product.price, product.product.unit) == (12_000, "bungkus")
    assert client.get(product.url).status_code == 200
    assert [each.pk for each in UmkmPage.objects.search("keripik")] == [page.pk]
    assert Page.find_problems() == ([], [], [], [], [])


def test_an_import_of_drafts_shows_nothing_yet(client: Client) -> None:
    applied(SHOP_HEADINGS, SHOP, publishes=False)

    page = UmkmPage.objects.get(title="Keripik Bu Siti")
    assert not page.live
    assert page.umkm is None
    assert client.get(page.url).status_code == 404
    page.get_latest_revision().publish()
    page.refresh_from_db()
    assert page.umkm.name == "Keripik Bu Siti"


@pytest.mark.parametrize("publishes", [True, False])
def test_the_same_file_twice_changes_nothing(publishes: bool) -> None:
    rows = [SHOP_HEADINGS, SHOP, *shops(3)]
    applied(*rows, publishes=publishes)
    stood = list(Revision.objects.values_list("pk", flat=True))
    told = OutboxEvent.objects.count()

    again = applied(*rows, publishes=publishes)

    assert actions(again) == [Action.SAME] * 4
    assert list(Revision.objects.values_list("pk", flat=True)) == stood
    assert OutboxEvent.objects.count() == told


def test_a_change_is_a_revision_in_the_name_of_who_started_it(editor: User, place: Region) -> None:
    page = UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner")

    applied(SHOP_HEADINGS, SHOP, by=editor)

    page.refresh_from_db()
    assert page.summary == "Keripik tempe tipis."
    revision = page.get_latest_revision()
    assert revision.user == editor
    assert Revision.page_revisions.filter(object_id=page.pk).count() == 2  # what it said before


def test_a_change_that_is_not_published_waits_as_a_draft(place: Region) -> None:
    page = UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner")

    applied(SHOP_HEADINGS, SHOP, publishes=False)

    page.refresh_from_db()
    assert page.summary == "Soto ayam kampung sejak pagi."
    assert page.get_latest_revision_as_object().summary == "Keripik tempe tipis."


def test_a_page_that_is_not_live_is_not_published_by_a_change(place: Region) -> None:
    page = UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner", live=False)

    applied(SHOP_HEADINGS, SHOP)

    page.refresh_from_db()
    assert not page.live
    assert page.get_latest_revision_as_object().summary == "Keripik tempe tipis."


def test_what_happened_between_the_dry_run_and_the_start_is_seen(place: Region) -> None:
    run = checked(SHOP_HEADINGS, SHOP, ["Toko Dua", *SHOP[1:]])
    UmkmPageFactory(
        title="Keripik Bu Siti", region=place, category_id="kuliner", summary="Keripik tempe tipis."
    )

    carried(runs.start_import(run, by=None, publishes=True))

    assert actions(run) == [Action.SAME, Action.CREATE]
    assert UmkmPage.objects.count() == 2


def test_a_run_is_started_once(editor: User) -> None:
    run = checked(SHOP_HEADINGS, SHOP)
    runs.start_import(run, by=editor, publishes=True)

    with pytest.raises(runs.NotNow):
        runs.start_import(run, by=editor, publishes=True)

    entry = AuditEntry.objects.get(action="import.started")
    assert (entry.actor_id, entry.subject_id) == (editor.pk, str(run.pk))


def test_a_worker_that_dies_loses_one_piece_and_the_next_goes_on() -> None:
    run = checked(SHOP_HEADINGS, *shops(5))
    runs.start_import(run, by=None, publishes=True)
    add = applying.add_pages
    dies_at_the_second = mock.Mock(side_effect=[add, DatabaseError("gone")])

    def add_or_die(*args: object, **kwargs: object) -> None:
        dies_at_the_second()(*args, **kwargs)

    with (
        mock.patch.object(applying, "PIECE", 2),
        mock.patch.object(applying, "add_pages", add_or_die),
        pytest.raises(DatabaseError),
    ):
        runs.carry(run.pk, seconds=60)
    assert UmkmPage.objects.count() == 2

    carried(run)

    assert UmkmPage.objects.count() == 5
    assert outcomes(run) == [Outcome.APPLIED] * 5


def test_a_worker_that_dies_while_it_changes_leaves_no_page_half_done() -> None:
    applied(SHOP_HEADINGS, *shops(5))
    run = checked(SHOP_HEADINGS, *([*shop[:3], "Lain."] for shop in shops(5)))
    runs.start_import(run, by=None, publishes=True)

    with dying_at_the_second("cms.bulk_edits.log_deeds"):
        runs.carry(run.pk, seconds=60)

    assert [page.summary for page in UmkmPage.objects.order_by("pk")] == [
        *["Lain."] * 2,
        *[SHOP[3]] * 3,
    ]
    assert Revision.page_revisions.count() == 5 + 2
    assert outcomes(run) == [*[Outcome.APPLIED] * 2, *[Outcome.WAITING] * 3]
    carried(run)
    assert {page.summary for page in UmkmPage.objects.all()} == {"Lain."}
    assert Revision.page_revisions.count() == 5 + 5

    runs.undo_import(run, by=None)
    with dying_at_the_second("cms.bulk_edits.log_deeds"):
        runs.carry(run.pk, seconds=60)

    assert outcomes(run) == [*[Outcome.APPLIED] * 3, *[Outcome.UNDONE] * 2]
    assert [page.summary for page in UmkmPage.objects.order_by("pk")] == [
        *["Lain."] * 3,
        *[SHOP[3]] * 2,
    ]
    carried(run)
    assert {page.summary for page in UmkmPage.objects.all()} == {SHOP[3]}


def test_a_worker_that_dies_while_it_deletes_leaves_whole_pages() -> None:
    run = applied(SHOP_HEADINGS, *shops(5))
    runs.undo_import(run, by=None)

    with dying_at_the_second("cms.bulk_removal._forget_references"):
        runs.carry(run.pk, seconds=60)

    assert UmkmPage.objects.live().count() == Umkm.objects.listed().count() == 3
    assert Page.find_problems() == ([], [], [], [], [])
    carried(run)
    assert outcomes(run) == [Outcome.UNDONE] * 5
    assert not UmkmPage.objects.exists()


@contextmanager
def dying_at_the_second(name: str) -> Iterator[None]:
    """Pieces of two lines, of which the second breaks off when it comes to a function."""
    app, _, function = name.rpartition(".")
    does = getattr(import_module(app), function)
    calls = mock.Mock(side_effect=[does, DatabaseError("gone")])
    with (
        mock.patch.object(applying, "PIECE", 2),
        mock.patch.object(undoing, "PIECE", 2),
        mock.patch(name, lambda *args, **kwargs: calls()(*args, **kwargs)),
        pytest.raises(DatabaseError),
    ):
        yield


def test_a_row_that_the_catalogue_does_not_take_stops_no_other() -> None:
    applied(SHOP_HEADINGS, *shops(5))
    run = checked(SHOP_HEADINGS, *([*shop[:3], "Lain."] for shop in shops(5)))
    UmkmPage.objects.filter(title="Toko 3").update(whatsapp="bukan nomor")

    carried(runs.start_import(run, by=None, publishes=True))

    assert actions(run) == [*[Action.CHANGE] * 3, Action.REFUSE, Action.CHANGE]
    [told] = run.lines.get(action=Action.REFUSE).reasons
    assert told["reason"] == "page-refuses"
    assert UmkmPage.objects.filter(summary="Lain.").count() == 4


def test_a_page_that_something_points_at_is_kept_and_the_others_go() -> None:
    run = applied(SHOP_HEADINGS, *shops(3))
    kept = UmkmPage.objects.get(title="Toko 1")
    remove = undoing.remove_pages

    def remove_unprotected(pages: list[UmkmPage], *, by: User | None) -> None:
        if kept in pages:
            raise ProtectedError("in use", set())
        remove(pages, by=by)

    with mock.patch.object(undoing, "remove_pages", remove_unprotected):
        undone(run)

    assert outcomes(run) == [Outcome.UNDONE, Outcome.KEPT, Outcome.UNDONE]
    assert run.lines.get(outcome=Outcome.KEPT).reasons[0]["reason"] == "in-use"


def test_a_run_that_lies_still_is_found_by_the_next_tick() -> None:
    run = checked(SHOP_HEADINGS, SHOP)
    runs.start_import(run, by=None, publishes=True)
    assert list(runs.stale_runs()) == []
    ImportRun.objects.update(touched_at=timezone.now() - 2 * runs.STALE_AFTER)

    with mock.patch.object(carry_import, "apply_async") as handed_out:
        carry_stale_imports()

    assert handed_out.call_args.kwargs["args"] == (run.pk,)
    carry_import(run.pk)
    carry_import(run.pk)  # delivered twice
    assert outcomes(run) == [Outcome.APPLIED]
    assert list(runs.stale_runs()) == []


def test_undo_deletes_what_was_made_and_reverts_what_was_changed(place: Region) -> None:
    page = UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner")
    run = applied(SHOP_HEADINGS, SHOP, *shops(2))

    undone(run)

    page.refresh_from_db()
    run.refresh_from_db()
    assert run.state == ImportRun.State.UNDONE
    assert outcomes(run) == [Outcome.UNDONE] * 3
    assert page.summary == page.umkm.page.specific.summary == "Soto ayam kampung sejak pagi."
    assert page.live
    assert not page.has_unpublished_changes
    assert list(UmkmPage.objects.all()) == [page]
    assert Page.find_problems() == ([], [], [], [], [])


def test_undo_of_drafts_leaves_the_live_page_as_it_is(place: Region) -> None:
    page = UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner")
    run = applied(SHOP_HEADINGS, SHOP, *shops(1), publishes=False)

    undone(run)

    page.refresh_from_db()
    assert UmkmPage.objects.count() == 1
    assert page.summary == "Soto ayam kampung sejak pagi."
    assert page.get_latest_revision_as_object().summary == "Soto ayam kampung sejak pagi."


def test_after_undo_the_same_file_can_be_imported_anew() -> None:
    run = undone(applied(SHOP_HEADINGS, SHOP))

    again = applied(SHOP_HEADINGS, SHOP)

    assert (outcomes(run), outcomes(again)) == ([Outcome.UNDONE], [Outcome.APPLIED])


def test_undo_keeps_what_an_editor_has_worked_on_since(place: Region) -> None:
    changed = UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner")
    run = applied(SHOP_HEADINGS, SHOP, *shops(3))
    for title in ("Keripik Bu Siti", "Toko 0"):
        page = UmkmPage.objects.get(title=title)
        page.address = "Jl. Baru"
        page.save_revision().publish()
    UmkmPage.objects.get(title="Toko 1").unpublish()

    undone(run)

    changed.refresh_from_db()
    assert outcomes(run) == [Outcome.KEPT, Outcome.KEPT, Outcome.KEPT, Outcome.UNDONE]
    assert (changed.summary, changed.address) == ("Keripik tempe tipis.", "Jl. Baru")


def test_undo_keeps_a_shop_that_has_got_products() -> None:
    run = applied(SHOP_HEADINGS, SHOP)
    ProductPageFactory(parent=UmkmPage.objects.get())

    assert outcomes(undone(run)) == [Outcome.KEPT]


def test_undo_takes_a_shop_from_view_where_somebody_has_bought() -> None:
    run = applied(SHOP_HEADINGS, SHOP)
    umkm = Umkm.objects.get(name="Keripik Bu Siti")
    PurchaseFactory(umkm=umkm)

    undone(run)

    umkm.refresh_from_db()
    page = UmkmPage.objects.get()
    assert outcomes(run) == [Outcome.UNPUBLISHED]
    assert not page.live
    assert (umkm.page_id, umkm.status) == (page.pk, Umkm.Status.CLOSED)


def test_products_are_taken_back_and_withdrawn() -> None:
    applied(SHOP_HEADINGS, SHOP)
    run = applied(PRODUCT_HEADINGS, PRODUCT)

    undone(run)

    assert not ProductPage.objects.exists()
    assert Product.objects.get().status == Product.Status.WITHDRAWN


def test_only_a_finished_import_can_be_taken_back() -> None:
    with pytest.raises(runs.NotNow):
        runs.undo_import(checked(SHOP_HEADINGS, SHOP), by=None)


def test_the_tally_tells_how_far_a_run_is() -> None:
    run = checked(SHOP_HEADINGS, *shops(3), ["", "", "", ""], ["x", "", "", ""])
    runs.start_import(run, by=None, publishes=True)
    before = runs.tally(run)

    carried(run)

    assert (before.total, before.to_carry, before.carried) == (4, 3, 0)
    assert runs.tally(run).carried == 3
    assert runs.tally(run).actions[Action.REFUSE] == 1


def test_a_checked_file_waits_for_somebody_to_start_it() -> None:
    run = checked(SHOP_HEADINGS, SHOP)

    assert not runs.carry(run.pk, seconds=60)

    assert not UmkmPage.objects.exists()


def test_an_operator_looks_first_and_then_applies(tmp_path: Path) -> None:
    path = tmp_path / "toko.csv"
    path.write_bytes(csv_file([SHOP_HEADINGS, SHOP, ["", "", "", "x"]]))
    out, err = StringIO(), StringIO()

    call_command("import_catalogue", path, stdout=out, stderr=err)
    assert not UmkmPage.objects.exists()
    call_command("import_catalogue", path, "--apply", stdout=out, stderr=err)

    assert UmkmPage.objects.get().live
    assert "Nama UMKM" in err.getvalue()


def test_an_operator_is_told_of_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "kosong.csv"
    path.write_bytes(b"")

    with pytest.raises(CommandError):
        call_command("import_catalogue", path)
    with pytest.raises(CommandError):
        call_command("import_catalogue", tmp_path / "tidak-ada.csv")
