"""A run of pyinfra as a person follows it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache

import click
import gevent
from pyinfra.api.state import BaseStateCallback, State
from pyinfra.context import ctx_host
from rich.console import Console

from connectors.output import quiet
from connectors.output.display import Display
from connectors.output.lines import Lines
from connectors.output.progress import Deployment, Expectation
from connectors.output.summary import summary


class Run:
    """The deployments of this process, and whoever shows how far they are."""

    def __init__(self):
        self.deployments: dict[object, Deployment] = {}
        self.shown_by: Display | Lines | None = None
        self._ticking = None

    def of(self, host) -> Deployment:
        """A host's part of the run."""
        return self.deployments.setdefault(host, Deployment(host))

    @property
    def planned(self) -> bool:
        """Whether every deployment has said what it expects."""
        return bool(self.deployments) and all(deployment.expectation for deployment in self.deployments.values())

    @property
    def total(self) -> int:
        """How many operations will have something to do."""
        return sum(deployment.expectation.total for deployment in self.deployments.values() if deployment.expectation)

    def start(self) -> None:
        """Show how far it is, from the first operation on."""
        if self.shown_by is None and quiet.wanted():
            console = Console(stderr=True)
            self.shown_by = Display(console) if console.is_terminal and sys.stdout.isatty() else Lines()
            self.shown_by.start()
            self._ticking = gevent.spawn(self._tick)

    def say(self, line: str) -> None:
        """A line of the run's log."""
        if self.shown_by is not None:
            self.shown_by.say(line)
        else:
            click.echo(line, err=True)

    def _tick(self):
        while True:
            gevent.sleep(self.shown_by.tick)
            self.shown_by.refresh(list(self.deployments.values()))

    def stop(self) -> None:
        """Show it no more."""
        if self.shown_by is not None:
            self._ticking.kill()
            self.shown_by.stop()
            self.shown_by = None

    @contextmanager
    def paused(self):
        """The terminal to oneself."""
        shown = self.shown_by is not None
        self.stop()
        yield
        if shown:
            self.start()


@cache
def under_way() -> Run:
    """The run of this process."""
    return Run()


def follow(state: State) -> None:
    """
    Once for a run: see its operations begin and end.

    + state: of the run
    """
    under_way()
    if not any(isinstance(handler, _Follower) for handler in state.callback_handlers):
        state.add_callback_handler(_Follower())


def expect(host, expectation: Expectation) -> None:
    """
    Say what a run will do.

    + host: of pyinfra
    + expectation: what is known of it
    """
    under_way().of(host).expectation = expectation


def close(host) -> None:
    """
    Say what came of it, and keep it; for a run that has begun.

    + host: of pyinfra
    """
    run = under_way()
    deployment = run.deployments.pop(host, None)
    if not run.deployments:
        run.stop()
    if deployment is None or deployment.expectation is None or deployment.began is None:
        return
    for line in summary(deployment):
        host.log(line)
    with ctx_host.use(host):
        deployment.expectation.close(deployment)


def waiting(host, line: str) -> bool:
    """
    Say how something stands that is waited for; returns whether it is shown, so that nobody else need tell it.

    + host: of pyinfra
    + line: what is waited for, its state, since when
    """
    run = under_way()
    deployment = run.deployments.get(host)
    if deployment is None or deployment.current is None:
        return False
    deployment.current.waiting = line
    return run.shown_by is not None


class _Follower(BaseStateCallback):
    """Tells the run of each operation that begins and ends."""

    @staticmethod
    def operation_host_start(state, host, op_hash):
        if op_hash in state.ops[host]:
            run = under_way()
            current = run.of(host).begin(next(iter(state.get_op_meta(op_hash).names)))
            run.start()
            operation = state.get_op_data_for_host(host, op_hash)
            operation.command_generator = _seen(operation.command_generator, current.commands)

    @staticmethod
    def operation_host_success(state, host, op_hash, retry_count=0):
        _finished(host, failed=False)

    @staticmethod
    def operation_host_error(state, host, op_hash, retry_count=0, max_retries=0):
        _finished(host, failed=True)


def _finished(host, failed: bool) -> None:
    run = under_way()
    result = run.of(host).finish(failed)
    if run.shown_by:
        run.shown_by.finished(run.of(host), result)


def _seen(generate, seen: list):
    def commands():
        for command in generate():
            seen.append(command)
            yield command

    return commands
