"""The shape of an Idempotency-Key, alone: both the rule and the document of the API say it."""

import re

WELL_FORMED = re.compile(r"[\x21-\x7e]{1,255}")

IN_A_HEADER = r'^("[\x21-\x7e]{1,255}"|[\x21\x23-\x7e][\x21-\x7e]{0,254})$'
"""Quoted, as the draft has it, or bare: then it does not begin with a quotation mark."""
