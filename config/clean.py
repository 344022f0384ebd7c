"""`make clean`: removes .venv and all that demo, tests and journey made, their data included."""

import shutil
import sys

from config.state import BASE_DIR, CannotRun, state_of

CACHES = [".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis"]


def main() -> int:
    """Remove everything git does not hold; refuse while some of it runs."""
    try:
        for purpose in ("demo", "test", "journey"):
            state = state_of(purpose)
            with state.locked():
                for folder in (state.sockets, state.outside, state.folder):
                    shutil.rmtree(folder, ignore_errors=True)
    except CannotRun as reason:
        sys.stdout.write(f"{reason}\n")
        return 1
    for name in ["var", ".venv", *CACHES]:
        shutil.rmtree(BASE_DIR / name, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
