"""Invented people: the same each time, with numbers whose parts make sense."""

from datetime import date
from itertools import islice

from demo.money import a_year_before
from demo.people import people
from demo.pictured import variant_for
from demo.signins import SIGN_INS
from marketplace.nip import parse_nip

TODAY = date(2026, 11, 24)
PLACES = ["35.73.01.1001", "35.73.02.1001"]
AGENCIES = ["SETDA", "DINKES"]


def invented(count: int) -> list[dict[str, str]]:
    return [row.cells for row in people(count, places=PLACES, agencies=AGENCIES)]


def test_the_same_people_come_each_time() -> None:
    assert invented(300) == invented(300)


def test_every_number_is_a_nip_of_its_own() -> None:
    numbers = [cells["nip"] for cells in invented(3_000)]

    assert len(set(numbers)) == 3_000
    assert {parse_nip(number, today=TODAY).kind for number in numbers} == {"pns", "pppk"}


def test_a_few_live_outside_the_city() -> None:
    homes = [cells["home_kelurahan"] for cells in invented(1_000)]

    assert 0 < homes.count("outside") < 100


def test_nobody_is_named_like_a_real_person() -> None:
    """The last word of each name says that it is made up."""
    made_up = ("Andai", "Angan", "Cerita", "Contoh", "Fikti", "Ibarat", "Imaji", "Karang")
    made_up += ("Khayal", "Lakon", "Misal", "Permisal", "Reka", "Semisal", "Umpama")

    for cells in islice(invented(1_000), 200):
        assert cells["name"].split()[-1].startswith(made_up)


def test_the_year_shown_begins_with_a_whole_month() -> None:
    assert a_year_before(TODAY) == date(2025, 11, 1)


def test_each_sign_in_has_a_name_a_password_and_a_purpose() -> None:
    assert len({sign_in.username for sign_in in SIGN_INS}) == len(SIGN_INS)
    assert all(len(sign_in.password) >= 10 and sign_in.may for sign_in in SIGN_INS)


def test_a_name_gets_the_picture_of_what_it_says() -> None:
    assert variant_for("kuliner", "Soto Ayam Koya Gurih", number=0) == 3
    assert variant_for("minuman", "Es Kopi Susu Gula Aren", number=0) == 1
    assert variant_for("kuliner", "Tahu Telur Petis", number=7) == 2
