"""
The connector ``@eks/<deployment>``: a host is one Airflow platform in one AWS account and region.

It carries out the commands of `connectors.command`; everything else is refused, since there is no machine to log in to.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import cached_property

import gevent
from botocore.exceptions import BotoCoreError, ProfileNotFound
from pyinfra.api.exceptions import ConnectError, FactError, PyinfraError
from pyinfra.connectors.base import BaseConnector
from pyinfra.connectors.util import CommandOutput, OutputLine

from connectors.aws import Aws, AwsFailure
from connectors.command import AwsCall, AwsEach, Command, KubernetesPlan, KubernetesRead, ToolCommand, Wait
from connectors.kubernetes import Kubernetes, KubernetesFailure
from connectors.reference import Unresolved
from connectors.tools import ToolMissing
from settings import Settings, SettingsError


class EksConnector(BaseConnector):
    """Reaches a deployment through the AWS and Kubernetes APIs."""

    handles_execution = True
    prefix = "eks"

    @classmethod
    def make_names_data(cls, name):
        """One host per deployment, named as in the inventory."""
        yield f"@{cls.prefix}/{name}", {"deployment": name}, []

    def endpoint(self) -> str | None:
        """Where AWS is, ``None`` for boto3's own choice (``AWS_ENDPOINT_URL`` included)."""
        return None

    def session(self):
        """The boto3 session, ``None`` for the caller's own profile or environment."""
        return None

    @cached_property
    def settings(self) -> Settings:
        """The deployment's settings; raises `SettingsError`."""
        return Settings.of(self.host.data.dict())

    @cached_property
    def aws(self) -> Aws:
        """The AWS half."""
        return Aws(self.settings.region, self.host.log, self.endpoint(), self.session())

    @cached_property
    def kubernetes(self) -> Kubernetes:
        """The Kubernetes half: the cluster carries the deployment's name."""
        return Kubernetes(self.aws, self.host.data.deployment)

    def connect(self):
        """Refuse settings that cannot be meant, and credentials that are missing, unknown or another account's."""
        _behave()
        try:
            settings = self.settings
        except SettingsError as error:
            raise ConnectError("\n".join(["the settings are refused:", *(f"    {line}" for line in error.lines)])) from None
        wanted = settings.account_id
        try:
            caller = self.aws.caller
        except AwsFailure as error:
            raise ConnectError(f"cannot talk to AWS as {os.environ.get('AWS_PROFILE') or 'the default credentials'}: {error}") from None
        except (BotoCoreError, ProfileNotFound) as error:
            raise ConnectError(f"cannot talk to AWS: {error}: set AWS_PROFILE or sign in") from None
        if caller["Account"] != wanted:
            raise ConnectError(
                f"the credentials belong to account {caller['Account']} ({caller['Arn']}), the inventory wants {wanted}: "
                "switch AWS_PROFILE or correct account_id"
            )

    def disconnect(self):
        """Leave no kubeconfig behind."""
        if "kubernetes" in self.__dict__:
            self.kubernetes.close()

    def run_shell_command(self, command, print_output=False, print_input=False, **arguments):
        """
        Carry out a command of ours: whether it succeeded, and JSON on stdout or one line on stderr.

        A read that fails raises `FactError` with the same line: what cannot be read must never count as absent.
        """
        if print_input:
            self.host.log(f">>> {command}")
        self._forget_what_was_confirmed()
        try:
            if not isinstance(command, Command):
                return _failed(f"{command}: {self.host.name} is a deployment, not a machine: only its facts and operations can be run")
            return self._run(command)
        except (AwsFailure, KubernetesFailure, ToolMissing, Unresolved) as error:
            line = str(error)
            if isinstance(error, Unresolved):
                line = f"{command.text().partition(' --cli-input-json')[0]}: {error}, and it is needed here: run the install again"
            if command.reads:
                raise FactError(f"{self.host.name}: {line}") from None
            return _failed(line)

    def _forget_what_was_confirmed(self):
        """A person may have thought for long before confirming the plan: what was read for it is read again."""
        if self.state.is_executing and self.state.should_check_for_changes() and not self._confirmed:
            self._confirmed = True
            self.aws.cache.clear()

    _confirmed = False

    def _run(self, command: Command):
        if isinstance(command, AwsCall):
            return _succeeded(self.aws.write(command) if command.writes else self.aws.read(command))
        if isinstance(command, AwsEach):
            return _succeeded(self.aws.read_each(command))
        if isinstance(command, Wait):
            self.aws.wait(command)
            return _succeeded("")
        if isinstance(command, KubernetesRead):
            return _succeeded(self.kubernetes.read(command))
        if isinstance(command, KubernetesPlan):
            return _succeeded(self.kubernetes.plan(command))
        if isinstance(command, ToolCommand):
            done, out, error = self.kubernetes.run(command)
            if done or any(text in error for text in command.missing):
                return _succeeded(out)
            return _failed(*[f"{command.tool}: {line}" for line in error.strip().splitlines() if line.strip()])
        return command.carry_out(self)

    def put_file(self, *arguments, **options):
        """A deployment has no file system."""
        raise NotImplementedError("a deployment has no file system: nothing can be put there")

    def get_file(self, *arguments, **options):
        """A deployment has no file system."""
        raise NotImplementedError("a deployment has no file system: nothing can be got from there")


def _behave():
    """What pyinfra leaves open: an interrupt is no success, and a failed read is one line, not a greenlet's traceback."""
    hub = gevent.get_hub()
    if PyinfraError not in hub.NOT_ERROR:
        hub.NOT_ERROR = (*hub.NOT_ERROR, PyinfraError)
        signal.signal(signal.SIGINT, _interrupted)


def _interrupted(number, frame):
    print("interrupted: run the same command again to go on", file=sys.stderr)
    raise SystemExit(130)


def _succeeded(text: str):
    return True, CommandOutput([OutputLine("stdout", text)] if text else [])


def _failed(*lines: str):
    return False, CommandOutput([OutputLine("stderr", line) for line in lines])
