"""What was planned is written, many people in each statement.

The caller holds the transaction and the lock `WRITE_PERSONNEL`, and has planned with `locking`.
"""

from collections.abc import Sequence

from accounts.models import User
from core import audit, secrets
from marketplace import nip
from marketplace.models import Asn, Buyer, FormerNip, Home, Posting
from marketplace.nip import Nip
from marketplace.personnel import reopen_sign_ins
from marketplace.personnel_file.planning import CONTACT, Leads, Plan
from marketplace.personnel_file.reading import Person

BATCH = 1_000
SAID = [*CONTACT, "left_on", "home_in_file"]
NUMBER = ["kind", "nip_encrypted", "nip_digest", "nip_key_version"]


def write_plans(plans: Sequence[Plan], *, by: User | None, purpose: str) -> None:
    """Enter the people who are new, renew the others, and tell those who have an account."""
    new = [plan for plan in plans if plan.writes and plan.asn is None]
    old = [plan for plan in plans if plan.writes and plan.asn is not None]
    _enter([said for plan in new if (said := plan.person)])
    _keep_former_numbers([plan for plan in old if plan.leads(Leads.RENUMBERED)])
    _renew(old)
    _move(old)
    reopen_sign_ins([plan.asn for plan in old if plan.asn and plan.leads(Leads.RETURNED)], by=by)
    _tell(old, by=by, purpose=purpose)


def _enter(people: Sequence[Person]) -> None:
    asns = [_asn(person) for person in people]
    theirs = [digest for person in people if person.number_is_theirs for digest in _digests(person)]
    if theirs:
        FormerNip.objects.filter(nip_digest__in=theirs).delete()
    Buyer.objects.bulk_create([asn.buyer for asn in asns], batch_size=BATCH)
    Asn.objects.bulk_create(asns, batch_size=BATCH)
    pairs = list(zip(asns, people, strict=True))
    Home.objects.bulk_create([_home(asn, person) for asn, person in pairs], batch_size=BATCH)
    Posting.objects.bulk_create([_posting(asn, person) for asn, person in pairs], batch_size=BATCH)


def _digests(person: Person) -> list[str]:
    return nip.digests(person.nip)


def _asn(person: Person) -> Asn:
    asn = Asn(
        name=person.name,
        email=person.email,
        phone=person.phone,
        left_on=person.left_on,
        home_in_file=person.home,
        buyer=Buyer(),
    )
    _number(asn, person.nip)
    return asn


def _number(asn: Asn, number: Nip) -> None:
    asn.kind = number.kind
    asn.nip_encrypted = secrets.encrypt(number.digits)
    asn.nip_digest, asn.nip_key_version = nip.digest(number)


def _home(asn: Asn, person: Person) -> Home:
    return Home(
        asn=asn,
        region=person.region,
        rw=person.rw,
        rt=person.rt,
        valid_from=person.valid_from,
    )


def _posting(asn: Asn, person: Person) -> Posting:
    return Posting(asn=asn, agency=person.agency, valid_from=person.valid_from)


def _keep_former_numbers(plans: Sequence[Plan]) -> None:
    """Who gets an earlier number back has it no longer as a former one."""
    if not plans:
        return
    back = [digest for plan in plans if plan.person for digest in _digests(plan.person)]
    FormerNip.objects.filter(nip_digest__in=back).delete()
    FormerNip.objects.bulk_create(
        FormerNip(
            asn=plan.asn,
            nip_encrypted=plan.asn.nip_encrypted,
            nip_digest=plan.asn.nip_digest,
            nip_key_version=plan.asn.nip_key_version,
        )
        for plan in plans
        if plan.asn
    )


def _renew(plans: Sequence[Plan]) -> None:
    changed = []
    for plan in plans:
        asn, person = plan.asn, plan.person
        if asn is None or person is None:
            continue
        for name in CONTACT:
            setattr(asn, name, getattr(person, name))
        if plan.leads(Leads.RENUMBERED):
            _number(asn, person.nip)
        if plan.leads(Leads.LEAVES) or plan.leads(Leads.RETURNED):
            asn.left_on = person.left_on
        asn.home_in_file = person.home
        changed.append(asn)
    numbers = NUMBER if any(plan.leads(Leads.RENUMBERED) for plan in plans) else []
    if changed:  # an upsert of rows that are there and locked: quicker than many an update
        Asn.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*SAID, *numbers],
            batch_size=BATCH,
        )


def _move(plans: Sequence[Plan]) -> None:
    """A second word about the same day takes the place of the first."""
    moved = [plan for plan in plans if plan.leads(Leads.MOVED)]
    posted = [plan for plan in plans if plan.leads(Leads.POSTED)]
    day = {"update_conflicts": True, "unique_fields": ["asn", "valid_from"]}
    homes = [_home(plan.asn, plan.person) for plan in moved if plan.asn and plan.person]
    postings = [_posting(plan.asn, plan.person) for plan in posted if plan.asn and plan.person]
    if homes:
        Home.objects.bulk_create(
            homes,
            update_fields=["region", "rw", "rt", "by_person"],
            **day,  # type: ignore[arg-type]
        )
    if postings:
        Posting.objects.bulk_create(
            postings,
            update_fields=["agency"],
            **day,  # type: ignore[arg-type]
        )


def _tell(plans: Sequence[Plan], *, by: User | None, purpose: str) -> None:
    """In the audit log, by names of fields alone; who has an account reads it there."""
    told = [plan for plan in plans if plan.asn and plan.changes]
    users = User.objects.in_bulk(
        [plan.asn.user_id for plan in told if plan.asn and plan.asn.user_id]
    )
    audit.record_each(
        [
            (plan.asn, users.get(plan.asn.user_id), {"what": [each.what for each in plan.changes]})
            for plan in told
            if plan.asn
        ],
        actor=by,
        action="asn.renewed_from_file",
        purpose=purpose,
    )
