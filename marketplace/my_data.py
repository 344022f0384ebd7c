"""What is kept of one ASN, told to them: on their page, in their app, in what they take along."""

from typing import Any

from django.db.models import Count, Q

from core import audit, secrets
from marketplace import consents, letters, nip, own_goal, receipts, recognition
from marketplace.models import Asn, Purchase
from marketplace.purchases import purchases_of


def kept_of(asn: Asn) -> dict[str, Any]:
    """Everything by its kind; of purchases, apps and looks how many, for they have their pages."""
    return {
        "account": _account(asn),
        "personnel": _personnel(asn),
        "homes": [_home(row) for row in asn.homes.select_related("region").order_by("valid_from")],
        "workplaces": [
            _place(row) for row in asn.workplaces.select_related("region").order_by("valid_from")
        ],
        "postings": [
            {"from": row.valid_from, "agency": row.agency.name}
            for row in asn.postings.select_related("agency").order_by("valid_from")
        ],
        "goal": own_goal.goal_of(asn),
        "letters": letters.chosen_by(asn).value,
        "recognition": _recognition(asn),
        "consent": _consent(asn),
        "kept": _counts(asn),
    }


def everything_of(asn: Asn) -> dict[str, Any]:
    """All that `kept_of` tells, and each purchase, decision, app and look."""
    user = asn.user
    return kept_of(asn) | {
        "consents": [
            {"at": each.at, "decision": each.kind, "version": each.text.version}
            for each in asn.consent_decisions.select_related("text").order_by("pk")
        ],
        "purchases": [_purchase(each) for each in _purchases(asn)],
        "apps": [
            {"name": app.name, "since": app.created_at, "until": app.expires_at}
            for app in (user.tokens.usable() if user else [])
        ],
        "looks": [
            {"at": look.at, "by": look.actor_roles, "action": look.action, "purpose": look.purpose}
            for look in (audit.about(user).iterator(chunk_size=500) if user else [])
        ],
    }


def _account(asn: Asn) -> dict[str, Any]:
    user = asn.user
    return {
        "username": user.username if user else "",
        "email": user.email if user else "",
        "since": user.date_joined if user else None,
    }


def _personnel(asn: Asn) -> dict[str, Any]:
    """As the personnel office brought it. The NIP says a birth date: it is masked here, too."""
    return {
        "name": asn.name,
        "nip": nip.mask(secrets.decrypt(asn.nip_encrypted)),
        "kind": asn.get_kind_display(),
        "email": asn.email,
        "phone": asn.phone,
    }


def _place(row: Any) -> dict[str, Any]:
    return {"from": row.valid_from, "code": row.region_id, "name": row.region.name}


def _home(row: Any) -> dict[str, Any]:
    return _place(row) | {"rw": row.rw, "rt": row.rt, "by_you": row.by_person}


def _recognition(asn: Asn) -> dict[str, Any]:
    standing = recognition.standing_of(asn)
    return {
        "agency": standing.agency.name if standing.agency else None,
        "kelurahan": standing.place.name if standing.place else None,
        "agreed_at": standing.agreed_at,
    }


def _consent(asn: Asn) -> dict[str, Any]:
    standing = consents.standing_of(asn)
    return {
        "given": standing.given,
        "given_at": standing.given_at,
        "withdrawn_at": standing.withdrawn_at,
        "erased_at": standing.erased_at,
    }


def _counts(asn: Asn) -> dict[str, int]:
    user = asn.user
    bought = Purchase.objects.filter(buyer_id=asn.buyer_id).aggregate(
        purchases=Count("pk"),
        voided=Count("void"),
        receipts=Count("receipt", filter=~Q(receipt__file="")),
    )
    return {
        **bought,
        "apps": user.tokens.usable().count() if user else 0,
        "looks": audit.about(user).count() if user else 0,
    }


def _purchases(asn: Asn) -> Any:
    mine = purchases_of(asn).select_related("decision").prefetch_related("evidence", "marks")
    mine = mine.order_by("day", "public_id")
    return mine.iterator(chunk_size=500)


def _purchase(bought: Purchase) -> dict[str, Any]:
    void = getattr(bought, "void", None)
    decision = getattr(bought, "decision", None)
    return {
        "id": bought.public_id,
        "day": bought.day,
        "recorded_at": bought.recorded_at,
        "shop": bought.umkm.standing.name,
        "shop_place": bought.shop_place_id,
        "home": bought.home_id,
        "ring": bought.ring,
        "amount": bought.amount,
        "payment": bought.payment,
        "note": bought.note,
        "items": [
            {"product": item.product.full_name, "quantity": item.quantity, "amount": item.amount}
            for item in bought.items.all()
        ],
        "evidence": [each.kind for each in bought.evidence.all()],
        "photo": receipts.name_of(bought),
        "marks": [each.rule for each in bought.marks.all()],
        "decision": decision.verdict if decision else None,
        "decision_reason": decision.reason if decision else "",
        "voided_at": void.voided_at if void else None,
        "void_reason": void.reason if void else "",
        "replaces": bought.replaces.public_id if bought.replaces else None,
    }
