"""Commands that belong together: what fails among them puts back what was done before it."""

from __future__ import annotations

from connectors.commands.command import Command
from connectors.commands.execution import failed, succeeded


class Attempt(Command):
    """
    Commands one after the other. When one fails, what was begun is put back, and its failure is the failure of all.

    + commands: in their order
    + back: what puts things back
    + told: what is so then, for a person
    """

    writes = True

    def __init__(self, *commands: Command, back: list[Command], told: str):
        super().__init__()
        self.commands, self.back, self.told = commands, back, told

    def text(self):
        return " && ".join(command.text() for command in self.commands)

    def carry_out(self, connector):
        """Do them; `connectors.eks` calls it."""
        for command in self.commands:
            done, said = connector.run_shell_command(command)
            if not done:
                undone = [connector.run_shell_command(command)[0] for command in self.back]
                told = self.told if all(undone) else "and what was begun could not be put back: run the install"
                return failed(*said.stderr_lines[:-1], f"{said.stderr_lines[-1]}; {told}" if said.stderr_lines else told)
        return succeeded("")
