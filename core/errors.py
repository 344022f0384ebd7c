"""What a rule raises when it says no. Each app's errors.py names its own refusals."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A rule said no; nothing was written. Shown as an RFC 9457 problem of this `type`.

    A `type` that has been released never changes: apps decide by it what to tell their people.
    `fields` names what is wrong per field of the request, `extra` adds members to the problem,
    `retry_after` is in seconds; a class may set further `headers`.
    """

    type: ClassVar[str] = "refused"
    title: ClassVar[str | Promise] = _("This cannot be done.")
    status: ClassVar[int] = 400
    headers: Mapping[str, str] = {}

    def __init__(
        self,
        detail: str | Promise = "",
        *,
        fields: dict[str, list[Any]] | None = None,
        extra: dict[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(self.type)
        self.detail = detail
        self.fields = fields or {}
        self.extra = extra or {}
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.type  # reaches logs: the detail may repeat what a person typed
