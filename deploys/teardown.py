"""Removing a platform: what does not depend on a step that failed goes on, and what is left in the end is told."""

from __future__ import annotations

import inspect
from dataclasses import replace

from pyinfra.api.exceptions import PyinfraError
from pyinfra.context import host

from connectors.aws.effects import Effect
from connectors.aws.sending import duration
from connectors.kubernetes.api_server import KubernetesFailure
from deploys.obstacles import in_the_way
from deploys.run import backwards
from deploys.want import Want
from settings import Settings

HOLDERS = ("ec2.karpenter", "eks.nodegroup_active", "eks.nodegroup", "eks.cluster_active", "eks.cluster")
"""What nodes and control plane are removed by."""

HELD = (
    *("ec2.nat_available", "ec2.nat_gateway", "ec2.route_table", "ec2.vpc_endpoint", "ec2.launch_template"),
    *("eks.addon_active", "eks.addon", "eks.access_entry", "iam.role", "kms.key", "logs.log_group"),
)
"""What AWS would take away from under them without a word. What else they stand on it does not give up."""

MOVED = Effect(("eks", "ec2", "kubernetes"))
"""What is read anew of a holder that may have gone meanwhile."""

SWEEPS = {"eks.nodegroup": ("elbv2.leftovers", "ec2.karpenter"), "eks.cluster": ("elb.leftovers",)}
"""What removes by tag what controllers made, by what they run on: while that is there they may, unseen, make more."""


def give_up_cluster(settings: Settings) -> bool:
    """
    Whether the cluster is there and its API server is silent for as long as it is given: what is in it goes with it.

    Raises `PyinfraError` where something else answers in its place: the cluster may well be alive.
    """
    try:
        waited = host.connector.kubernetes.give_up()
    except KubernetesFailure as failure:
        raise PyinfraError(f"{host.name}: {failure}; nothing was removed") from None
    if waited is None:
        return False
    host.log_styled(
        f"kubernetes {settings.deployment}: its API server does not answer since {duration(waited)}, from here at least: what is in it goes with the "
        "cluster, what its controllers made in AWS is swept by tag",
        fg="yellow",
    )
    return True


def order(wants: list[Want], unseen: bool) -> list[Want]:
    """
    Cleanup's order: everything backwards.

    + unseen: whether the controllers may run unseen: what they make is swept once more when what they run on is gone
    """
    steps = [_whole(step) for step in backwards(wants)]
    if not unseen:
        return steps
    for home, sweeps in SWEEPS.items():
        last = max(place for place, step in enumerate(steps) if step.kind == home) + 1
        steps = [*steps[:last], *(step for step in steps[:last] if step.kind in sweeps), *steps[last:]]
    return steps


def _whole(step: Want) -> Want:
    """A step of the end of the cluster, which takes along what others have in it."""
    return replace(step, fields={**step.fields, "whole": True}) if "whole" in inspect.signature(step.operation._inner).parameters else step


class Removal:
    """
    The steps of a removal as pyinfra carries them out.

    + settings: of the deployment
    + steps: what goes, in order
    """

    def __init__(self, settings: Settings, steps: list[Want]):
        self.settings, self.done, self.gone = settings, [], []
        for step in steps:
            self.done.append((step, step.declare(_ignore_errors=True, _if=self._free if step.kind in HELD else None)))

    def left(self) -> list[str]:
        """What could not be removed and is still there, with what was said of it, and what is in its way, a line each."""
        if not self._failed():
            return []
        lines = [line for step, meta in self.done if (line := self._still(step, said(meta)))]
        return lines + in_the_way(self.settings.deployment, self.settings.region, lines)

    def _free(self) -> bool:
        """Whether no holder is there that failed to go. What failed once may have gone all the same, or go meanwhile: it is looked at anew."""
        for step in self._failed():
            if step.kind in HOLDERS and step not in self.gone:
                host.connector.aws.cache.written(MOVED)
                if self._still(step):
                    return False
                self.gone.append(step)
        return True

    def _failed(self) -> list[Want]:
        return [step for step, meta in self.done if meta.is_complete() and meta.did_error()]

    def _still(self, step: Want, said: str = "") -> str:
        try:
            return f"left: {step}: {said}" if step.commands() else ""
        except PyinfraError as error:
            return f"left, perhaps: {step}: {error}"


def said(meta) -> str:
    """What was said of a step last."""
    return meta.stderr_lines[-1] if meta.did_error() and meta.stderr_lines else "what stands on it is still there"
