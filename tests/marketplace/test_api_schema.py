"""What the marketplace's routes serve is what the API document says."""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from marketplace.models import Asn, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import CategoryFactory, ProductFactory, PurchaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


def check(document: dict[str, Any], path: str, status: int, body: Any, method: str = "get") -> None:
    """Hold a body against the document, and the document to names of every member served."""
    said = document["paths"][path][method]["responses"][str(status)]
    schema = said["content"]["application/json"]["schema"]
    whole = schema | {"components": document["components"]}
    Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(body)


def test_places_and_categories(document: dict[str, Any], city: City) -> None:
    CategoryFactory()
    for path in ("/api/v1/regions", "/api/v1/categories"):
        check(document, path, 200, APIClient().get(path).json())


def test_purchases_and_participation(document: dict[str, Any], asn: Asn, warung: Umkm) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)
    item = {"product": str(ProductFactory(umkm=warung).public_id), "quantity": 1, "amount": 5_000}
    said = {"umkm": str(warung.public_id), "amount": 27_000, "items": [item]}
    path = "/api/v1/purchases"

    made = client.post(path, said, format="json", headers={"Idempotency-Key": "k"})
    voided = PurchaseFactory(asn=asn, umkm=warung)
    void_purchase(asn=asn, purchase=voided, reason="Salah ketik")

    check(document, path, 201, made.json(), method="post")
    check(document, path, 200, client.get(path).json())
    check(document, path + "/{public_id}", 200, client.get(made["Location"]).json())
    gone = client.post(made["Location"] + "/void", {"reason": "Salah"}, format="json")
    check(document, path + "/{public_id}/void", 200, gone.json(), method="post")
    said = {"umkm": str(warung.public_id), "amount": 1_000, "reason": "Salah"}
    wrong = PurchaseFactory(asn=asn, umkm=warung)
    right = client.post(
        f"{path}/{wrong.public_id}/correct", said, format="json", headers={"Idempotency-Key": "c"}
    )
    check(document, path + "/{public_id}/correct", 201, right.json(), method="post")
    mine = "/api/v1/me/participation"
    check(document, mine, 200, client.get(mine).json())


SHOP = {"umkm": "0198b2b6-0000-7000-8000-000000000000"}
UNLISTED = {"unlisted": {"name": "Warung Sari", "kelurahan": "35.73.01.1001"}}
ITEM = {"product": SHOP["umkm"], "quantity": 1, "amount": 1}


@pytest.mark.parametrize(
    "said",
    [
        {},
        {**SHOP, **UNLISTED},
        {**UNLISTED, "items": [ITEM]},
        {**SHOP, "items": [ITEM] * 51},
        {"unlisted": {"name": " ", "kelurahan": "35.73.01.1001"}},
        {"unlisted": {"name": "Warung Sari", "kelurahan": "Oro-oro Dowo"}},
    ],
)
def test_what_the_document_forbids_is_refused(
    document: dict[str, Any], asn: Asn, said: dict[str, Any]
) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)
    body = {"amount": 25_000, **said}

    refused = client.post(
        "/api/v1/purchases", body, format="json", headers={"Idempotency-Key": "k"}
    )

    assert refused.status_code == 400
    components = document["components"]
    schema = components["schemas"]["PurchaseBodyRequest"] | {"components": components}
    assert not Draft202012Validator(schema).is_valid(body)


def test_a_refusal_is_a_problem_as_described(document: dict[str, Any], asn: Asn) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)

    refused = client.post(
        "/api/v1/purchases", {"amount": 0}, format="json", headers={"Idempotency-Key": "k"}
    )

    said = document["paths"]["/api/v1/purchases"]["post"]["responses"]["default"]
    schema = said["content"]["application/problem+json"]["schema"]
    whole = schema | {"components": document["components"]}
    Draft202012Validator(whole).validate(refused.json())
