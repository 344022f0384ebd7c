"""The figures on the admin's home page: the released ones, each to whom they are for."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import second_factor
from cms.admin.figure_panels import overview, state_of_books
from cms.models import HomePage
from core.money import rupiah
from marketplace import closing, releases
from tests.cms.factories import PhotoFactory
from tests.journeys.roles_table import users_of_roles
from tests.marketplace.city import City, small_city
from tests.marketplace.months import AUGUST, SEPTEMBER, after, neighbours, shop, shops_in

HOME = "/admin/"


@pytest.fixture
def two_months(home: HomePage) -> City:
    """Twelve people shop in August, ten of them in September; both months are closed."""
    city = small_city()
    people, shops = neighbours(city.kelurahan[0], 12), shops_in(city.kelurahan[0], 4)
    for month, buyers in ((AUGUST, people), (SEPTEMBER, people[:10])):
        shop(buyers, shops, day=month.replace(day=14), amount=90_000)
        with after(month):
            closing.close_month(month)
    return city


def home_of(role: str, client: Client) -> str:
    client.force_login(users_of_roles()[role])
    response = client.get(HOME)
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("role", ["coordinator", "leadership"])
def test_who_looks_after_people_finds_the_last_month_beside_others(
    role: str, client: Client, two_months: City
) -> None:
    month = releases.latest_month()
    assert month == SEPTEMBER

    seen = home_of(role, client)

    assert rupiah(releases.figure(releases.city(), month).amount) in seen
    assert "Sekurangnya 10 dari 12 ASN ikut berbelanja. Itu sekurangnya 83%." in seen
    assert "Ditutup 3 Oktober 2026" in seen
    assert "2026 sejauh ini: Rp1.980.000" in seen
    assert "Berikutnya ditutup: Oktober 2026, mulai 3 November 2026." in seen
    assert f'href="{reverse("marketplace_brief")}"' in client.get(HOME).content.decode()


@pytest.mark.parametrize("role", ["editor", "social_author", "social_approver", "administrator"])
def test_everyone_else_at_work_here_finds_what_is_public_and_no_rate(
    role: str, client: Client, two_months: City
) -> None:
    seen = home_of(role, client)

    assert "Rp900.000" in seen
    assert "Sekurangnya 10 dari" not in seen


def test_before_the_first_closing_the_home_page_says_so(client: Client, home: HomePage) -> None:
    small_city()

    assert "Angka pertama muncul" in home_of("leadership", client)


def test_a_month_without_the_same_one_last_year_has_no_figure_there(two_months: City) -> None:
    found = overview()

    assert found is not None
    assert [each.month for each in found.columns] == [SEPTEMBER, AUGUST, date(2025, 9, 1)]
    assert [each.figure is None for each in found.columns] == [False, False, True]
    assert [each.people is None for each in found.columns] == [False, False, True]


def test_as_many_statements_whatever_the_months(
    two_months: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    overview()  # what is released is read once by a process

    with django_assert_max_num_queries(9):
        overview()
        state_of_books()


@pytest.mark.parametrize("role", ["coordinator", "leadership"])
def test_who_reads_figures_here_works_on_nothing(
    role: str, client: Client, two_months: City
) -> None:
    user = users_of_roles()[role]
    client.force_login(user)

    assert user.get_all_permissions() == {"wagtailadmin.access_admin", "marketplace.view_turnout"}
    for address in ("/admin/pages/", "/admin/images/", "/admin/documents/", "/admin/users/"):
        assert client.get(address).status_code in (302, 403), address
    assert "umkm" not in client.get("/admin/choose-page/").json()["html"].lower()
    PhotoFactory()
    for kind in ("pages", "images", "documents"):
        assert client.get(f"/admin/api/main/{kind}/").json()["items"] == [], kind
    assert client.get("/admin/snippets/choose/promotions/promotion/").status_code in (302, 403)


def test_an_editor_is_listed_the_pictures_that_can_be_chosen(desk: Client) -> None:
    photo = PhotoFactory()

    found = desk.get("/admin/api/main/images/").json()["items"]

    assert [each["id"] for each in found] == [photo.pk]


def test_they_need_a_second_factor_as_all_who_work_here(settings: Settings, home: HomePage) -> None:
    settings.MFA_REQUIRED = True

    lacking = {role for role, user in users_of_roles().items() if second_factor.is_lacking(user)}

    assert {"coordinator", "leadership"} <= lacking
