"""Every command of ours explains itself."""

import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class

OURS = sorted(
    name for name, app in get_commands().items() if (settings.BASE_DIR / str(app)).is_dir()
)


@pytest.mark.parametrize("name", OURS)
def test_a_command_says_what_it_does(name: str) -> None:
    command = load_command_class(get_commands()[name], name)

    assert str(command.help) in " ".join(
        command.create_parser("manage.py", name).format_help().split()
    )


def test_the_commands_are_those_of_the_operators_page() -> None:
    page = (settings.BASE_DIR / "docs/operations.md").read_text()

    assert [name for name in OURS if name not in page] == ["journey", "load_demo"]
