"""The project's application under a set clock."""

from tests.month.clock import set_clock

set_clock()  # before anything remembers a moment

from config.wsgi import application  # noqa: E402

__all__ = ["application"]
