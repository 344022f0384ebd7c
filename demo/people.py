"""3,000 invented ASN, as the personnel office would hand them in, and the demo's sign-ins."""

from collections.abc import Iterator
from datetime import date
from random import Random

from django.contrib.auth.models import Group
from django.db import transaction

from accounts import clients
from accounts.models import ApiClient, User
from accounts.scopes import Scope
from demo import names
from demo.signins import BY_PROVIDER, SIGN_INS, SignIn
from marketplace import consent_texts, consents
from marketplace.models import OUTSIDE, Agency, Asn, Region
from marketplace.personnel import ROLE, activate
from marketplace.personnel_file.loading import import_people
from marketplace.personnel_file.reading import Cells

SEED = 3573
OUTSIDE_SHARE = 0.04
RW_IN_KELURAHAN = 9
RT_IN_RW = 7
AT_WORK_SINCE = date(2020, 1, 1)
FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR = 1969, 1999
FIRST_CONTRACT = "21"


def load_people(count: int) -> None:
    """Import invented people through the personnel office's own door; repeated, it changes none."""
    import_people(people(count, places=_places(), agencies=_agencies()))


def people(count: int, *, places: list[str], agencies: list[str]) -> Iterator[Cells]:
    """The rows of the personnel file: the same for the same count, places and agencies.

    The last one has a NIP that is known beforehand.
    """
    chance = Random(SEED)  # noqa: S311 - invented people, no secret
    for line in range(1, count + 1):
        cells = _cells(chance, line, places=places, agencies=agencies)
        yield Cells(line, {**cells, "nip": BY_PROVIDER} if line == count else cells)


@transaction.atomic
def make_sign_ins() -> None:
    """The users of SIGN_INS with the roles that `write_roles` wrote; ASN are activated in order."""
    asns = list(Asn.objects.exclude(homes__region=OUTSIDE).order_by("pk")[: len(SIGN_INS)])
    for sign_in in SIGN_INS:
        if not User.objects.filter(username=sign_in.username).exists():
            _make(sign_in, asns)


def _make(sign_in: SignIn, asns: list[Asn]) -> None:
    user = User.objects.create_user(
        sign_in.username, f"{sign_in.username}@contoh.invalid", sign_in.password
    )
    if ROLE in sign_in.roles:
        consents.give(activate(asns.pop(0), user), digest=consent_texts.current().digest)
        return
    user.groups.add(*[Group.objects.get(name=role) for role in sign_in.roles])
    if "integrator" in sign_in.roles:
        _make_client(user)


def _make_client(owner: User) -> None:
    """A program to try the API with: its owner makes a secret on their page."""
    client = ApiClient(
        name="Papan harga pasar",
        organisation="Dinas contoh",
        contact="papan@contoh.invalid",
        owner=owner,
        scopes=list(Scope.values),
        expires_at=clients.latest_expiry(),
    )
    clients.add_client(client, by=owner)


def _cells(chance: Random, line: int, *, places: list[str], agencies: list[str]) -> dict[str, str]:
    outside = chance.random() < OUTSIDE_SHARE
    home = OUTSIDE if outside else chance.choice(places)
    return {
        "nip": _nip(chance, line),
        "name": names.person(chance),
        "agency_code": chance.choice(agencies),
        "email": "",
        "phone": "",
        "home_kelurahan": home,
        "rw": "" if outside else str(chance.randint(1, RW_IN_KELURAHAN)),
        "rt": "" if outside else str(chance.randint(1, RT_IN_RW)),
        "valid_from": AT_WORK_SINCE.isoformat(),
    }


def _nip(chance: Random, line: int) -> str:
    """A number whose parts make sense; the sequence and the day of birth keep it unique."""
    year = chance.randint(FIRST_BIRTH_YEAR, LAST_BIRTH_YEAR)
    born = f"{year}{chance.randint(1, 12):02d}{line // 999 % 28 + 1:02d}"
    appointed = min(year + chance.randint(22, 30), 2024)
    block = f"{chance.randint(1, 12):02d}" if chance.random() < 0.75 else FIRST_CONTRACT
    return f"{born}{appointed}{block}{chance.randint(1, 2)}{line % 999 + 1:03d}"


def _places() -> list[str]:
    return list(Region.objects.kelurahan().order_by("code").values_list("code", flat=True))


def _agencies() -> list[str]:
    return list(Agency.objects.order_by("code").values_list("code", flat=True))
