"""How long to wait before something is tried again."""

import random
from datetime import timedelta

MOST_DOUBLINGS = 10


def pause(tries: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """About twice as long after each try (1, 2, ...), with jitter that keeps them apart."""
    doubled = min(first * 2 ** min(tries - 1, MOST_DOUBLINGS), longest)
    return doubled * random.uniform(0.8, 1.2)  # noqa: S311 - not a secret
