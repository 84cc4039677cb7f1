"""The directory a sandbox lives in, and the process that lives there."""

import contextlib
import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

MARK = ".sandbox"
DATABASES, RDS = "databases", "rds"
"""Directories of the home: the servers behind RDS's endpoints, and who signs them."""


@dataclass(frozen=True)
class Daemon:
    """What the daemon wrote down about itself; readable by its owner alone."""

    pid: int
    started: int
    port: int
    access_key_id: str
    secret_access_key: str
    region: str
    account_id: str
    kubernetes: bool
    processes: bool

    @property
    def alive(self) -> bool:
        return start_time(self.pid) == self.started

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def home() -> Path:
    """`$AIRFLOW_ON_EKS_SANDBOX`, else a directory in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("AIRFLOW_ON_EKS_SANDBOX") or cache / "airflow-on-eks" / "sandbox").absolute()


def make_home() -> None:
    home().mkdir(parents=True, mode=0o700, exist_ok=True)
    (home() / MARK).touch()


def start_time(pid: int) -> int | None:
    """When a process was started, in ticks since boot; None where there is none (or only its zombie)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])


def read_daemon() -> Daemon | None:
    """The daemon that lives here, if one does."""
    try:
        daemon = Daemon(**json.loads((home() / "daemon.json").read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return daemon if daemon.alive else None


def write_daemon(daemon: Daemon) -> None:
    path = home() / "daemon.json"
    new = path.with_suffix(".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(daemon), file)
    new.rename(path)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Only one process, and one thread or greenlet of it, at a time starts or ends the sandbox of this home."""
    home().parent.mkdir(parents=True, exist_ok=True)
    directory = os.open(home().parent, os.O_RDONLY)
    try:
        while not taken(directory):
            time.sleep(0.02)
        yield
    finally:
        os.close(directory)


def taken(directory: int) -> bool:
    """Never blocks: where threads are greenlets, who holds the lock could not let go of it meanwhile."""
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def remove_home() -> None:
    """Ends what a daemon that died left running, and removes its files; a directory of somebody else's is left alone."""
    if home().exists() and any(home().iterdir()) and not (home() / MARK).exists():
        raise FileExistsError(f"{home()} holds other files than a sandbox's: name another directory in AIRFLOW_ON_EKS_SANDBOX")
    for directory in sorted((home() / "clusters").glob("*/*")):
        from sandbox.kubernetes import ControlPlane

        ControlPlane(directory.name, directory.parent.name, directory, authenticate_url="").stop()
    for directory in sorted((home() / DATABASES).glob("*")):
        from sandbox.kubernetes.processes import end_recorded

        end_recorded(directory)
    shutil.rmtree(home(), ignore_errors=True)
