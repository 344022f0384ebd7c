"""Statements that we write, sent in one message."""

import pytest
from django.db import IntegrityError, connection, transaction

from core.sql import Sql, in_one_transaction, send

ONE = Sql("SELECT 1")


@pytest.mark.django_db
def test_each_statement_of_a_message_answers_in_its_turn() -> None:
    table = Sql("CREATE TEMPORARY TABLE said (word text) ON COMMIT DROP")
    insert = Sql("INSERT INTO said VALUES (%s), (%s)", ("a%s; --", "b"))

    assert send(table, insert, Sql("SELECT word FROM said ORDER BY word"), ONE) == [
        [],
        [],
        [("a%s; --",), ("b",)],
        [(1,)],
    ]


@pytest.mark.django_db(transaction=True)
def test_a_message_outside_a_transaction_is_not_sent() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        send(ONE)


@pytest.mark.django_db(transaction=True)
def test_a_rule_in_one_transaction_opens_one_only_where_there_is_none() -> None:
    @in_one_transaction
    def rule() -> int:
        send(Sql("CREATE TABLE half_written (id integer)"))
        raise IntegrityError

    with pytest.raises(IntegrityError):
        rule()
    assert "half_written" not in connection.introspection.table_names()
    with transaction.atomic():
        assert in_one_transaction(lambda: len(connection.savepoint_ids))() == 0
