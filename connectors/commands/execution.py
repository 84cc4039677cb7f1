"""What the connector does with each kind of command."""

from __future__ import annotations

from pyinfra.connectors.util import CommandOutput, OutputLine

from connectors.commands.command import AwsCall, AwsEach, Command, KubernetesPlan, KubernetesRead, ToolCommand, Wait
from connectors.tools.tools import spoken


def carry_out(connector, command: Command):
    """
    Whether a command succeeded, and what it said: JSON on stdout, lines for a person on stderr.

    + connector: `connectors.eks.EksConnector`
    + command: one of ours; kinds that are not named here carry themselves out
    """
    if isinstance(command, AwsCall):
        return succeeded(connector.aws.write(command) if command.writes else connector.aws.read(command))
    if isinstance(command, AwsEach):
        return succeeded(connector.aws.read_each(command))
    if isinstance(command, Wait):
        connector.aws.wait(command)
        return succeeded("")
    if isinstance(command, KubernetesRead):
        return succeeded(connector.kubernetes.read(command))
    if isinstance(command, KubernetesPlan):
        return succeeded(connector.kubernetes.plan(command))
    if isinstance(command, ToolCommand):
        return _ran(command, *connector.kubernetes.run(command))
    return command.carry_out(connector)


def succeeded(text: str):
    """Success, and what was answered."""
    return True, CommandOutput([OutputLine("stdout", text)] if text else [])


def failed(*lines: str):
    """Failure, and why."""
    return False, CommandOutput([OutputLine("stderr", line) for line in lines])


def _ran(command: ToolCommand, done: bool, out: str, error: str):
    if done or any(text in error for text in command.missing):
        return succeeded(out)
    return failed(*[f"{command.tool}: {line}" for line in spoken(error)])
