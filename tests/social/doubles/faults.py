"""The ways in which the answer to a publishing request gets lost, the same for every platform."""

import pytest

from tests.social.doubles.server import Given, Kind

PAGE = Given(502, headers={"Content-Type": "text/html"}, body=b"<html>Bad Gateway</html>")

LOST = [
    pytest.param(Kind.HANG_BEFORE, Given(), 0, id="hangs, nothing done"),
    pytest.param(Kind.HANG_AFTER, Given(), 1, id="hangs, done"),
    pytest.param(Kind.RESET_BEFORE, Given(), 0, id="reset, nothing done"),
    pytest.param(Kind.RESET_IN_BODY, Given(), 1, id="reset in the body"),
    pytest.param(Kind.ANSWER_BEFORE, PAGE, 0, id="502, nothing done"),
    pytest.param(Kind.ANSWER_AFTER, PAGE, 1, id="502, done"),
    pytest.param(Kind.ANSWER_AFTER, Given(200, body=b"<html>"), 1, id="no JSON"),
    pytest.param(Kind.ANSWER_AFTER, Given(200, []), 1, id="no object"),
    pytest.param(Kind.ANSWER_AFTER, Given(200, {}), 1, id="an empty object"),
]
"""The kind of fault, its answer, and how often the platform has published."""
