"""A set clock for the programs of `make journey-month`; no other program reads it."""

import os
from datetime import datetime

import time_machine

VARIABLE = "JOURNEY_CLOCK"


def set_clock() -> None:
    """Go on from the moment that the environment names, instead of from now."""
    moment = datetime.fromisoformat(os.environ[VARIABLE])
    time_machine.travel(moment, tick=True).start()
