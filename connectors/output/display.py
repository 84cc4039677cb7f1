"""Progress on a terminal: a bar for each deployment, and what it waits for, under the lines of what has changed."""

from __future__ import annotations

import time

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from connectors.aws.sending import duration
from connectors.output.lines import COLOURS, far, line_of
from connectors.output.progress import CHANGES, Deployment, Result

SHOWN = 12
"""Deployments shown at once; the others are counted."""

WORTH_TELLING = 5
"""Seconds from which a wait that is over gets a line."""


class Display:
    """
    Shows the progress of deployments on a terminal.

    + console: of rich
    """

    tick = 0.25

    def __init__(self, console: Console):
        self._live = Live(console=console, auto_refresh=False, transient=True, vertical_overflow="crop")

    def start(self) -> None:
        """Take the last lines of the terminal."""
        self._live.start()

    def stop(self) -> None:
        """Give them back."""
        self._live.stop()

    def say(self, line: str) -> None:
        """A line above the bars."""
        self._live.console.print(Text.from_ansi(line))

    def finished(self, deployment: Deployment, result: Result) -> None:
        """An operation has ended: a line, if it has changed something, failed, or was waited for."""
        if result.verb in CHANGES or result.verb == "failed":
            deployment.host.log_styled(line_of(result), fg=COLOURS[result.verb])
        elif result.verb == "wait" and result.seconds >= WORTH_TELLING:
            deployment.host.log(f"  {result.name}  {duration(result.seconds)}")

    def refresh(self, deployments: list[Deployment]) -> None:
        """Show how it stands."""
        under_way = [deployment for deployment in deployments if deployment.current and deployment.expectation]
        more = [Text(f"and {len(under_way) - SHOWN} more deployments")] if len(under_way) > SHOWN else []
        self._live.update(Group(*(_shown(deployment) for deployment in under_way[:SHOWN]), *more), refresh=True)


def _shown(deployment: Deployment) -> Table:
    total = max(deployment.expectation.total, 1)
    table = Table.grid(padding=(0, 2))
    bar = ProgressBar(total=total, completed=min(deployment.done, total), width=30)
    table.add_row(Text(deployment.host.name, style="bold"), bar, f"{duration(deployment.seconds)}, {far(deployment)}")
    since = duration(time.monotonic() - deployment.current.began)
    lines = Table.grid()
    lines.add_row(table)
    lines.add_row(Text(f"  {deployment.current.waiting or f'{deployment.current.name}, {since}'}", style="dim", overflow="ellipsis", no_wrap=True))
    return lines
