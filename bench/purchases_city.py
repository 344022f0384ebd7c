"""People with a token and shops to buy at, and the table of the bare view.

python -m bench.purchases_city PEOPLE FILE
"""

import io
import json
import secrets
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django
from django.utils import timezone

SHOPS = 200
SINCE = date(2024, 1, 1)
TOKEN_DAYS = 7
BARE_TABLE = """
    CREATE TABLE IF NOT EXISTS bench_insert (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id bigint NOT NULL, umkm uuid NOT NULL, amount integer NOT NULL, day date NOT NULL
    )
"""


def main(people: int, file: Path) -> None:
    """Migrate, make what is missing, and write down each person's token and shop."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic():
        call_command("load_regions", "data/malang_regions.csv", stdout=io.StringIO())
        shops = made_shops(SHOPS)
        users = made_people(people)
        told = [
            {"token": token, "shop": shops[number % len(shops)]}
            for number, token in enumerate(made_tokens(users))
        ]
        with connection.cursor() as cursor:
            cursor.execute(BARE_TABLE)
    file.write_text(json.dumps(told))


def made_shops(wanted: int) -> list[str]:
    """The public ids of listed shops, in every kelurahan if there were too few."""
    from marketplace.models import Category, Region, Umkm

    listed = Umkm.objects.filter(status=Umkm.Status.LISTED)
    missing = wanted - listed.count()
    category, _ = Category.objects.get_or_create(slug="kuliner", defaults={"name": "Kuliner"})
    places = list(Region.objects.kelurahan().order_by("code"))
    Umkm.objects.bulk_create(
        Umkm(
            name=f"Warung Uji {number}",
            category=category,
            region=places[number % len(places)],
            status=Umkm.Status.LISTED,
        )
        for number in range(missing)
    )
    return [str(id_) for id_ in listed.order_by("pk").values_list("public_id", flat=True)]


def made_people(count: int) -> list[Any]:
    """The users of this many ASN, who live in every kelurahan."""
    from accounts.models import User
    from marketplace import consent_texts
    from marketplace.models import Agency, Asn, Buyer, Home, Posting, Region

    first = User.objects.filter(username__startswith="uji-").count()
    users = [User(username=f"uji-{number}") for number in range(first, count)]
    buyers = [Buyer() for _ in users]
    User.objects.bulk_create(users)
    Buyer.objects.bulk_create(buyers)
    asns = [
        Asn(
            kind=Asn.Kind.PNS,
            nip_encrypted="",
            nip_digest=secrets.token_hex(32),
            nip_key_version=1,
            name="Pegawai Uji",
            user=user,
            buyer=buyer,
            consented_to=consent_texts.current().digest,
        )
        for user, buyer in zip(users, buyers, strict=True)
    ]
    Asn.objects.bulk_create(asns)
    places = list(Region.objects.kelurahan().order_by("code"))
    agency, _ = Agency.objects.get_or_create(
        code="UJI", defaults={"abbreviation": "Uji", "name": "Dinas Uji", "kind": "dinas"}
    )
    Home.objects.bulk_create(
        Home(asn=asn, region=places[number % len(places)], rw=1, rt=1, valid_from=SINCE)
        for number, asn in enumerate(asns)
    )
    Posting.objects.bulk_create(Posting(asn=asn, agency=agency, valid_from=SINCE) for asn in asns)
    return list(User.objects.filter(username__startswith="uji-").order_by("pk")[:count])


def made_tokens(users: list[Any]) -> list[str]:
    """A new token's text for each of them."""
    from accounts import credentials, tokens
    from accounts.models import ApiToken

    texts = [credentials.new_text(tokens.MARK) for _ in users]
    ends = timezone.now() + timedelta(days=TOKEN_DAYS)
    ApiToken.objects.bulk_create(
        ApiToken(
            user=user,
            name="bench",
            prefix=text[: credentials.SHOWN],
            digest=credentials.digest(text),
            expires_at=ends,
        )
        for user, text in zip(users, texts, strict=True)
    )
    return texts


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
