"""
The connector ``@eks/<deployment>``: a host is one Airflow platform in one AWS account and region.

It carries out the commands of `connectors.commands.command`; everything else is refused, since there is no machine to log in to.
"""

from __future__ import annotations

import os
from functools import cached_property, partial
from pathlib import Path

from pyinfra import logger
from pyinfra.api.exceptions import ConnectError, FactError
from pyinfra.api.state import StateStage
from pyinfra.connectors.base import BaseConnector

from connectors.aws.client import Aws, AwsFailure, Patience
from connectors.aws.session import Credentials
from connectors.command_line import expect_deployments, inventory_directory
from connectors.commands.command import Command
from connectors.commands.execution import carry_out, failed
from connectors.commands.reference import Unresolved
from connectors.hooks import behave, hides_failures, spare
from connectors.kubernetes.cluster import Kubernetes, KubernetesFailure
from connectors.lock.lock import Lock
from connectors.output import run as output
from connectors.tools.tools import ToolMissing
from settings import Settings, SettingsError
from settings.defaults import beside

# pyinfra loads every connector while it loads an inventory, whatever is in there
expect_deployments()
spare()


class EksConnector(BaseConnector):
    """Reaches a deployment through the AWS and Kubernetes APIs."""

    handles_execution = True
    prefix = "eks"

    @classmethod
    def make_names_data(cls, name):
        """One host per deployment, named as in the inventory, whose directory it knows."""
        yield f"@{cls.prefix}/{name}", {"deployment": name, "_inventory": inventory_directory()}, []

    def endpoint(self) -> str | None:
        """Where AWS is, ``None`` for boto3's own choice (``AWS_ENDPOINT_URL`` included)."""
        return None

    def credentials(self) -> Credentials | None:
        """Whose calls these are, ``None`` for the caller's own profile or environment."""
        return None

    def published(self, url: str) -> Path | None:
        """A file that holds what is published at an address; ``None`` to fetch it."""
        return None

    @property
    def runs_pods(self) -> bool:
        """Whether containers run in the cluster's pods."""
        return True

    def patience(self) -> Patience:
        """How long AWS is given."""
        return Patience()

    def pace(self) -> float:
        """How many of AWS's seconds pass in one."""
        return 1

    @cached_property
    def settings(self) -> Settings:
        """The deployment's settings; raises `SettingsError`."""
        return Settings.of(self.host.data.dict(), self._typed, self.host.data.get("_inventory"), self._named)

    @property
    def _typed(self) -> list[str]:
        return list(self.host.inventory.get_override_data())

    @property
    def _named(self) -> set[str]:
        """What the inventory and the command line give, group data of the user's own among it."""
        inventory, host = self.host.inventory, self.host
        everybodys = {} if beside(host.data.get("_inventory")) else inventory.get_data()
        return {*self._typed, *inventory.get_host_data(host.name), *inventory.get_groups_data(host.groups), *everybodys}

    @cached_property
    def aws(self) -> Aws:
        """The AWS half."""
        return Aws(self.settings.region, self.host.log, self.endpoint(), self.credentials(), self.patience(), partial(output.waiting, self.host))

    @cached_property
    def kubernetes(self) -> Kubernetes:
        """The Kubernetes half: the cluster carries the deployment's name."""
        return Kubernetes(self.aws, self.host.data.deployment)

    @cached_property
    def lock(self) -> Lock:
        """The deployment's lock: whoever changes something holds it."""
        return Lock(self.aws, self.settings.deployment, self.settings.tag)

    @cached_property
    def seen(self) -> set[str]:
        """What of the deployment's this run has seen, ``cluster airflow-dev``: it counts when it is gone, for what AWS makes around it without a tag."""
        return set()

    def connect(self):
        """Refuse settings that cannot be meant, and credentials that are missing, unknown or another account's."""
        behave(self.state)
        if hides_failures():
            raise ConnectError("--no-wait hides failures behind exit code 0: leave it out, deployments are worked on side by side anyway")
        try:
            settings = self.settings
        except SettingsError as error:
            raise ConnectError("\n".join(["the settings are refused:", *(f"    {line}" for line in error.lines)])) from None
        for key in Settings.own(self.host.data.dict(), self._typed):
            self.host.log(f"{key} is no setting and resembles none: it is left to you")
        wanted = settings.account_id
        try:
            caller = self.aws.caller
        except AwsFailure as error:
            profile = os.environ.get("AWS_PROFILE")
            raise ConnectError(f"cannot talk to AWS as {f'profile {profile}' if profile else 'the default credentials'}: {error}") from None
        if caller["Account"] != wanted:
            raise ConnectError(
                f"the credentials belong to account {caller['Account']} ({caller['Arn']}), the inventory wants {wanted}: "
                "switch AWS_PROFILE or correct account_id"
            )
        if settings.unlock:
            self._unlock()

    def _unlock(self):
        try:
            self.lock.unlock()
        except AwsFailure as error:
            raise ConnectError(f"whose lock is to be broken cannot be found out: {error}") from None

    def disconnect(self):
        """Say what came of the run, and leave neither kubeconfig nor lock behind."""
        output.close(self.host)
        if "lock" in self.__dict__:
            self.lock.release()
        if "kubernetes" in self.__dict__:
            self.kubernetes.close()

    def run_shell_command(self, command, print_output=False, print_input=False, **arguments):
        """
        Carry out a command of ours: whether it succeeded, and JSON on stdout or one line on stderr.

        A read that fails raises `FactError` with the same line: what cannot be read must never count as absent. Answers are never
        printed, at no verbosity: secrets are among them.
        """
        if print_input:
            self.host.log(f">>> {command}")
        self._forget_what_was_confirmed()
        done, output = self._carried_out(command)
        if print_output:
            for line in output.stderr_lines:
                self.host.log_styled(line, fg="red")
        return done, output

    def _carried_out(self, command):
        try:
            if not isinstance(command, Command):
                return failed(f"{command}: {self.host.name} is a deployment, not a machine: only its facts and operations can be run")
            if command.writes:
                self.lock.take()
            return carry_out(self, command)
        except (AwsFailure, KubernetesFailure, ToolMissing, Unresolved) as error:
            line = str(error)
            if isinstance(error, Unresolved):
                line = f"{command.text().partition(' --cli-input-json')[0]}: {error}, and it is needed here: run the install again"
            if command.reads:
                raise self._unreadable(line) from None
            return failed(line)
        except FactError as error:
            if command.reads:
                raise
            return failed(str(error))

    def _unreadable(self, line: str) -> FactError:
        """A failed read, told: ``pyinfra ... fact`` passes over errors, and would exit 0."""
        if self.state.current_stage == StateStage.Prepare and self.state.current_exec_filename is None:
            logger.error(f"{self.host.print_prefix}{line}")
            self.state.failed_hosts.add(self.host)
        return FactError(f"{self.host.name}: {line}")

    def _forget_what_was_confirmed(self):
        """A person may have thought for long before confirming the plan: what was read for it is read again."""
        if self.state.is_executing and self.state.should_check_for_changes() and not self._confirmed:
            self._confirmed = True
            self.aws.cache.clear()

    _confirmed = False

    def put_file(self, *arguments, **options):
        """A deployment has no file system."""
        raise NotImplementedError("a deployment has no file system: nothing can be put there")

    def get_file(self, *arguments, **options):
        """A deployment has no file system."""
        raise NotImplementedError("a deployment has no file system: nothing can be got from there")
