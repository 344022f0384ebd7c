"""What a demo's database and static files were last made from, so that a second start is quick.

Asking Django what to migrate costs 3 s each time, comparing this costs nothing. The database's
part is a comment on the database itself: it can never describe another one.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from config.state import BASE_DIR

READ = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"


@dataclass(frozen=True)
class Stamp:
    """What shaped a database: its migrations, the packages and roles, and the keys it needs."""

    migrations: dict[str, str]
    surroundings: str
    keys: str
    demo_loaded: bool = True

    def can_become(self, wanted: "Stamp") -> bool:
        """Whether migrating leads there: it holds the demo under these keys, of these migrations.

        A load that was killed left no stamp; a migration that was rewritten needs a new database.
        """
        return (
            self.keys == wanted.keys
            and self.demo_loaded
            and self.migrations.items() <= wanted.migrations.items()
        )


def wanted(settings: Mapping[str, str]) -> Stamp:
    """The stamp of a database made from the files as they are now."""
    migrations = sorted(BASE_DIR.glob("*/migrations/0*.py"))
    return Stamp(
        migrations={str(path.relative_to(BASE_DIR)): digest([path]) for path in migrations},
        surroundings=digest([BASE_DIR / "requirements.lock", BASE_DIR / "config" / "roles.py"]),
        keys=hashlib.sha256(
            (settings["FIELD_KEYS"] + settings["LOOKUP_KEYS"]).encode()
        ).hexdigest(),
    )


def read(database_url: str) -> Stamp | None:
    """The stamp this database carries."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(READ, [connection.info.dbname]).fetchone()
    try:
        return Stamp(**json.loads(row[0])) if row and row[0] else None
    except (json.JSONDecodeError, TypeError):  # another program's comment
        return None


def write(database_url: str, stamp: Stamp) -> None:
    """Write it down, once all that it says is done."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(connection.info.dbname), sql.Literal(json.dumps(asdict(stamp)))
            )
        )


def of_static_files() -> str:
    """Hash of what collectstatic reads: our own files, and the packages by their lock."""
    ours = sorted(path for path in BASE_DIR.glob("static/**/*") if path.is_file())
    return digest([BASE_DIR / "requirements.lock", *ours])


def digest(paths: Iterable[Path]) -> str:
    """Hash of these files, names included; one that does not exist counts as empty."""
    total = hashlib.sha256()
    for path in paths:
        total.update(str(path.relative_to(BASE_DIR)).encode() + b"\0")
        total.update(path.read_bytes() if path.exists() else b"")
    return total.hexdigest()[:16]
