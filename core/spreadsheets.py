"""Text in files that people open with a spreadsheet program."""

GUARD = "'"
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that is reckoned, not shown."""


def guarded(text: str) -> str:
    """Text that no spreadsheet reckons with: what begins like a formula gets an apostrophe."""
    return f"{GUARD}{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text
