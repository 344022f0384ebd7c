"""bin/bootstrap installs when it must and only then, and says what is missing."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

from tests.config import programs

# Runs the program as a Python that is too old, on a machine with no other.
AS_OLD_PYTHON = """
import sys
sys.version_info = (3, 9, 2, "final", 0)
path = sys.argv[1]
sys.argv = [path, "demo"]
exec(compile(open(path).read(), path, "exec"), {"__name__": "__main__", "__file__": path})
"""


@pytest.fixture
def bootstrap(tmp_path: Path) -> ModuleType:
    """The program, with locks and a .venv of its own."""
    program = programs.load("bootstrap")
    demo, everything = tmp_path / "demo.lock", tmp_path / "everything.lock"
    demo.write_text("a==1")
    everything.write_text("a==1\nb==2")
    program.STAMP = tmp_path / "stamp"
    program.LOCKS = {"demo": [demo, everything], "dev": [everything]}
    return program


def test_a_python_that_is_too_old_is_named_with_what_to_do(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", AS_OLD_PYTHON, settings.BASE_DIR / "bin" / "bootstrap"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert outcome.returncode == 1
    assert "needs Python 3.11 or newer" in outcome.stderr
    assert "make demo PYTHON=" in outcome.stderr


def test_nothing_is_installed_before_the_first_time(bootstrap: ModuleType) -> None:
    assert not bootstrap.is_installed("demo")


def test_what_the_tests_need_is_enough_for_the_demo_but_not_the_other_way(
    bootstrap: ModuleType,
) -> None:
    bootstrap.STAMP.write_text(bootstrap.digest(bootstrap.LOCKS["dev"][0]))
    assert bootstrap.is_installed("demo")
    assert bootstrap.is_installed("dev")

    bootstrap.STAMP.write_text(bootstrap.digest(bootstrap.LOCKS["demo"][0]))
    assert bootstrap.is_installed("demo")
    assert not bootstrap.is_installed("dev")


def test_a_changed_lock_is_installed_again(bootstrap: ModuleType) -> None:
    lock = bootstrap.LOCKS["dev"][0]
    bootstrap.STAMP.write_text(bootstrap.digest(lock))

    lock.write_text("a==1\nb==3")

    assert not bootstrap.is_installed("dev")


def test_an_install_that_failed_is_not_taken_for_one(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = bootstrap.LOCKS["demo"][0]
    bootstrap.STAMP.write_text(bootstrap.digest(lock))

    def fail(*command: object, **options: object) -> None:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(bootstrap, "run", fail)
    with pytest.raises(subprocess.CalledProcessError):
        bootstrap.install(lock)

    assert not bootstrap.is_installed("demo")


def test_uv_is_told_the_package_sources_that_pip_knows(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = "global.index-url='https://mirror.example/simple'\n:env:.find-links='/opt/wheels'\n"
    monkeypatch.delenv("UV_FIND_LINKS", raising=False)
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://chosen.example/simple")
    answer = subprocess.CompletedProcess([], 0, stdout=listed)
    monkeypatch.setattr(bootstrap, "run", lambda *command, **options: answer)

    assert bootstrap.same_sources() == {"UV_FIND_LINKS": "/opt/wheels"}
