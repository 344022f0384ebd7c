"""The audit log: one door to write to it, read by the person it is about."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model, QuerySet

from core import request_id
from core.models import AuditEntry


def record(
    *,
    actor: AbstractBaseUser | None,
    action: str,
    subject: Model | None = None,
    subject_user: AbstractBaseUser | None = None,
    purpose: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write that `actor` did or saw `action`, in the caller's transaction.

    `actor` is None for the system itself. `detail` holds ids and names of fields, never a NIP,
    a name of a person or an amount. The roles that the actor has now are kept with it.
    A `subject` that is the person of `subject_user` (its class says `named_by_user`) is not named
    as well: the user's key leads nowhere once the person is erased, and no entry joins the two.
    """
    return AuditEntry.objects.create(
        actor_id=actor.pk if actor else None,
        actor_roles=_roles_of(actor),
        action=action,
        **_named(subject, user=subject_user),
        subject_user_id=subject_user.pk if subject_user else None,
        purpose=purpose,
        detail=detail or {},
        request_id=request_id.current(),
    )


def record_each(
    subjects: Iterable[tuple[Model, AbstractBaseUser | None, dict[str, Any]]],
    *,
    actor: AbstractBaseUser | None,
    action: str,
    purpose: str = "",
) -> None:
    """Write the same of many: what each is about, whom it concerns, and the detail of it."""
    roles = _roles_of(actor)
    entries = [
        AuditEntry(
            actor_id=actor.pk if actor else None,
            actor_roles=roles,
            action=action,
            **_named(subject, user=person),
            subject_user_id=person.pk if person else None,
            purpose=purpose,
            detail=detail,
            request_id=request_id.current(),
        )
        for subject, person, detail in subjects
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=500)


def about(user: AbstractBaseUser) -> QuerySet[AuditEntry]:
    """The entries that `user` may read because they are about them, newest first."""
    return AuditEntry.objects.filter(subject_user_id=user.pk).order_by("-pk")


def _named(subject: Model | None, *, user: AbstractBaseUser | None) -> dict[str, str]:
    if subject is None or (user is not None and getattr(subject, "named_by_user", False)):
        return {}
    return {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}


def _roles_of(actor: AbstractBaseUser | None) -> str:
    if actor is None:
        return ""
    groups = actor.groups  # type: ignore[attr-defined]  # our user has them
    return " ".join(groups.order_by("name").values_list("name", flat=True))
