"""The PostgreSQL behind each instance, where the sandbox has them: what is done to one, in order and in a thread of its own."""

import itertools
import logging
import secrets
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.aws import outside

if TYPE_CHECKING:
    from moto.rds.models import DBInstance

    from sandbox.kubernetes.certificates import Authority
    from sandbox.postgres import Server

log = logging.getLogger(__name__)


class Behind:
    """A server and the work that was given for it."""

    def __init__(self, server: "Server", user: str):
        self.server, self.user = server, user
        self._worker, self._last = ThreadPoolExecutor(1, f"postgres {server.host}"), Future()
        self._last.set_result(None)

    def do(self, work, *arguments) -> Future:
        """Have something done after all that was given before."""

        def run() -> None:
            try:
                work(*arguments)
            except Exception:
                log.exception("the database %s", self.server.host)
                raise

        self._last = self._worker.submit(run)
        return self._last

    @property
    def settled(self) -> bool:
        return self._last.done()


class settings:
    directory: Path | None = None
    authority: "Authority | None" = None


_behind: dict[str, Behind] = {}
_numbers = itertools.count(1)
_copies: dict[str, Future] = {}


def configure(directory: Path | None, authority: "Authority | None") -> None:
    """
    + directory: of the servers' and snapshots' own directories; ``None`` for instances that are descriptions alone
    + authority: signs their certificates
    """
    settings.directory, settings.authority = directory, authority
    if directory:
        directory.mkdir(mode=0o700)


def create(instance: "DBInstance", host: str, given: dict) -> None:
    """Start the server of a new instance."""
    if behind := _new(instance, host, given["MasterUsername"]):
        behind.do(behind.server.create, given["MasterUsername"], given.get("MasterUserPassword") or secrets.token_hex(16), given.get("DBName"))
        behind.do(lambda: outside.add(host, instance.port, behind.server.at))


def restore(instance: "DBInstance", host: str, user: str, snapshot: str) -> None:
    """Start the server of an instance that is made of a snapshot."""
    if behind := _new(instance, host, user):
        behind.do(lambda: (_copies[snapshot].result(), behind.server.restore(_copy_of(snapshot))))
        behind.do(lambda: outside.add(host, instance.port, behind.server.at))


def _new(instance: "DBInstance", host: str, user: str) -> Behind | None:
    if settings.directory is None:
        return None
    from sandbox.postgres import Server

    behind = _behind[instance.dbi_resource_id] = Behind(Server(settings.directory / str(next(_numbers)), host, settings.authority), user)
    return behind


def stop(instance: "DBInstance") -> None:
    """End its server; its data stay."""
    if behind := _behind.get(instance.dbi_resource_id):
        outside.remove(behind.server.host)
        behind.do(behind.server.stop)


def start(instance: "DBInstance", host: str) -> None:
    """Start the server of a stopped instance."""
    if behind := _behind.get(instance.dbi_resource_id):
        behind.do(behind.server.start)
        behind.do(lambda: outside.add(host, instance.port, behind.server.at))


def settled(instance: "DBInstance") -> bool:
    """Whether all that was to be done is done."""
    behind = _behind.get(instance.dbi_resource_id)
    return behind is None or behind.settled


def set_password(instance: "DBInstance", password: str) -> None:
    """Give its master another password."""
    if behind := _behind.get(instance.dbi_resource_id):
        behind.do(behind.server.set_password, behind.user, password)


def copy(instance: "DBInstance", snapshot: str) -> None:
    """Have a snapshot hold what the instance's server holds now."""
    if behind := _behind.get(instance.dbi_resource_id):
        _copies[snapshot] = behind.do(behind.server.copy, _copy_of(snapshot))


def copied(snapshot: str) -> bool:
    """Whether a snapshot holds all it is to hold."""
    return snapshot not in _copies or _copies[snapshot].done()


def forget_copy(snapshot: str) -> None:
    """Remove what a snapshot holds."""
    if _copies.pop(snapshot, None):
        shutil.rmtree(_copy_of(snapshot), ignore_errors=True)


def _copy_of(snapshot: str) -> Path:
    return settings.directory / f"snapshot-{snapshot}"


def remove(instance: "DBInstance") -> None:
    """End its server and remove its data."""
    if behind := _behind.pop(instance.dbi_resource_id, None):
        outside.remove(behind.server.host)
        behind.do(behind.server.remove)


def stop_all() -> None:
    """End all servers."""
    for behind in list(_behind.values()):
        behind.server.stop()
