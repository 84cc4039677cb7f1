"""What pyinfra leaves open: interrupts, failing reads in the middle of a run, and options that hide failures."""

from __future__ import annotations

import signal
import sys
from functools import cache, partial

import gevent
import pyinfra
from pyinfra.api import arguments, facts, util
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.state import BaseStateCallback, State
from pyinfra.context import ctx_state

from connectors.aws import loggers
from connectors.aws.errors import AwsFailure
from connectors.commands.command import Command
from connectors.commands.execution import failed
from connectors.output import quiet
from connectors.output.run import follow


def spare() -> None:
    """Before facts are declared: have pyinfra find out its arguments' types once, not for each fact, and read no source of the stack it numbers."""
    arguments.all_global_arguments = facts.all_global_arguments = cache(arguments.all_global_arguments)
    util.stack, util.getframeinfo = partial(util.stack, 0), partial(util.getframeinfo, context=0)


def behave(state: State) -> None:
    """
    Once for a run: an interrupt is no success and a failed read is one line, of the deployment it belongs to.

    + state: of the run
    """
    if any(isinstance(handler, _Guard) for handler in state.callback_handlers):
        return
    state.add_callback_handler(_Guard())
    follow(state)
    if quiet.wanted():
        quiet.begin()
    loggers.hold()
    hub = gevent.get_hub()
    hub.NOT_ERROR = (*hub.NOT_ERROR, PyinfraError, AwsFailure)
    if pyinfra.is_cli:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _interrupted)


def hides_failures() -> bool:
    """Whether the run was started with ``--no-wait``, with which pyinfra exits 0 whatever happens."""
    return pyinfra.is_cli and "--no-wait" in sys.argv


class _Guard(BaseStateCallback):
    """
    An operation whose reading fails while it is carried out fails its own deployment, not the whole run; the first that writes
    looks again once the deployment is locked, since another run may have written in between.
    """

    @staticmethod
    def operation_host_start(state, host, op_hash):
        if op_hash in state.ops[host]:
            operation = state.get_op_data_for_host(host, op_hash)
            operation.command_generator = _guarded(host.connector, operation.command_generator)


def _guarded(connector, generate):
    def commands():
        try:
            for command in generate():
                if isinstance(command, Command) and command.writes and connector.lock.take():
                    connector.aws.cache.clear()
                    yield from generate()
                    return
                yield command
        except (PyinfraError, AwsFailure) as error:
            yield _Failed(str(error))

    return commands


class _Failed(Command):
    """What is left of an operation that could not find out what to do."""

    writes = False

    def __init__(self, line: str):
        super().__init__()
        self.line = line

    def text(self):
        return f"# {self.line}"

    def carry_out(self, connector):
        """Say why; `connectors.eks` calls it."""
        return failed(self.line)


def _interrupted(number, frame):
    """End what is under way, or pyinfra could not disconnect before it is done."""
    print("interrupted: run the same command again to go on", file=sys.stderr)
    if ctx_state.isset() and ctx_state.get().initialised:
        ctx_state.get().pool.kill(block=False)
    raise SystemExit(128 + number)
