"""The purchases are drawn from hashes: the same city gets the same ones."""

import hashlib

import pytest
from django.db import connection

from demo.money import SEED

pytestmark = pytest.mark.django_db

FIRST_DRAWS = """
SELECT ('x' || substr(md5(%s || ':a:' || i), 1, 8))::bit(32)::bigint / 4294967296.0::float8
FROM generate_series(1, 20) AS i
"""


def test_postgresql_draws_what_python_would() -> None:
    with connection.cursor() as cursor:
        cursor.execute(FIRST_DRAWS, [SEED])
        drawn = [row[0] for row in cursor.fetchall()]

    assert drawn == [
        int(hashlib.md5(f"{SEED}:a:{i}".encode(), usedforsecurity=False).hexdigest()[:8], 16)
        / 2**32
        for i in range(1, 21)
    ]
    assert all(0 <= draw < 1 for draw in drawn)
