"""A management command under a set clock: python -m tests.month.manage close_month 2026-10."""

import sys

from django.core.management import execute_from_command_line

from tests.month.clock import set_clock

if __name__ == "__main__":
    set_clock()
    execute_from_command_line(sys.argv)
