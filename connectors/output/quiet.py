"""
pyinfra's command line, quiet: its headings, the blocks of each operation and its tables are left out, since what changes,
waits or fails is told by this project itself.

Errors and warnings are never left out, and with ``-v`` nothing is.
"""

from __future__ import annotations

import logging
import os
import re
from functools import cache, partial

import click
import pyinfra
from pyinfra import logger
from pyinfra.context import ctx_inventory, ctx_state, inventory, state

STYLE = re.compile(r"\x1b\[[0-9;]*m")
LEFT_OUT = re.compile(r"(-->.*|(\[[^\]]*\] )?(Loading: .*|Connected|Ready: .*|Success|No changes|Skipped)?)")
"""What pyinfra says of its own work, without colours."""

CAVEAT = "Detected changes may not include"
"""How pyinfra's caveat begins: our plans are made of everything an operation would send, not of its first step."""

REPLACED = ("print_meta", "print_results", "_do_confirm")
"""What is replaced in pyinfra's command line."""

QUESTION = "Press enter to do this, or Ctrl-C to leave everything as it is: "


def wanted() -> bool:
    """Whether this is a run of pyinfra's command whose output is ours: not with ``-v``, nor where nobody knows how pyinfra prints."""
    return pyinfra.is_cli and ctx_state.isset() and not state.print_noop_info and replaceable()


@cache
def replaceable() -> bool:
    """Whether pyinfra still has the names that are replaced; a line says so where it has not."""
    from pyinfra_cli import cli

    missing = [name for name in REPLACED if not hasattr(cli, name)]
    if missing:
        logger.warning(f"this pyinfra ({pyinfra.__version__}) has no {', '.join(missing)}: its own output is shown")
    return not missing


@cache
def begin() -> None:
    """Once for a process: leave out what pyinfra says of its own work."""
    from pyinfra_cli import cli

    os.environ["PYINFRA_PROGRESS"] = "off"
    for handler in logger.handlers:
        handler.addFilter(_told)
        handler.emit = partial(_emit, handler)
    cli.print_meta = cli.print_results = lambda state: None
    cli.click = _Click()
    cli._do_confirm = _confirmed


def _told(record: logging.LogRecord) -> bool:
    """Whether a line is told; the only deployment of a run needs no name on each."""
    if not isinstance(record.msg, str):
        return True
    if record.levelno == logging.INFO and LEFT_OUT.fullmatch(STYLE.sub("", record.getMessage()).strip()):
        return False
    if alone := _alone():
        record.msg, record.args = record.getMessage().replace(alone, "", 1), ()
    return True


def _emit(handler: logging.Handler, record: logging.LogRecord) -> None:
    """Say a line above what is shown of the progress."""
    from connectors.output.run import under_way

    under_way().say(handler.format(record))


def _alone() -> str:
    """What pyinfra puts before each line of the only host there is."""
    hosts = list(inventory.iter_activated_hosts()) if ctx_inventory.isset() and ctx_state.isset() and state.initialised else []
    return hosts[0].print_prefix if len(hosts) == 1 else ""


class _Click:
    """click, as pyinfra's command line uses it, without its caveat."""

    def __getattr__(self, name):
        return getattr(click, name)

    @staticmethod
    def echo(message=None, **how):
        if not str(message or "").strip().startswith(CAVEAT):
            click.echo(message, **how)


def _confirmed(question: str) -> bool:
    """Ask whether to go on; the plan, or what went wrong, is the last thing above."""
    from connectors.output.run import under_way

    run = under_way()
    if run.planned and not run.total:
        return True
    with run.paused():
        if not question.startswith("Detected changes"):
            click.echo(f"    {question}", err=True)
        click.echo(f"\n    {QUESTION}", err=True, nl=False)
        return not input()
