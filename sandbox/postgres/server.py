"""A server and its data, from the outside."""

import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

from sandbox.kubernetes.certificates import Authority
from sandbox.kubernetes.processes import Process, end_recorded
from sandbox.postgres.programs import programs

PATIENCE = 120
"""For a server to be there (seconds)."""
SOURCE = str(Path(__file__).resolve().parent.parent.parent)
LISTENING, SUPERUSER = "port", "superuser"
"""Files: the port of 127.0.0.1, and the superuser's password."""


class ServerFailure(Exception):
    """What a server did not do, and its last words."""


class Server:
    """
    One PostgreSQL.

    + directory: of its own
    + host: that it stands for
    + authority: signs its certificate
    """

    def __init__(self, directory: Path, host: str, authority: Authority):
        self.directory, self.host, self._authority = directory, host, authority
        self.at = 0
        self._process = Process(Path(sys.executable), directory, "postgres")

    @property
    def running(self) -> bool:
        return self._process.running

    def create(self, user: str, password: str, database: str | None = None) -> None:
        """
        Make it, with a master as RDS's is, and have it serve (seconds). Raises ServerFailure.

        + database: made beside `postgres`
        """
        self.directory.mkdir(mode=0o700, parents=True)
        (self.directory / SUPERUSER).write_text(secrets.token_hex(16))
        self.start()
        self._execute(
            "CREATE ROLE rds_superuser NOLOGIN",
            f"CREATE ROLE {_name(user)} LOGIN CREATEROLE CREATEDB PASSWORD {_text(password)} IN ROLE rds_superuser",
            *([f"CREATE DATABASE {_name(database)} OWNER {_name(user)}"] if database else []),
        )

    def restore(self, snapshot: Path) -> None:
        """Make it of what `copy` made, and have it serve (seconds). Raises ServerFailure."""
        shutil.copytree(snapshot, self.directory)
        self.start()

    def set_password(self, user: str, password: str) -> None:
        """Give the master another password."""
        self._execute(f"ALTER ROLE {_name(user)} PASSWORD {_text(password)}")

    def copy(self, directory: Path) -> None:
        """Copy its data as they are now, while it serves."""
        directory.mkdir(mode=0o700, parents=True)
        self._run("pg_basebackup", "--pgdata", str(directory / "data"), "--checkpoint=fast", "--no-sync", "--wal-method=stream")
        shutil.copy2(self.directory / SUPERUSER, directory)

    def stop(self) -> None:
        """End it; its data stay."""
        self._process.end(20)
        end_recorded(self.directory)

    def remove(self) -> None:
        """End it and remove its data."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self) -> None:
        """Have it serve (seconds). Raises ServerFailure."""
        (self.directory / LISTENING).unlink(missing_ok=True)
        self._authority.serve("server", self.host)
        for suffix in ("crt", "key"):
            shutil.move(self._authority.directory / f"server.{suffix}", self.directory / f"server.{suffix}")
        self._process.start("-m", "sandbox.postgres", str(self.directory), PYTHONPATH=os.pathsep.join(filter(None, [SOURCE, os.environ.get("PYTHONPATH")])))
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if not self.running or time.monotonic() > deadline:
                raise ServerFailure(f"PostgreSQL for {self.host} does not serve: {self._process.last_words()} (log: {self._process.log})")
            time.sleep(0.1)
        self.at = int((self.directory / LISTENING).read_text())

    def _answers(self) -> bool:
        return (self.directory / LISTENING).exists() and self._ask("psql", "-c", "SELECT 1", "postgres").returncode == 0

    def _execute(self, *statements: str) -> None:
        quiet = "SET log_min_error_statement = 'panic'"
        self._run("psql", "postgres", input="".join(f"{statement};\n" for statement in (quiet, *statements)))

    def _run(self, program: str, *arguments: str, **options) -> None:
        done = self._ask(program, *arguments, **options)
        if done.returncode:
            raise ServerFailure(f"{program} of {self.host}: {(done.stderr.strip().splitlines() or ['it said nothing'])[0]}")

    def _ask(self, program: str, *arguments: str, **options) -> subprocess.CompletedProcess:
        variables = {"PGHOST": str(self.directory), "PGUSER": "rdsadmin", "PGPASSWORD": (self.directory / SUPERUSER).read_text(), "LC_ALL": "C.UTF-8"}
        plain = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1"] if program == "psql" else []
        return subprocess.run([programs() / program, *plain, *arguments], env=variables, capture_output=True, text=True, **options)


def _name(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


def _text(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
