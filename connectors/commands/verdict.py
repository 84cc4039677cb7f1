"""A command that carries an answer: it prints what was found, and fails when that is not what was wanted."""

from __future__ import annotations

from pyinfra.connectors.util import CommandOutput, OutputLine

from connectors.commands.command import Command


class Verdict(Command):
    """
    The end of a verification.

    + summary: the answer in a line
    + problems: what is not as wanted, a line each; none is success
    """

    writes = False

    def __init__(self, summary: str, problems: list[str]):
        super().__init__()
        self.summary, self.problems = summary, problems

    def text(self):
        return f"# {self.summary}"

    def carry_out(self, connector):
        """Say it; `connectors.eks` calls it."""
        lines = [OutputLine("stderr" if self.problems else "stdout", line) for line in [*self.problems, self.summary]]
        return not self.problems, CommandOutput(lines)
