"""Makes people, shops and purchases of the marketplace, small and valid.

A purchase is always recorded by the rule, so that its frozen facts and rollups are true.
"""

import uuid
from datetime import date, timedelta
from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.utils import timezone

from core import secrets
from marketplace import consent_texts, consents, nip
from marketplace.models import Agency, Asn, Buyer, Category, Home, Posting, Product, Region, Umkm
from marketplace.models.purchases import Purchase
from marketplace.purchases import record_purchase

SINCE = date(2020, 1, 1)
"""From when homes and postings of made-up people hold."""


class RegionFactory(factory.django.DjangoModelFactory):
    """A kelurahan under a kecamatan of its own; give `parent` to place it elsewhere."""

    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"35.73.09.{1001 + n}")
    level = Region.Level.KELURAHAN
    name = factory.Sequence(lambda n: f"Kelurahan {n}")
    parent = factory.LazyFunction(lambda: kecamatan("35.73.09"))


def kecamatan(code: str) -> Region:
    """The kecamatan of this code, made if it is not there."""
    return Region.objects.get_or_create(
        code=code, defaults={"level": Region.Level.KECAMATAN, "name": f"Kecamatan {code}"}
    )[0]


class AgencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Agency

    code = factory.Sequence(lambda n: f"OPD-{n}")
    abbreviation = factory.Sequence(lambda n: f"OPD {n}")
    name = factory.Sequence(lambda n: f"Dinas {n}")
    kind = "dinas"


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category
        django_get_or_create = ("slug",)

    slug = "kuliner"
    name = "Kuliner"
    name_en = "Ready-to-eat food"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = get_user_model()

    username = factory.Sequence(lambda n: f"pengguna{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@contoh.id")


class BuyerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Buyer


class AsnFactory(factory.django.DjangoModelFactory):
    """An activated ASN who lives and serves somewhere since `SINCE`.

    `AsnFactory(home__region=…, home__rw=3, home__rt=2, posting__agency=…, user=None)`. Who has an
    account agreed to take part, unless `consent=False`.
    """

    class Meta:
        model = Asn
        exclude = ("digits",)
        skip_postgeneration_save = True

    digits = factory.Sequence(
        lambda n: f"{date(1970, 1, 1) + timedelta(days=n):%Y%m%d}1995011{n % 999 + 1:03}"
    )
    kind = Asn.Kind.PNS
    nip_encrypted = factory.LazyAttribute(lambda asn: secrets.encrypt(asn.digits))
    nip_digest = factory.LazyAttribute(lambda asn: _digest(asn.digits)[0])
    nip_key_version = factory.LazyAttribute(lambda asn: _digest(asn.digits)[1])
    name = factory.Sequence(lambda n: f"Pegawai {n}")
    user = factory.SubFactory(UserFactory)
    buyer = factory.SubFactory(BuyerFactory)
    home = factory.RelatedFactory(
        "tests.marketplace.factories.HomeFactory", factory_related_name="asn"
    )
    posting = factory.RelatedFactory(
        "tests.marketplace.factories.PostingFactory", factory_related_name="asn"
    )

    @factory.post_generation
    def consent(asn: Asn, create: bool, wanted: bool | None, **_: Any) -> None:  # noqa: N805
        if asn.user is not None and wanted is not False:
            agree(asn)


class HomeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Home

    asn = factory.SubFactory(AsnFactory, home=None)
    region = factory.SubFactory(RegionFactory)
    valid_from = SINCE


class PostingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Posting

    asn = factory.SubFactory(AsnFactory, posting=None)
    agency = factory.SubFactory(AgencyFactory)
    valid_from = SINCE


class UmkmFactory(factory.django.DjangoModelFactory):
    """A listed shop without a page; give `status` for another."""

    class Meta:
        model = Umkm

    name = factory.Sequence(lambda n: f"Warung Contoh {n}")
    category = factory.SubFactory(CategoryFactory)
    region = factory.SubFactory(RegionFactory)
    status = Umkm.Status.LISTED


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Product

    umkm = factory.SubFactory(UmkmFactory)
    name = factory.Sequence(lambda n: f"Nasi Pecel {n}")
    price = 15_000
    unit = "porsi"


class PurchaseFactory(factory.Factory):
    """A purchase of today, recorded by the rule."""

    class Meta:
        model = Purchase

    asn = factory.SubFactory(AsnFactory)
    umkm = factory.SubFactory(UmkmFactory)
    amount = 25_000
    day = factory.LazyFunction(timezone.localdate)
    client_key = factory.LazyFunction(lambda: str(uuid.uuid4()))
    fingerprint = factory.LazyAttribute(lambda purchase: f"fingerprint of {purchase.amount}")

    @classmethod
    def _create(cls, model_class: type[Purchase], *args: Any, **kwargs: Any) -> Purchase:
        return record_purchase(**kwargs)


def agree(asn: Asn) -> Asn:
    """Let somebody agree to the present text."""
    consents.give(asn, digest=consent_texts.current().digest)
    asn.refresh_from_db(fields=["consented_to"])
    return asn


def _digest(digits: str) -> tuple[str, int]:
    return nip.digest(nip.Nip(digits=digits, kind=Asn.Kind.PNS))
