"""Editors bring a file in the admin, look, start, follow and take back; nobody else may."""

from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from cms.admin import imports as admin
from cms.imports.templates import template
from cms.models import ImportRun, UmkmPage
from cms.tasks import carry_import
from core.models import AuditEntry
from core.sheets import read_sheet
from marketplace.models import Region
from tests.cms.factories import UmkmPageFactory
from tests.cms.imports import applied, carried, checked, checked_file, reasons
from tests.cms.spreadsheets import SHOP_HEADINGS, csv_file, saved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("place")]

SHOP = ["Keripik Bu Siti", "Kuliner", "Sukun", "Keripik tempe tipis."]
LIST = "/admin/impor/"


def upload(content: bytes, name: str = "toko.csv") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, content)}


def test_a_file_is_brought_checked_started_and_taken_back(
    desk: Client, editor: User, django_capture_on_commit_callbacks
) -> None:
    content = csv_file([SHOP_HEADINGS, SHOP, ["", "Kuliner", "Sukun", "x"]])
    with (
        mock.patch.object(carry_import, "delay", carry_import),
        django_capture_on_commit_callbacks(execute=True),
    ):
        answer = desk.post(LIST, upload(content), follow=True)
    run = ImportRun.objects.get()
    answer = desk.get(reverse("imports:run", args=[run.pk]))
    assert "Nama UMKM: Belum diisi." in answer.content.decode()
    assert not UmkmPage.objects.exists()

    for step, state in (("start", ImportRun.State.DONE), ("undo", ImportRun.State.UNDONE)):
        with (
            mock.patch.object(carry_import, "delay", carry_import),
            django_capture_on_commit_callbacks(execute=True),
        ):
            desk.post(reverse(f"imports:{step}", args=[run.pk]), {"publish": "yes"})
        run.refresh_from_db()
        assert run.state == state
        assert UmkmPage.objects.live().count() == (1 if step == "start" else 0)

    assert run.by == editor
    assert AuditEntry.objects.filter(action__startswith="import.", actor_id=editor.pk).count() == 2


def test_the_dry_run_is_narrowed_and_shows_what_changes(desk: Client, place: Region) -> None:
    UmkmPageFactory(title="Keripik Bu Siti", region=place, category_id="kuliner", summary="Lama.")
    run = checked(SHOP_HEADINGS, SHOP, ["Toko Dua", *SHOP[1:]])

    page = desk.get(reverse("imports:run", args=[run.pk]), {"action": "change"})

    shown = page.content.decode()
    assert "<del>Lama.</del>" in shown
    assert "Toko Dua" not in shown


def test_a_page_of_a_moving_run_looks_again_by_itself(desk: Client) -> None:
    run = checked(SHOP_HEADINGS, SHOP)
    address = reverse("imports:run", args=[run.pk])
    assert 'http-equiv="refresh"' not in desk.get(address).content.decode()

    ImportRun.objects.update(state=ImportRun.State.RUNNING)

    assert 'http-equiv="refresh"' in desk.get(address).content.decode()


def test_a_refused_file_says_why(desk: Client) -> None:
    run = checked_file(b"%PDF-1.7\0\1")

    page = desk.get(reverse("imports:run", args=[run.pk]))

    assert "Ini bukan lembar kerja." in page.content.decode()


def test_a_run_is_not_started_twice(desk: Client) -> None:
    run = applied(SHOP_HEADINGS, SHOP)

    answer = desk.post(reverse("imports:start", args=[run.pk]), follow=True)

    assert "sudah berjalan lebih jauh" in answer.content.decode()


def test_only_who_may_publish_publishes(desk: Client, editor: User) -> None:
    run = checked(SHOP_HEADINGS, SHOP)
    tester = mock.Mock(**{"can_add_subpage.return_value": True})
    tester.can_publish_subpage.return_value = False

    with mock.patch.object(admin, "rights", return_value=tester):
        desk.post(reverse("imports:start", args=[run.pk]), {"publish": "yes"})

    carried(run)
    assert not UmkmPage.objects.get().live


@pytest.mark.parametrize("role", ["social_author", "administrator"])
def test_who_may_not_add_shops_may_not_import(client: Client, role: str, editor: User) -> None:
    other = User.objects.create_user("lain", "lain@contoh.id", "kata-sandi-panjang")
    other.groups.add(_group(role))
    client.force_login(other)
    run = checked(SHOP_HEADINGS, SHOP)

    addresses = [LIST, f"{LIST}{run.pk}/", f"{LIST}templat/umkm.csv"]
    assert {client.get(each).status_code for each in addresses} <= {302, 403}
    client.post(f"{LIST}{run.pk}/mulai/")
    run.refresh_from_db()
    assert run.state == ImportRun.State.CHECKED
    assert LIST not in client.get("/admin/").content.decode()


def _group(name: str):
    from django.contrib.auth.models import Group

    return Group.objects.get(name=name)


@pytest.mark.parametrize("kind", ["umkm", "product"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_is_a_file_with_nothing_filled_in(desk: Client, kind: str, form: str) -> None:
    answer = desk.get(f"{LIST}templat/{kind}.{form}")

    assert "attachment" in answer["Content-Disposition"]
    assert len(read_sheet(answer.content).lines) == 3
    assert desk.get(f"{LIST}templat/{kind}.exe").status_code == 404


def test_a_filled_template_is_taken(tmp_path) -> None:
    path = tmp_path / "templat.xlsx"
    path.write_bytes(template("umkm", "xlsx"))
    book = load_workbook(path)
    sheet = book["Isian"]
    headings = [cell.value for cell in sheet[1]]
    sheet.append([{**dict(zip(SHOP_HEADINGS, SHOP, strict=True))}.get(name) for name in headings])

    run = checked_file(saved(book))

    assert reasons(run) == []
    assert [each.row for each in run.lines.all()] == [4]
    assert [cell.value for cell in book["Pilihan"]["B"]] == ["Kelurahan", "Sukun"]


def test_a_page_of_the_dry_run_costs_the_same_for_any_file(
    desk: Client, django_assert_max_num_queries
) -> None:
    run = checked(SHOP_HEADINGS, *([f"Toko {n}", *SHOP[1:]] for n in range(120)))

    with django_assert_max_num_queries(30):
        desk.get(reverse("imports:run", args=[run.pk]))
