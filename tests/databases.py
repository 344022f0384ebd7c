"""The databases tests run on: one migrated template, kept between runs, and a clone per process.

Migrating takes some 15 s and a clone 0.05 s. The template is named by a hash of everything that
shapes it, so a changed migration or lock makes a new one. It holds a copy of its own first rows
(Wagtail's root page, site and locale, content types, permissions) in the schema `baseline`:
after a transactional test every table that is not as it was is emptied, and takes them from there.

    python -m tests.databases        makes the template beforehand, beside the checks of form
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from config.prepare import migrate

SHORTENED = 12

KEEP_BASELINE = """
DO $$
DECLARE kept record; has_rows boolean;
BEGIN
    CREATE SCHEMA baseline;
    FOR kept IN SELECT tablename AS name FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'django_migrations'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', kept.name) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('CREATE TABLE baseline.%I AS TABLE public.%I', kept.name, kept.name);
        END IF;
    END LOOP;
END $$
"""

# A machine that is busy is no failure: all tables at once take longer than a page may.
PATIENTLY = "SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '60s'"

# Most tables are as they were, and to truncate all of them, some 170 with 900 indexes, takes 20
# times as long. Foreign keys are deferred, so the order of the tables does not matter; they are
# looked at before the triggers are back, as no table is altered while one waits for the commit.
RESTORE_BASELINE = """
DO $$
DECLARE present record; kept record; is_changed boolean; changed text[] := '{}'; one text;
BEGIN
    FOR present IN SELECT tablename AS name FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'django_migrations'
    LOOP
        IF to_regclass(format('baseline.%I', present.name)) IS NULL THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', present.name) INTO is_changed;
        ELSE
            EXECUTE format('SELECT EXISTS (
                (TABLE public.%1$I EXCEPT TABLE baseline.%1$I)
                UNION ALL (TABLE baseline.%1$I EXCEPT TABLE public.%1$I))', present.name)
            INTO is_changed;
        END IF;
        IF is_changed THEN
            changed := changed || present.name::text;
        END IF;
    END LOOP;
    FOREACH one IN ARRAY changed LOOP
        EXECUTE format('ALTER TABLE public.%I DISABLE TRIGGER USER', one);
    END LOOP;
    FOREACH one IN ARRAY changed LOOP
        EXECUTE format('DELETE FROM public.%I', one);
    END LOOP;
    FOR kept IN
        SELECT table_name AS name, string_agg(quote_ident(column_name), ', ') AS columns
        FROM information_schema.columns
        WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name = ANY(changed)
            AND to_regclass(format('baseline.%I', table_name)) IS NOT NULL
        GROUP BY table_name
    LOOP
        EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM baseline.%I',
            kept.name, kept.columns, kept.columns, kept.name);
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    FOREACH one IN ARRAY changed LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE TRIGGER USER', one);
    END LOOP;
END $$
"""


def template_name() -> str:
    """The template's name: who it belongs to, and a hash of all that shapes it."""
    return f"{template_prefix()}{fingerprint()}"


def template_prefix() -> str:
    """What all templates of this database's tests begin with, old ones included."""
    return f"test_{development_name()}_template_"


def development_name() -> str:
    """The database named by DATABASE_URL: tests never touch it, they only borrow its name."""
    return _DEVELOPMENT_NAME


def fingerprint() -> str:
    """Hash of the migrations, the locked packages and the list of applications."""
    digest = hashlib.sha256("\n".join(settings.INSTALLED_APPS).encode())
    sources = sorted(settings.BASE_DIR.glob("*/migrations/*.py"))
    for path in [settings.BASE_DIR / "requirements.lock", *sources]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:SHORTENED]


def lay_template() -> str:
    """Migrate the template unless it stands; processes that start together wait for the first."""
    name = template_name()
    with _server() as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [template_prefix()])
        if not _exists(server, name):
            drop_templates(server)
            building = f"{template_prefix()}building"
            server.execute(f'CREATE DATABASE "{building}"')
            _migrate(building)
            server.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
        server.execute("SELECT pg_advisory_unlock(hashtext(%s))", [template_prefix()])
    return name


def clone_template(*, template: str, suffix: str) -> str:
    """Make a database of our own from the template; one left behind by a killed run goes first."""
    name = f"test_{development_name()}_{suffix}"
    with _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    return name


def drop_database(name: str) -> None:
    """Drop a clone, whoever is still connected to it."""
    connect_to("postgres")
    with _server() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_templates(server: CursorWrapper) -> None:
    """Drop the templates of earlier migrations, and one that was never finished."""
    server.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
        [template_prefix()],
    )
    for (name,) in server.fetchall():
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def forget_template() -> None:
    """Make the next run migrate afresh (`--create-db`)."""
    with _server() as server:
        drop_templates(server)


def connect_to(name: str) -> None:
    """Point Django's connection and its settings at another database of the same server."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def restore_baseline() -> None:
    """Empty every table that is not as it was, and put back what the migrations had made."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PATIENTLY)
        cursor.execute(RESTORE_BASELINE)


def _migrate(name: str) -> None:
    connect_to(name)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
    migrate()
    with connection.cursor() as cursor:
        cursor.execute(KEEP_BASELINE)
    connect_to(development_name())


@contextmanager
def _server() -> Iterator[CursorWrapper]:
    """A cursor on the server's own database, without a limit on time."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        yield cursor


def _exists(server: CursorWrapper, name: str) -> bool:
    server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return server.fetchone() is not None


_DEVELOPMENT_NAME = str(settings.DATABASES["default"]["NAME"])


if __name__ == "__main__":
    django.setup()
    lay_template()
