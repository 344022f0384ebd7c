"""What a document cannot say, put into the cases of schemathesis, which loads this by its name.

A case that should be accepted keeps its shape and names what there is: a kelurahan of the city, a
listed shop and its products, a day that may be recorded. What should be refused stays as it is.
"""

import atexit
import hashlib
import json
import os
import re
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import schemathesis
from hypothesis import strategies
from PIL import Image

from config.settings import RECORDING_WINDOW_DAYS, TIME_ZONE
from tests.contract.city import COUNTED, Shop, asked_for

NIPS = ("198508172010011001", "19850817 201001 1 001", "19900817.201504.2.002")
NAMES = ("Warung Sari", "Toko Sumber Rejeki", "Bakso Pak Man", "Kedai «Ökö» 7")
LONG_NUMBER = re.compile(r"\d{16,}")  # no sign-in name holds one
PASSWORD = "kuda-lumping-di-alun-alun"
MODE_OF_LINKS = "stateful"
KEY = "Idempotency-Key"

Chosen = TypeVar("Chosen")

city = asked_for()
asked = 0


# --- What is told to schemathesis -----------------------------------------------------------------


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    """The same case with what there is, if it should be accepted."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return case
    path = case.operation.path
    if case.query:
        put(case, "query", fitted_query(case.query))
    if isinstance(case.body, dict):
        put(case, "body", fitted_body(case.body, path=path))
    if case.path_parameters and case.meta.phase.name.value != MODE_OF_LINKS:
        put(case, "path_parameters", fitted_path(case.path_parameters, path=path))
    if KEY in (case.headers or {}):
        case.headers[KEY] = key_of(case)
    return case


def put(case: Any, part: str, fitted: dict[str, Any]) -> None:
    """Only what is another: schemathesis judges anew what was put in, and cannot judge a photo."""
    if fitted != getattr(case, part):
        setattr(case, part, fitted)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Nobody erases themselves, though schemathesis learns names from answers."""
    body = case.body if isinstance(case.body, dict) else {}
    is_meant = str(body.get("username", "")).strip() == city.who
    if is_meant and case.operation.path.endswith("/me/erasure"):
        case.body = {**body, "username": "somebody-else"}


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """It counts; who revoked their token or took their consent back goes on with another."""
    global asked
    asked += 1
    if case.method.upper() != "DELETE" or response.status_code != 204:
        return
    if "/auth/tokens/" in case.operation.path:
        city.lose_token()
    elif case.operation.path.endswith("/me/consent"):
        city.agree()


class Token:
    """Who asks."""

    def get(self, case: Any, context: Any) -> str:
        return city.token

    def set(self, case: Any, data: str, context: Any) -> None:
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Token {data}"


@atexit.register
def say_how_often() -> None:
    """One line for each run of schemathesis."""
    with Path(os.environ[COUNTED]).open("a") as file:
        file.write(f"{asked}\n")


if city.who:
    schemathesis.auth(refresh_interval=None)(Token)


def a_photo() -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 48), "white").save(file, "JPEG")
    return file.getvalue()


schemathesis.openapi.format("binary", strategies.just(a_photo()))


# --- What fits ------------------------------------------------------------------------------------


def fitted_query(query: dict[str, Any]) -> dict[str, Any]:
    """A month, a quarter or a year, the earlier day first, and filters that name what there is."""
    told = dict(query)
    if "year" in told:
        told["year"] = int(one_of(city.months, told["year"])[:4])
    if "quarter" in told:
        told.pop("year", None)
        year, month = one_of(city.months, told["quarter"]).split("-")
        told["quarter"] = f"{year}-Q{(int(month) + 2) // 3}"
    if "month" in told:
        told.pop("year", None)
        told.pop("quarter", None)
        told["month"] = one_of(city.months, told["month"])
    if "near" in told:
        told["near"] = one_of(city.places, told["near"])
    if "umkm" in told:
        told["umkm"] = one_of(city.shops, told["umkm"]).id
    if "from" in told and "until" in told:
        told["from"], told["until"] = sorted([told["from"], told["until"]])
    return told


def fitted_path(parameters: dict[str, Any], *, path: str) -> dict[str, Any]:
    """Mostly one's own things; now and then what there is not."""
    told = dict(parameters)
    for name, value in parameters.items():
        known = next((known() for part, known in KNOWN.items() if part in path), [])
        if known and chance(value) % 4:
            told[name] = one_of(known, value)
    return told


KNOWN: dict[str, Callable[[], list[str]]] = {
    "/purchases/{public_id}": lambda: city.purchases,
    "/umkm/{public_id}": lambda: [shop.id for shop in city.shops],
    "/products/{public_id}": lambda: city.products,
    "/social/posts/{public_id}": lambda: city.posts,
    "/collections/{slug}": lambda: city.collections,
    "/regions/{code}": lambda: city.places,
}


def fitted_body(body: dict[str, Any], *, path: str) -> dict[str, Any]:
    """What is bought, where one lives, who one is: as it may be."""
    told: dict[str, Any] = in_whole_numbers(body)
    for name, fit in FITS.items():
        if name in told:
            told[name] = fit(told[name])
    if "umkm" in told or "unlisted" in told:
        told = fitted_purchase(told)
    if "rt" in told and told.get("rw") is None:
        told["rt"] = None
    if path.endswith("/auth/tokens") and chance(body) % 2:
        told |= {"username": city.who or "tamu", "password": city.password if city.who else "x"}
    return told


FITS: dict[str, Callable[[Any], Any]] = {
    "nip": lambda told: one_of(NIPS, told),
    "username": lambda told: LONG_NUMBER.sub("warga", told),
    "password": lambda told: PASSWORD,
    "kelurahan": lambda told: one_of(city.places, told),
    "day": lambda told: day(-(chance(told) % RECORDING_WINDOW_DAYS)),
    "from": lambda told: day(chance(told) % 400),
    "digest": lambda told: city.digest if chance(told) % 2 else told,
    "send_at": lambda told: f"{day(chance(told) % 30)}T09:00:00+07:00",
    "posted_at": lambda told: f"{day(-1 - chance(told) % 30)}T09:00:00+07:00",
    "permalink": lambda told: f"https://contoh.id/{chance(told)}",
}


def fitted_purchase(told: dict[str, Any]) -> dict[str, Any]:
    """Items of that shop, each named once, and worth no more than the whole."""
    if "unlisted" in told:
        place = one_of(city.places, told["unlisted"])
        told["unlisted"] = {"name": one_of(NAMES, told["unlisted"]), "kelurahan": place}
        return told
    shop = one_of(city.shops, told["umkm"])
    told["umkm"] = shop.id
    if "items" in told:
        told["items"] = fitted_items(told["items"], shop=shop, amount=told["amount"])
    return told


def fitted_items(items: list[Any], *, shop: Shop, amount: int) -> list[Any]:
    """As many as the shop sells, and as the rupiah are."""
    kept = list(zip(items, shop.products, strict=False))[:amount]
    return [
        {
            **item,
            "product": product,
            "amount": min(item["amount"], amount // len(kept)),
        }
        for item, product in kept
    ]


def in_whole_numbers(told: Any) -> Any:
    """The same, 1.0 written as 1: both are integers to a document, and to us only the latter."""
    if isinstance(told, dict):
        return {name: in_whole_numbers(value) for name, value in told.items()}
    if isinstance(told, list):
        return [in_whole_numbers(value) for value in told]
    return int(told) if isinstance(told, float) and told.is_integer() else told


def key_of(case: Any) -> str:
    """Another for whatever else is asked: a key belongs to one request."""
    asked = [case.operation.label, case.path_parameters, case.body, case.headers[KEY]]
    return hashlib.sha256(json.dumps(asked, default=str).encode()).hexdigest()


def day(from_today: int) -> str:
    return (datetime.now(ZoneInfo(TIME_ZONE)).date() + timedelta(days=from_today)).isoformat()


def one_of(known: "tuple[Chosen, ...] | list[Chosen]", told: Any) -> Chosen:
    """Always the same for the same."""
    return known[chance(told) % len(known)]


def chance(told: Any) -> int:
    return zlib.crc32(json.dumps(told, sort_keys=True, default=str).encode())
