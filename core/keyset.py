"""Lists read by SQL, a page after a place in their order: nothing is counted or skipped over."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from core.pagination import CursorUnknown, seal, unseal
from core.sql import Rows, Sql, all_of, any_of, listed


@dataclass(frozen=True)
class Key:
    """One of the expressions that a list is ordered by; nulls come last in it.

    Where nothing is null an index that knows no order of nulls can be read.
    """

    value: Sql
    descending: bool = False
    nullable: bool = True

    @property
    def order(self) -> Sql:
        """As it stands behind ORDER BY."""
        way = "DESC" if self.descending else "ASC"
        nulls = " NULLS LAST" if self.nullable else ""
        return Sql(f"{self.value.text} {way}{nulls}", self.value.params)

    def equals(self, place: Any) -> Sql:
        if place is None:
            return Sql(f"{self.value.text} IS NULL", self.value.params)
        return Sql(f"{self.value.text} = %s", (*self.value.params, place))

    def beyond(self, place: Any) -> Sql:
        """What comes after `place`; after a null comes nothing."""
        if place is None:
            return Sql("false")
        sign = "<" if self.descending else ">"
        further = Sql(f"{self.value.text} {sign} %s", (*self.value.params, place))
        if not self.nullable:
            return further
        return any_of([further, Sql(f"{self.value.text} IS NULL", self.value.params)])


@dataclass(frozen=True)
class Stretch:
    """The rows of one page of a list, and the cursor of the next one; None at the end."""

    rows: Rows
    next: str | None


@dataclass(frozen=True)
class KeysetList:
    """A list in the order of `keys`, the last of which tells rows apart.

    The values of the keys stand behind the columns. `scope` names the list and its filters: a
    cursor is good for that alone.
    """

    columns: str
    table: str
    where: Sql
    keys: Sequence[Key]
    scope: str

    def query(self, *, cursor: str | None, size: int) -> Sql:
        """The `size` rows after a cursor, and one more. Raises `CursorUnknown`."""
        where = self.where
        if cursor is not None:
            where = all_of([where, _after(self.keys, unseal(cursor, path=self.scope))])
        order = ordered_by(self.keys)
        places = listed(key.value for key in self.keys)
        found = f"SELECT {self.columns}, {places.text} FROM {self.table} WHERE {where.text}"
        params = (*places.params, *where.params, *order.params, size + 1)
        return Sql(f"{found} ORDER BY {order.text} LIMIT %s", params)

    def stretch(self, rows: Rows, *, size: int) -> Stretch:
        """What `query` found, and the cursor that leads on."""
        if len(rows) <= size:
            return Stretch(rows, None)
        place = json.loads(json.dumps(rows[size - 1][-len(self.keys) :], cls=DjangoJSONEncoder))
        return Stretch(rows[:size], seal(path=self.scope, place=place))


def ordered_by(keys: Iterable[Key]) -> Sql:
    """What stands behind ORDER BY."""
    return listed(key.order for key in keys)


def _after(keys: Sequence[Key], place: list[Any]) -> Sql:
    """Beyond in the first key, or equal in it and beyond in the second, and so on."""
    if len(place) != len(keys):
        raise CursorUnknown
    ways, same = [], [Sql("true")]
    for key, value in zip(keys, place, strict=True):
        ways.append(all_of([*same, key.beyond(value)]))
        same.append(key.equals(value))
    return any_of(ways)
