"""What recording reads of a person's dated facts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sql import Sql, fetch
from marketplace.models import Home
from marketplace.models.people import IN_FORCE, in_force

DAYS = st.dates(date(2023, 12, 1), date(2024, 3, 31))


@pytest.mark.django_db
@given(begun=st.lists(DAYS, min_size=1, max_size=5, unique=True), day=DAYS)
def test_sql_and_python_name_the_same_row_in_force(begun: list[date], day: date) -> None:
    rows = "SELECT valid_from FROM unnest(%s::date[]) AS dated (valid_from)"
    [(by_sql,)] = fetch(Sql(f"{rows} ORDER BY {IN_FORCE} LIMIT 1", (begun, day, day)))
    by_python = in_force([Home(valid_from=each) for each in begun], day)

    assert by_python is not None
    assert by_sql == by_python.valid_from
