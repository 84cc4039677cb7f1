"""
The commands facts and operations are made of. Each prints as the tool of its trade would be called
(`aws eks describe-cluster ...`, `helm upgrade ...`), with secrets masked, and is carried out by the connector.
"""

from __future__ import annotations

import json
import shlex

import yaml
from pyinfra.api import HiddenValue, StringCommand


def _plain(value):
    """What JSON cannot hold, as the text a person may see."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


class Command(StringCommand):
    """
    A command of ours: its text never shows a secret, raw or masked.

    ``changes`` are the differing fields it acts on, as `operations.differ` finds them; ``reads`` says that it changes nothing,
    ``writes`` that the deployment is locked for it: what only waits is neither.
    """

    changes: tuple = ()
    reads = False

    def __init__(self):
        super().__init__()

    @property
    def writes(self) -> bool:
        """Whether something is changed by it."""
        return not self.reads

    def text(self) -> str:
        """The command as a person would type it."""
        raise NotImplementedError

    def get_raw_value(self):
        return self.text()

    get_masked_value = get_raw_value

    def because(self, changes):
        """The same command, knowing which changes it is sent for."""
        self.changes = tuple(changes)
        return self


class AwsCall(Command):
    """
    One call of the AWS API, for instance ``AwsCall("eks", "describe_cluster", name="airflow-dev")``.

    + service, action: as boto3 spells them
    + missing: error codes that mean "there is no such thing": a read answers nothing, a removal is done
    + made: for calls AWS gives no client token: a `Ref` to what the call makes. When an answer is lost it tells whether
      the call took effect: before a create is sent again, or when AWS refuses another call the second time
    + about: for reads that list many things: the name of the one that is asked for
    + params: the call's parameters; references and hidden values anywhere

    Source: https://docs.aws.amazon.com/cli/latest/reference/
    """

    def __init__(self, service: str, action: str, *, missing: tuple = (), made=None, about: str | None = None, **params):
        super().__init__()
        self.service, self.action, self.missing, self.made, self.about, self.params = service, action, missing, made, about, params

    def text(self):
        call = f"aws {self.service} {self.action.replace('_', '-')}"
        if self.params:
            call += f" --cli-input-json {shlex.quote(json.dumps(_plain(self.params)))}"
        return call

    @property
    def reads(self) -> bool:
        """Whether AWS is left as it is."""
        return self.action.startswith(("describe_", "get_", "list_", "head_", "batch_get_", "lookup_"))

    @property
    def removes(self) -> bool:
        """Whether it takes something away."""
        return self.action.startswith(("delete_", "detach_", "disassociate_", "release_", "remove_", "terminate_", "revoke_", "schedule_key_deletion"))


class AwsEach(Command):
    """
    One read for each thing another read lists, for what AWS lists by name only.

    + listing: the call that lists
    + items: JMESPath of the parameters of each read in its answer, for instance ``addons[].{addonName: @}``
    + each: the call for one of them; what is gone by then is left out
    """

    reads = True

    def __init__(self, listing: AwsCall, items: str, each: AwsCall):
        super().__init__()
        self.listing, self.items, self.each = listing, items, each

    def text(self):
        return f"{self.listing.text()} # then {self.each.action.replace('_', '-')} of {self.items}"


class Wait(Command):
    """
    Wait until AWS says a thing is ready or gone, for instance ``Wait("eks", "cluster_active", name="airflow-dev")``.

    + service, state: a row of `connectors.aws.waiters`
    + about: what is waited for, for a person; ``None``: the parameters tell
    + params: parameters of the call that is polled
    """

    writes = False

    def __init__(self, service: str, state: str, *, about: str | None = None, **params):
        super().__init__()
        self.service, self.state, self.about, self.params = service, state, about, params

    def text(self):
        things = "".join(f" --{key} {shlex.quote(str(value))}" for key, value in _plain(self.params).items())
        return f"aws {self.service} wait {self.state.replace('_', '-')}{things}"


class ToolCommand(Command):
    """
    A run of helm or kubectl against the deployment's cluster.

    + arguments: the arguments, none of them secret
    + stdin: what the tool reads: a list of objects (kubectl) or a mapping of values (helm); it never appears in argv or logs
    + missing: text in the tool's error that means "there is no such thing"
    + mend: what is run first when it is run again after a failure that passes
    """

    tool: str

    def __init__(self, *arguments, stdin=None, missing: tuple = (), mend: ToolCommand | None = None):
        super().__init__()
        self.arguments, self.stdin, self.missing, self.mend = arguments, stdin, missing, mend

    def text(self):
        return " ".join([self.tool, *(shlex.quote(str(argument)) for argument in self.arguments)])

    @property
    def writes(self) -> bool:
        """Whether the cluster is changed by it."""
        return super().writes and self.arguments[0] != "wait"

    def document(self, stdin) -> str:
        """What is written to the tool, YAML."""
        return yaml.safe_dump_all(stdin) if isinstance(stdin, list) else yaml.safe_dump(stdin)


class Helm(ToolCommand):
    """A run of helm, for instance ``Helm("uninstall", "airflow", "--namespace", "airflow")``."""

    tool = "helm"


class Kubectl(ToolCommand):
    """A run of kubectl, for instance ``Kubectl("apply", "--server-side", "-f", "-", stdin=[...])``."""

    tool = "kubectl"


class KubernetesRead(Command):
    """
    A read of the deployment's Kubernetes API, nothing when the object or the whole cluster is absent.

    + api_version, kind: as in a manifest
    + object: its name; all of the kind when ``None``
    + namespace: its namespace, ``None`` for cluster-wide kinds or all namespaces
    + selector: label selector of a list
    """

    reads = True

    def __init__(self, api_version: str, kind: str, object: str | None = None, namespace: str | None = None, selector: str | None = None):
        super().__init__()
        self.api_version, self.kind, self.object, self.namespace, self.selector = api_version, kind, object, namespace, selector

    def text(self):
        group = self.api_version.rpartition("/")[0]
        words = ["kubectl", "get", self.kind.lower() + (f".{group}" if group else "")]
        words += [self.object] if self.object else []
        words += ["--namespace", self.namespace] if self.namespace else [] if self.object else ["--all-namespaces"]
        words += ["--selector", self.selector] if self.selector else []
        return " ".join([*words, "--output", "json"])


class KubernetesPlan(Command):
    """
    What the API server would make of objects: a server-side apply as a dry run.

    Answers a list of ``[live or None, planned]`` pairs, one for each object; ``planned`` is a ``Status`` where it refuses.

    + objects: manifests; references and hidden values anywhere
    + manager: who applies them
    + namespace: where those are that name none
    + applied: those that have been applied like this before: what they set is compared field by field first, and the rest not asked for
    """

    reads = True

    def __init__(self, objects: list, manager: str, namespace: str | None = None, applied: list = ()):
        super().__init__()
        self.objects, self.manager, self.namespace, self.applied = objects, manager, namespace, list(applied)

    def text(self):
        names = ", ".join(f"{item['kind']} {item['metadata']['name']}" for item in self.objects)
        return f"kubectl apply --server-side --dry-run=server --field-manager={self.manager} -f - # {names}"


__all__ = ["AwsCall", "AwsEach", "Command", "Helm", "HiddenValue", "Kubectl", "KubernetesPlan", "KubernetesRead", "ToolCommand", "Wait"]
