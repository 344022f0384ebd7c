"""Secrets of second factors, channels and webhooks, written anew with the first of FIELD_KEYS.

They are few, so all are looked at each time; one row is one transaction, and a killed run is run
again. NIP have a command of their own: they are many, and looked up as well (marketplace).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import transaction
from django.db.models import Model

from core import secrets

SEALED = "gAAAA"
"""How everything that `core.secrets` encrypts begins."""


@dataclass
class Renewal:
    """What was done."""

    renewed: int = 0
    unreadable: list[str] = field(default_factory=list)
    """Rows that none of the keys opens."""


def renew() -> Renewal:
    """Look at every row that holds a secret; afterwards no older key is needed for them."""
    done = Renewal()
    for model, columns in _holders():
        for pk in model._default_manager.order_by("pk").values_list("pk", flat=True):
            _renew_row(model, pk, columns, done)
    return done


def _holders() -> Iterator[tuple[type[Model], tuple[str, ...]]]:
    """Each table whose class says which columns are sealed, and that of second factors."""
    yield Authenticator, ("data",)
    for model in apps.get_models():
        columns: tuple[str, ...] = getattr(model, "sealed_columns", ())
        if columns:
            yield model, columns


@transaction.atomic
def _renew_row(model: type[Model], pk: Any, columns: tuple[str, ...], done: Renewal) -> None:
    row = model._default_manager.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        return
    before = {column: getattr(row, column) for column in columns}
    try:
        after = {column: _renewed(value) for column, value in before.items()}
    except InvalidToken:
        done.unreadable.append(f"{model._meta.label} {pk}")
        return
    if after != before:
        model._default_manager.filter(pk=pk).update(**after)
        done.renewed += 1


def _renewed(value: Any) -> Any:
    """A value with each sealed text in it as the first key would write it."""
    if isinstance(value, dict):
        return {key: _renewed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_renewed(each) for each in value]
    if isinstance(value, str) and value.startswith(SEALED):
        return secrets.renewed(value) or value
    return value
