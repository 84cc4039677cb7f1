"""The lock of a deployment: of two runs that change it one stays outside. It is an SSM parameter, made and renewed by whoever works there."""

from __future__ import annotations

import os
import socket
import time
from datetime import datetime, timedelta, timezone
from uuid import uuid4

import gevent
from gevent.lock import Semaphore

from connectors.aws.errors import AwsFailure
from connectors.commands.command import Command
from connectors.commands.execution import succeeded
from connectors.lock import process
from connectors.lock.parameter import Parameter, Written

LIFETIME = 15 * 60
"""Seconds a lock is held without being renewed; it is renewed when a third has passed."""

MARGIN = 60
"""Seconds an expired lock is left alone."""

LOOK_EVERY = 15
"""Seconds between two looks at its age."""

LONGEST = 200
"""Characters of what it says that are shown."""

TRIES = 10
"""How often it is written to while others write to it too."""


class Lock:
    """
    A deployment's lock, as one run sees it. Its content says ``who`` holds it and ``where``, since when and until when.

    + aws: the AWS half of the connector
    + deployment: whose
    + tags: what it is tagged with
    """

    def __init__(self, aws, deployment: str, tags: dict):
        self.aws, self.deployment = aws, deployment
        self.parameter = Parameter(aws, name(deployment), tags)
        self.run = uuid4().hex
        self._busy = Semaphore()
        self._since = ""
        self._sent = (0.0, 0.0)
        self._lost = ""
        self._broken: str | None = None
        self._renewing = None

    def unlock(self) -> None:
        """Have `take` break the lock there is now; one that is taken later is respected."""
        holder = self.parameter.look()[1]
        self._broken = holder.content.get("run", "") if holder else None

    def take(self) -> bool:
        """Have it before something is written: whether it was not held before. Raises `AwsFailure` when it is another's, or was lost."""
        with self._busy:
            if self._since:
                self._keep()
                return False
            self._write(_time())
            self._renewing = gevent.spawn(self._renew)
            return True

    def release(self) -> None:
        """Remove it if it is held. One that might be another's by now is left to expire."""
        with self._busy:
            if not self._since:
                return
            self._renewing.kill()
            try:
                if not self._lost and self._age < LIFETIME / 2 and self._is_ours(self.parameter.look()[1]):
                    self.parameter.remove()
            except AwsFailure as failure:
                self.aws.log(f"the lock could not be removed, it stays until it expires: {failure}")
            self._since = ""

    def _renew(self) -> None:
        while not self._lost:
            gevent.sleep(LOOK_EVERY)
            try:
                with self._busy:
                    self._keep()
            except AwsFailure as failure:
                self.aws.log(str(failure))

    def _keep(self) -> None:
        if self._lost:
            raise AwsFailure(self._lost)
        if self._age > LIFETIME / 3:
            self._write(self._since)

    @property
    def _age(self) -> float:
        """Seconds since it was written to. One of the clocks stands still while a machine sleeps, the other can be set."""
        return max(time.time() - self._sent[0], time.monotonic() - self._sent[1])

    def _write(self, since: str) -> None:
        who, where = self.aws.caller["Arn"], f"{socket.gethostname()} (process {os.getpid()})"
        for _ in range(TRIES):
            newest, holder = self.parameter.look()
            if not self._is_ours(holder):
                self._pass(holder)
            sent = time.time(), time.monotonic()
            content = {"who": who, "where": where, "since": since, "expires": _time(LIFETIME), "run": self.run, "process": process.here()}
            if self.parameter.write(newest, content):
                self._sent, self._since = sent, since
                return
        raise AwsFailure(f"the lock {self.parameter.name} is written to all the time: see who does, then run again")

    def _pass(self, holder: Written | None) -> None:
        """Say why a lock that is not ours may be taken; raises `AwsFailure` where it may not."""
        if self._since:
            self._lost = f"the lock of {self.deployment} is lost ({_told(holder) if holder else 'somebody removed it'}): nothing more is changed"
            raise AwsFailure(self._lost)
        if holder is None:
            return
        if process.ended(holder.content.get("process", {})):
            self.aws.log(f"the lock was left by a run on this machine that ended ({_told(holder)}): it is taken over")
        elif holder.age > LIFETIME + MARGIN:
            self.aws.log(f"the lock has expired ({_told(holder)}): it is taken over")
        elif holder.content.get("run", "") == self._broken:
            self.aws.log(f"the lock is broken, as unlock=true asks for ({_told(holder)})")
        else:
            cure = "wait until that run is over; if you know that it is, break its lock with --data unlock=true"
            raise AwsFailure(f"{self.deployment} is locked ({_told(holder)} if it is not renewed): {cure}")

    def _is_ours(self, holder: Written | None) -> bool:
        return holder is not None and holder.content.get("run") == self.run


class Hold(Command):
    """
    Have the lock before the first change: what can go on past a failure must not go on past this.

    + lock: its name
    """

    writes = True

    def __init__(self, lock: str):
        super().__init__()
        self.lock = lock

    def text(self):
        return f"# take the lock {self.lock}"

    def carry_out(self, connector):
        """Nothing more: whatever writes has it; `connectors.eks` calls it."""
        return succeeded("")


def name(deployment: str) -> str:
    """The name of a deployment's lock in SSM."""
    return f"/airflow-on-eks/{deployment}/lock"


def _told(holder: Written) -> str:
    who, where, since, expires = (_plain(holder.content.get(part, "unknown")) for part in ("who", "where", "since", "expires"))
    return f"held by {who} on {where} since {since}, until {expires}"


def _plain(said: object) -> str:
    """What the parameter says, shortened and on one line: anybody may have written it."""
    return "".join(letter if letter.isprintable() else " " for letter in str(said)[:LONGEST])


def _time(later: float = 0) -> str:
    return f"{datetime.now(timezone.utc) + timedelta(seconds=later):%Y-%m-%dT%H:%M:%SZ}"
