"""Bad input: each is a problem document of a stable type, in Indonesian, and writes nothing."""

from datetime import date, timedelta
from typing import Any

import httpx

from demo.journey.purchases import ASN, PURCHASES, part, shop_of
from demo.journey.walk import Walk, expect, expect_equal

PROBLEM = "application/problem+json"
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
    app = walk.app(ASN)
    body = {"umkm": shop_of(walk), "amount": 1_000}
    json_kind = {"Content-Type": "application/json", "Idempotency-Key": f"odd-{walk.code}"}
    answers = {
        "no key": (app.post(PURCHASES, body), 400),
        "no JSON": (app.send("POST", PURCHASES, content=b"{oops", headers=json_kind), 400),
        "too large": (
            app.send(
                "POST",
                PURCHASES,
                content=b'"' + b"x" * 3_000_000 + b'"',
                headers={**json_kind, "Connection": "close"},  # refused before all of it was read
            ),
            413,
        ),
        "wrong token": (
            app.send("GET", PURCHASES, headers={"Authorization": "Token abu_wrong"}),
            401,
        ),
        "unknown route": (app.get("/api/v1/nothing-here"), 404),
        "wrong method": (app.send("DELETE", PURCHASES), 405),
        "wrong kind": (
            app.send(
                "POST",
                PURCHASES,
                content=b"<a/>",
                headers={**json_kind, "Content-Type": "application/xml"},
            ),
            415,
        ),
    }
    for name, (answer, wanted) in answers.items():
        expect_equal(answer.status_code, wanted, f"{name} ({answer.text[:200]})")
        _problem(answer)
    english = app.send("GET", "/api/v1/nothing-here", headers={"Accept-Language": "en"})
    indonesian = answers["unknown route"][0].json()["title"]
    expect(english.json()["title"] != indonesian, f"{indonesian!r} in both languages")
    return f"{', '.join(answers)}; {indonesian!r} is {english.json()['title']!r} in English"


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
