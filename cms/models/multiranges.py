"""Multiranges of PostgreSQL, for which Django has no field: many stretches in one column."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Stretch = tuple[Any, Any]


class MultirangeField(models.Field):
    """Any number of stretches, each from its first value up to its last, that one excluded.

    Written as an iterable of pairs; an end of None is open. Asked by `@>` whether a value lies in
    one of them.
    """

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(**{"default": list, **options, "editable": False})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, arguments, options = super().deconstruct()
        return name, path, [self.kind, *arguments], options

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return self.kind

    def get_prep_value(self, value: Iterable[Stretch]) -> str:
        stretches = (f"[{first},{'' if last is None else last})" for first, last in value)
        return "{" + ",".join(stretches) + "}"
