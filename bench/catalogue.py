"""The catalogue beside a bare query and beside Wagtail's own lists, in one run.

    make bench-catalogue [ROUNDS=5]

5,000 products of 500 UMKM on servers of its own (or those of DATABASE_URL and REDIS_URL), granian
with two workers of one thread, 16 connections, interleaved rounds, medians. Every answer's body is
looked at. All cases go through the same settings and middleware. "cold" is a second server on which
the cache of rendered pages is off. Wagtail's search stands there twice: its API's, which answers
what ours does but for the counts, and a bare one of title, price and address. The last line is one
JSON object of ratios: only these carry over to other machines.
"""

import json
import os
import sys
from contextlib import suppress
from dataclasses import replace
from urllib.request import urlopen

from bench.load import Case, getting, measure
from config.ports import first_free
from config.state import state_of
from config.system import NO_TIME_LIMITS, System, on_a_system, python

ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = float(os.environ.get("SECONDS", "3"))
FIRST_PORT = 8200
WORDS = ("soto", "bakso+malang", "kripik+tempe", "rawon", "batik+madu")


def main() -> int:
    """Measure and tell; the code is 0 when every answer was right."""
    return on_a_system(state_of("bench"), lambda: first_free(FIRST_PORT), measured_and_told)


def measured_and_told(system: System) -> int:
    """Every answer was right, or it had raised."""
    tell(measured(system))
    return 0


def answers(port: int) -> bool:
    """Whether the server answers; the PostgreSQL of a bench need not keep what it is told."""
    with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5) as answer:
        return bool(answer.status == 200)
    return False


def measured(system: System) -> dict[str, float]:
    """Answers per second of every case."""
    settings = {
        **system.start_servers(),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "LOG_LEVEL": "WARNING",
    }
    prepare = [
        python("fill", "bench.catalogue_city", settings={**settings, **NO_TIME_LIMITS}),
        python("static", "django", "collectstatic", "--noinput", "-v0", settings=settings),
    ]
    for task in prepare:
        system.supervisor.run(task)
    cold = first_free(system.port + 1)
    for name, port, seconds in [("warm", system.port, "60"), ("cold", cold, "0")]:
        served = {**settings, "CATALOGUE_CACHE_SECONDS": seconds}
        options = ["--host", "127.0.0.1", "--port", str(port), "--interface", "wsgi", "--no-ws"]
        workers = ["--workers", "2", "--blocking-threads", "1", "bench.wsgi:application"]
        web = python(name, "granian", *options, *workers, settings=served)
        system.supervisor.start(replace(web, is_ready=lambda port=port: answers(port)))
    found = measure(cases(system.port, cold), rounds=ROUNDS, seconds=SECONDS)
    return {name: each.rate for name, each in found.items()}


def cases(warm: int, cold: int) -> list[Case]:
    """What is timed."""
    asked = tuple(f"q={words}" for words in WORDS)
    return [
        Case("floor: one query", getting("/bench/floor/"), b'"price": ', warm),
        Case("our list", getting("/api/v1/catalog/products"), b'"photo":{"url":', warm),
        Case(
            "Wagtail's API list, all fields",
            getting("/bench/api/products/?limit=20&fields=*&order=-id"),
            b'"picture": {',
            warm,
        ),
        Case("our page, warm", getting("/umkm/"), b"umkm-card__name", warm),
        Case("our page, cold", getting("/umkm/"), b"umkm-card__name", cold),
        Case("Wagtail's listing", getting("/bench/listing/"), b"<img ", warm),
        Case(
            "our search with facets",
            getting(*(f"/api/v1/catalog/products?facets=true&{each}" for each in asked)),
            b'"facets":{',
            warm,
        ),
        Case(
            "Wagtail's API search, all fields",
            getting(*(f"/bench/api/products/?limit=20&fields=*&search={each}" for each in WORDS)),
            b'"items": ',
            warm,
        ),
        Case(
            "Wagtail's bare search",
            getting(*(f"/bench/search/?{each}" for each in asked)),
            b'"total"',
            warm,
        ),
    ]


def tell(found: dict[str, float]) -> None:
    """The table for people, then the ratios."""
    for name, rate in found.items():
        print(f"{name:<34}{rate:>10,.1f} answers per second")
    ratios = {
        "list_vs_floor": found["our list"] / found["floor: one query"],
        "list_vs_wagtail_api": found["our list"] / found["Wagtail's API list, all fields"],
        "page_vs_wagtail_listing": found["our page, warm"] / found["Wagtail's listing"],
        "page_cold_vs_wagtail_listing": found["our page, cold"] / found["Wagtail's listing"],
        "search_vs_wagtail_api": found["our search with facets"]
        / found["Wagtail's API search, all fields"],
        "search_vs_bare_search": found["our search with facets"] / found["Wagtail's bare search"],
    }
    print(json.dumps({name: round(value, 3) for name, value in ratios.items()}))


if __name__ == "__main__":
    sys.exit(main())
