"""Bad input: each is a problem document of a stable type, in Indonesian, and writes nothing."""

from datetime import date, timedelta
from typing import Any

import httpx

from demo.journey.purchases import ASN, PURCHASES, part, shop_of
from demo.journey.walk import Walk, expect, expect_equal

PROBLEM = "application/problem+json"
NOWHERE = "/api/v1/nothing-here"
TOO_MANY_BYTES = 3_000_000
UNKNOWN = "00000000-0000-7000-8000-000000000000"


def bad_purchases_are_refused(walk: Walk) -> str:
    """Impossible amounts, days and shops are refused, and nothing is written."""
    before = part(walk)
    types = [
        _problem(walk.app(ASN).post(PURCHASES, body, key=f"bad-{number}-{walk.code}"))
        for number, body in enumerate(_bad_bodies(walk))
    ]
    expect_equal(part(walk), before, "participation after the refusals")
    return f"{len(types)} refusals: {', '.join(sorted(set(types)))}; participation as before"


def bad_requests_are_told(walk: Walk) -> str:
    """So are a missing key, no JSON, a wrong token, an unknown route, method or kind of body."""
    types = {}
    for name, (wanted, method, path, parts) in _bad_requests(walk).items():
        answer = walk.app(ASN).send(method, path, **parts)
        expect_equal(answer.status_code, wanted, f"{name} ({answer.text[:200]})")
        types[name] = _problem(answer)
    said, english = (
        walk.anybody.send("GET", NOWHERE, headers={"Accept-Language": language}).json()["title"]
        for language in ("id", "en")
    )
    expect(said != english, f"{said!r} in both languages")
    return f"{', '.join(types)}; {said!r} is {english!r} in English"


def _bad_requests(walk: Walk) -> dict[str, tuple[int, str, str, dict[str, Any]]]:
    """The answer wanted, and what to send for it."""
    good = {"umkm": shop_of(walk), "amount": 1_000}
    headers = {"Content-Type": "application/json", "Idempotency-Key": f"odd-{walk.code}"}
    large = b'"' + b"x" * TOO_MANY_BYTES + b'"'
    closing = {**headers, "Connection": "close"}  # it is refused before all of it was read
    xml = {**headers, "Content-Type": "application/xml"}
    wrong = {"Authorization": "Token abu_wrong"}
    return {
        "no key": (400, "POST", PURCHASES, {"json": good}),
        "no JSON": (400, "POST", PURCHASES, {"content": b"{oops", "headers": headers}),
        "too large": (413, "POST", PURCHASES, {"content": large, "headers": closing}),
        "wrong token": (401, "GET", PURCHASES, {"headers": wrong}),
        "unknown route": (404, "GET", NOWHERE, {}),
        "wrong method": (405, "DELETE", PURCHASES, {}),
        "wrong kind": (415, "POST", PURCHASES, {"content": b"<a/>", "headers": xml}),
    }


def _bad_bodies(walk: Walk) -> list[dict[str, Any]]:
    good = {"umkm": shop_of(walk), "amount": 1_000}
    ahead = date.today() + timedelta(days=3)  # noqa: DTZ011 - far enough for any time zone
    long_ago = date.today() - timedelta(days=90)  # noqa: DTZ011 - far enough for any time zone
    return [
        {**good, "amount": 0},
        {**good, "amount": -5_000},
        {**good, "amount": 1_000.5},
        {**good, "amount": "1000"},
        {**good, "amount": 3_000_000_000},
        {**good, "day": ahead.isoformat()},
        {**good, "day": long_ago.isoformat()},
        {**good, "umkm": UNKNOWN},
        {**good, "surprise": True},
        {"amount": 1_000},
        {"unlisted": {"name": "0812 3456 7890", "kelurahan": "outside"}, "amount": 1_000},
    ]


def _problem(answer: httpx.Response) -> str:
    """The short type of a problem document."""
    expect(400 <= answer.status_code < 500, f"{answer.status_code}: {answer.text[:300]}")
    kind = answer.headers.get("Content-Type", "")
    expect(kind.startswith(PROBLEM), f"{answer.request.url} answered {kind}: {answer.text[:200]}")
    document = answer.json()
    for member in ("type", "title", "status"):
        expect(document.get(member), f"a problem without {member}: {answer.text[:300]}")
    expect_equal(document["status"], answer.status_code, "the problem's status")
    return str(document["type"]).rsplit("/", 1)[-1]
